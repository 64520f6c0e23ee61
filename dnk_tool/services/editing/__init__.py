"""What every edit asks first: what is open, by which settings, and how far a declaration is."""
