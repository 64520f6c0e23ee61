"""A member as its cluster sees it: contacts, cohort, attendance, notes, and taking it out of the cluster."""
