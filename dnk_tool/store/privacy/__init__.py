"""Finds everything about a person, and forgets a person."""
