"""What a cluster sees: the cockpit, lists of companies, consent, reminders of deadlines."""
