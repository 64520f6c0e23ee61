"""Reads and writes publications and the proofs of a version's origin."""
