"""What a company says: answers, values, goals, self-assessment, and what is still missing."""
