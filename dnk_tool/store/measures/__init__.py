"""Reads and writes a company's measures and its climate goal."""
