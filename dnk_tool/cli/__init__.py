"""Commands for operators, on the same services as the pages."""
