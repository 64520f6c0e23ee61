"""Pages of residues: what members offer and search, how they ask each other, what managers see."""
