"""Texts of the print: words of a language, glyphs that the fonts have, typography, measures."""
