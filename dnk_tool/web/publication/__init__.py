"""What everybody can read without signing in, and how an owner publishes a version."""
