"""Sums, rates and middle values over the members of a cluster, so that each company's figures stay secret."""
