"""Contributions: an editor asks somebody by mail for some answers, given behind a secret link."""
