"""Lists of companies that a cluster wants to invite: their columns, rows and names."""
