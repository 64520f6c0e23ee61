"""The usual bills of a year on one page, and the list of all others."""
