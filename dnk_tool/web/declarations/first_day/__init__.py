"""The first day with a declaration: steps with minutes, papers to fetch, a questionnaire to print."""
