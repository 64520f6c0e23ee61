"""Publishes versions, verifies them for anybody, and seals them."""
