"""Reads and writes answers: content, revisions, goals, self-assessment, quick checks."""
