"""The page of a company's flow of material in a year."""
