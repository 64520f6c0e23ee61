"""A cluster's own pages: its members and their invitations, its team, its deadlines."""
