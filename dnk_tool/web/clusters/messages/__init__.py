"""Messages of a cluster to the members that a filter shows."""
