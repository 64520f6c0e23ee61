"""Reads and writes figures: by company and year, in bulk, by site, by calculator line."""
