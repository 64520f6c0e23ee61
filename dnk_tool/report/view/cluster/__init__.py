"""The yearly report of a cluster as values, ready for page, Word and workbook."""
