"""Questions offline: the questionnaire of a declaration as a file, and what comes back."""
