"""Evidence files: added, described, opened, checked against the store."""
