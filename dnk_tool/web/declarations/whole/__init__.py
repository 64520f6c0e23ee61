"""Pages that show a whole declaration: its answers in the final check, and a frozen version."""
