"""Tables of what members of a cluster share."""

from dnk_tool.store.tables.exchange import examples, polls

__all__ = ["examples", "polls"]
