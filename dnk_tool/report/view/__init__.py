"""The view of a declaration: every number, date and label as it is printed."""
