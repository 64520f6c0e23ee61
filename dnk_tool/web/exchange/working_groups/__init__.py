"""The pages of working groups: of the cluster's manager, and of the members who take part."""
