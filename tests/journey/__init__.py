"""Walks from the mailed invitation to the downloaded PDF and counts what that takes."""
