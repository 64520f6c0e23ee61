"""Every table of the database, and nothing else."""
