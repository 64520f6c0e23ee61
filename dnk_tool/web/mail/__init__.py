"""Mails that the web layer writes, reminders, and the page about the outbox."""
