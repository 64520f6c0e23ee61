"""The pages of good examples: of their company, of the members, of the cluster's team, and for everybody."""
