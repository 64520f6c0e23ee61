"""Plausibility rules: their model, and the reader of their file."""
