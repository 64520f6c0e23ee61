"""Reads and writes evidence: its rows, and its contents in a folder or an S3 bucket."""
