"""Saves what a company writes: sections, goals, self-assessment, quick checks; history and take-over."""
