"""The room of a workshop: its code for guests, and the wall that shows a cohort's progress."""
