"""The variants of a declaration: full, short, internal, and what each consists of."""
