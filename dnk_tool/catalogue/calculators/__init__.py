"""Calculators: what a line asks for, which figures follow, and the reader of their file."""
