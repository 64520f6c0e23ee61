"""The pages of a cluster's polls: the manager's, the question on a phone, and the projector."""
