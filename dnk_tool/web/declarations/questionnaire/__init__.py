"""Questions offline: a page to fetch the questionnaire as a file, and the preview of what comes back."""
