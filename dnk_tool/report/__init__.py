"""Writes a declaration as PDF, Word, Excel, CSV and HTML, all from the same view."""
