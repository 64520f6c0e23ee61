"""The pages of one criterion: its texts, its figures, and how the report prints it."""
