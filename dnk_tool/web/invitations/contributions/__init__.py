"""Answers by mail: an editor asks somebody for a few of them, who gives them behind a secret link."""
