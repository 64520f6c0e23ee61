"""Handling of all requests: sessions, access, transactions, languages, headers, limits, errors."""
