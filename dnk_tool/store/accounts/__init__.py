"""Reads and writes accounts: sign-ins, identities, registrations, second factors."""
