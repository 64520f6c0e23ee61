"""Reads and writes declarations: content, versions, sign-offs, branding."""
