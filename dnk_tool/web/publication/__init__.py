"""Public pages of published declarations, and their publication by an owner."""
