"""What every edit needs first: locks, what is open, the declaration's settings and its progress."""
