"""An edition of a standard: areas, criteria, aspects, indicators, and the reader of its files."""
