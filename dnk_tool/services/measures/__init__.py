"""Saves a company's measures and its climate goal, and proposes effects."""
