"""People and companies: start page, company page, profile, members."""
