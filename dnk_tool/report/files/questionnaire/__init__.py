"""The questionnaire of a declaration as a file to fill in and to read back: Word and Excel."""
