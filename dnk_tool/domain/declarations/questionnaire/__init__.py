"""The questionnaire of a declaration as a file: its fields, the texts in them, and what comes back."""
