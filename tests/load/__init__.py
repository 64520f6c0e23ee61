"""Measures how a real server bears load, growth and a lock that somebody else holds; `make load`."""
