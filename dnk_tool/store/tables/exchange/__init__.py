"""Tables of what members of a cluster share."""

from dnk_tool.store.tables.exchange import awards, examples, polls, working_groups

__all__ = ["awards", "examples", "polls", "working_groups"]
