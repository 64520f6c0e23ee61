"""The page with all that is missing in a declaration, by person and by what it takes."""
