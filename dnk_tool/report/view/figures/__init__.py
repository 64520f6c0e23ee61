"""Figures in print: the table of an indicator, status, calculations, tables of the company."""
