"""Figures of a company: the list, a page for each figure, calculators and warnings."""
