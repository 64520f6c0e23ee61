"""Saves figures: entered ones, sites, calculator lines, files, explanations of warnings."""
