"""Clusters: their settings and staff, joining and consent, company lists, messages."""
