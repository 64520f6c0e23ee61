"""Formats texts of a declaration: language, printable characters, typography, widths."""
