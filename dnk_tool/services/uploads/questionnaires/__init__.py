"""Questionnaires that come back: Word and Excel files, read in a child process with limits."""
