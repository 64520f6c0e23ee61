"""Pages of what members of a cluster share: polls, good examples, residues."""
