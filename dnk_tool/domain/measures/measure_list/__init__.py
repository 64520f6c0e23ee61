"""A company's list of measures as a table: its columns, and what the cells of a row say."""
