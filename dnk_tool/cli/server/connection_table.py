"""All connections of the server, and which of them must go where there are too many."""

from collections import Counter
from collections.abc import Iterator

from dnk_tool.cli.server.connections import ClientConnection, Phase
from dnk_tool.cli.server.time_limits import MOST_CONNECTIONS, MOST_OF_A_NETWORK


class ConnectionTable:
    """All connections, counted by network. `trusts_private`: own proxies may have any number."""

    def __init__(self, *, trusts_private: bool) -> None:
        self._connections: set[ClientConnection] = set()
        self._by_network: Counter[str] = Counter()
        self._trusts_private = trusts_private

    def __iter__(self) -> Iterator[ClientConnection]:
        return iter(tuple(self._connections))

    def __len__(self) -> int:
        return len(self._connections)

    def add(self, connection: ClientConnection) -> None:
        """Count a new connection."""
        self._connections.add(connection)
        self._by_network[connection.network] += 1

    def remove(self, connection: ClientConnection) -> None:
        """Forget a closed connection."""
        if connection in self._connections:
            self._connections.remove(connection)
            self._by_network[connection.network] -= 1
            self._by_network += Counter()  # drops networks without connections

    def count_unanswered(self) -> int:
        """How many requests are there and not answered yet: a thread has them, or they wait for one."""
        return sum(entry.state is Phase.WORKING for entry in self)

    def collected_bytes(self) -> int:
        """How much of bodies is stored."""
        return sum(entry.transfer.moved for entry in self if entry.body is not None)

    def unsent_bytes(self) -> int:
        """How much of answers waits for clients."""
        return sum(entry.unsent_bytes for entry in self if entry.state is Phase.SENDING)

    def one_too_many(self, new: ClientConnection) -> ClientConnection | None:
        """The connection that must go for a new one; None while there is room.

        It is the one that has waited longest for its client, of this network if it has too many, else of the
        network with the most.
        """
        is_own_proxy = self._trusts_private and new.is_private
        if self._by_network[new.network] >= MOST_OF_A_NETWORK and not is_own_proxy:
            return self._longest_waiting(new.network)
        if len(self) >= MOST_CONNECTIONS:
            return self._longest_waiting(self._by_network.most_common(1)[0][0]) or self._longest_waiting(None)
        return None

    def _longest_waiting(self, network: str | None) -> ClientConnection | None:
        waiting = [
            entry
            for entry in self
            if network in (None, entry.network) and entry.state not in (Phase.WORKING, Phase.CLOSED)
        ]
        rank = {Phase.LINGERING: 0, Phase.HEAD: 1, Phase.SENDING: 2, Phase.BODY: 3}
        return min(waiting, key=lambda entry: (rank[entry.state], entry.deadline), default=None)
