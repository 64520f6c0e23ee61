"""Writes the declaration as Word, Excel, CSV and HTML, and the files embedded in its PDF."""
