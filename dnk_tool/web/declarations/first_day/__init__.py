"""The first day with a declaration: its steps with minutes, papers to fetch, an empty questionnaire to print."""
