"""Emission factors: their model, and the reader of their files."""
