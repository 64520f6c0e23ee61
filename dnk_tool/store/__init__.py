"""What is kept: SQLAlchemy models, queries and migrations. Every function takes a `Session` first."""
