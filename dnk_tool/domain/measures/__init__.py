"""What a company does to use less: its measures with their effects, and its path to a climate goal."""
