"""A cluster's work with its members: cockpit, lists of companies, consent, reminders of deadlines."""
