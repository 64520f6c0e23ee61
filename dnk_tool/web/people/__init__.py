"""People and companies: the first page, the home of a company, its profile and its people."""
