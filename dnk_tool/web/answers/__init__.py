"""The answers of a declaration: the page of a criterion, its forms, history, goals, self-assessment."""
