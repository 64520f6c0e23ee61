"""Builds the view of a declaration: every number, date and label as text."""
