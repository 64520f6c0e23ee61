"""Clusters: their settings and staff, invitations, joining and consent, company lists, messages."""
