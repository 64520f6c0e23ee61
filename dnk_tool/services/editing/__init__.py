"""What every edit asks first: which sections and figures are open, how far a declaration is."""
