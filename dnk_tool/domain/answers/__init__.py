"""The content of a declaration: answers, values, goals, self-assessment, and what is still missing."""
