"""Calculators: bills, trips and headcounts line by line, and how each figure came about."""
