"""Reads and writes the review: queue, verdicts, remarks."""
