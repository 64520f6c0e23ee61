"""What the operator does on pages: archives and deletes companies and clusters."""
