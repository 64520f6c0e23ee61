"""Finds everything about a person, forgets a person, and lists who was forgotten."""
