"""Reads and writes publications and what proves the origin of a version."""
