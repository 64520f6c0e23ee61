"""The operator's pages: clusters, their managers, invitations of managers."""
