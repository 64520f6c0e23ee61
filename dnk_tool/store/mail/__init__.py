"""Reads and writes the outbox, sent reminders, and recipients of cluster messages."""
