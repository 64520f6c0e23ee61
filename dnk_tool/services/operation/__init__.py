"""What the operator does for the whole installation."""
