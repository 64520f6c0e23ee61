"""The cohorts of a cluster: their dates, their members, their calendar files."""
