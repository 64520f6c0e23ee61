"""Tables of what members of a cluster share."""
