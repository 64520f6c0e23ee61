"""What members of a cluster share: what a poll counts, what an example says, which residues go together."""
