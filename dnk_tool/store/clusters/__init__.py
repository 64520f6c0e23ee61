"""Reads and writes clusters: staff, consents, deadlines, lists, the cockpit."""
