"""Tables of what members of a cluster share."""

from dnk_tool.store.tables.exchange import polls

__all__ = ["polls"]
