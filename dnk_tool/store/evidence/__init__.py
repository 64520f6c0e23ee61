"""Reads and writes evidence: rows in the database, contents in a folder or an S3 bucket."""
