"""Reads files that people upload, in child processes with limits."""
