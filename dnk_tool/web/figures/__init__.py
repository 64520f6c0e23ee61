"""A company's figures: the list of a declaration, a page for each figure, calculators and warnings."""
