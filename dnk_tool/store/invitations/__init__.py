"""Reads and writes invitations (secret links sent by mail), contribution requests among them."""
