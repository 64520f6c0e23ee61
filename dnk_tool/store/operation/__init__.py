"""What the operator sees of companies and clusters, and what goes when they are deleted."""
