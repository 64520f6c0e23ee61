"""A cluster's joint goal, and what its members' measures save together."""
