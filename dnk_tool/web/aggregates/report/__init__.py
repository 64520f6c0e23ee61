"""The page of a cluster's yearly report, and its files."""
