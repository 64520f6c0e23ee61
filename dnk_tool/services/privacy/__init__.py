"""A person's rights: export of their data, erasure, retention."""
