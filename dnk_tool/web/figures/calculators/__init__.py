"""Calculators: lines for bills, trips and headcounts, and how figures follow from them."""
