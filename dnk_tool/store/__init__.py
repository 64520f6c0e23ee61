"""Stores and reads all data: SQLAlchemy models, queries and migrations. Queries take a `Session` first."""
