"""Reads and writes a cluster's releases and goals, and reads the figures that enter a release."""
