"""A company's measures as a list: to take away as a workbook, and to read from a table."""
