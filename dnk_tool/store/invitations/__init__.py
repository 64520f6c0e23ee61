"""Reads and writes secret links sent by mail, and requests for answers."""
