"""Delivers the outbox, chooses reminders, and runs what is due in the background."""
