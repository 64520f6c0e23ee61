"""gunicorn's worker process: the main thread collects requests and hands out answers, threads make them.

Whatever a client does slowly (lines of a request, a body, fetching an answer, going away) happens in the main
thread beside everything else, with time limits, and never occupies a thread.
All connections of the server, and which of them must go where there are too many.
"""

import logging
import selectors
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any

from dnk_tool.cli.server.answering_worker import AnsweringWorker, Outcome
from dnk_tool.cli.server.connections import ClientConnection, Phase
from dnk_tool.cli.server.plain_answers import plain_answer
from dnk_tool.cli.server.time_limits import (
    HEAD_SECONDS,
    KEEPALIVE_SECONDS,
    LINGER_SECONDS,
    MAX_HEAD_BYTES,
    MAX_LINGER_BYTES,
    MOST_COLLECTED_BYTES,
    MOST_CONNECTIONS,
    MOST_OF_A_NETWORK,
    MOST_UNSENT_BYTES,
    Transfer,
)

log = logging.getLogger(__name__)

# Ctrl+C, Ctrl+\, and the signal that service managers send.
STOP_SIGNALS = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)


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


class GunicornWorker(AnsweringWorker):
    """gunicorn's worker process, which answers requests."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connections = ConnectionTable(trusts_private=self.app.has_proxies)
        self._watched: set[ClientConnection] = set()

    def init_signals(self) -> None:
        """Install the handlers, then unblock the stop signals, including those received since the start."""
        super().init_signals()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Stop; before the app is loaded at once, because no request can be running."""
        is_first = self.alive
        super().handle_exit(sig, frame)
        if is_first and not self.booted:
            sys.exit(0)

    def run(self) -> None:
        """Answer requests until a signal or the parent's end; then finish those that have begun."""
        self.poller.register(
            self.method_queue.fileno(), selectors.EVENT_READ, self.method_queue.run_callbacks
        )
        self.set_accept_enabled(True)
        while self.alive:
            self.notify()
            self.wait_for_and_dispatch_events(timeout=1.0)
            if not self.is_parent_alive():
                break
            self._close_overdue()
        self.set_accept_enabled(False)
        now = time.monotonic()
        until, idle_until = now + self.cfg.graceful_timeout, now + LINGER_SECONDS
        while len(self.connections) and time.monotonic() < until:
            self.notify()
            self._close_unneeded(idle_until)
            self.wait_for_and_dispatch_events(timeout=0.2)
            self._close_overdue()
        self.tpool.shutdown(wait=False)
        self.poller.close()
        self.method_queue.close()
        for listener in self.sockets:
            listener.close()

    def accept(self, listener: Any) -> None:
        """Accept a connection; where there are too many, the one that waits longest has to go."""
        try:
            sock, client = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError as error:  # no more files: the next client may have better luck
            log.error("a connection cannot be accepted: %s", error.strerror)
            return
        connection = ClientConnection(sock, client, listener.getsockname())
        if (superfluous := self.connections.one_too_many(connection)) is not None:
            self._close(superfluous)
        self.connections.add(connection)
        self._await_head(connection)

    def finish_request(self, connection: ClientConnection, future: "Future[Outcome]") -> None:
        """Do what the thread wants that had the request."""
        self._guarded(connection, partial(self._follow, future))

    def _follow(self, future: "Future[Outcome]", connection: ClientConnection) -> None:
        outcome = Outcome.GONE if future.cancelled() or future.exception() else future.result()
        if outcome is Outcome.GONE:
            self._close(connection)
        elif outcome is Outcome.COLLECT:
            self._begin_body(connection)
        else:
            connection.is_last |= outcome is Outcome.CLOSE
            connection.forget_request()
            self._send(connection)

    def _await_head(self, connection: ClientConnection) -> None:
        connection.state = Phase.HEAD
        seconds = HEAD_SECONDS if connection.received or not connection.requests else KEEPALIVE_SECONDS
        connection.until = time.monotonic() + seconds
        self._watch(connection, selectors.EVENT_READ, self._read_head)
        if connection.received:
            self._look_at_head(connection)

    def _read_head(self, connection: ClientConnection) -> None:
        if not connection.received:
            connection.until = time.monotonic() + HEAD_SECONDS
        if connection.read_head(MAX_HEAD_BYTES):
            self._look_at_head(connection)
        else:
            self._close(connection)

    def _look_at_head(self, connection: ClientConnection) -> None:
        received = connection.received
        if connection.has_whole_head:
            connection.state = Phase.WORKING
            self._unwatch(connection)
            self.enqueue_req(connection)
        elif len(received) > MAX_HEAD_BYTES:
            self._refuse(connection, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif received.count(b"\n") != received.count(b"\r\n"):
            self._refuse(connection, HTTPStatus.BAD_REQUEST)

    def _begin_body(self, connection: ClientConnection) -> None:
        connection.state = Phase.BODY
        connection.expect_body(int(dict(connection.request.headers)["CONTENT-LENGTH"]))
        if connection.request._expected_100_continue:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._watch(connection, selectors.EVENT_READ, self._read_body)
        self._hand_over_whole_body(connection)

    def _read_body(self, connection: ClientConnection) -> None:
        if not connection.read_body():
            self._close(connection)
        elif self.connections.collected_bytes() > MOST_COLLECTED_BYTES:
            self._refuse(connection, HTTPStatus.SERVICE_UNAVAILABLE)
        else:
            self._hand_over_whole_body(connection)

    def _hand_over_whole_body(self, connection: ClientConnection) -> None:
        if not connection.missing:
            connection.state = Phase.WORKING
            self._unwatch(connection)
            self.enqueue_req(connection)

    def _send(self, connection: ClientConnection) -> None:
        """Send the rest of the answer, then await the next request or the client's end."""
        if connection.state is not Phase.SENDING:
            connection.state, connection.transfer = Phase.SENDING, Transfer()
        try:
            is_sent = connection.flush()
        except OSError:
            self._close(connection)
            return
        if not is_sent:
            self._watch(connection, selectors.EVENT_WRITE, self._send)
            self._limit_unsent()
        elif connection.is_last:
            self._linger(connection)
        else:
            self._await_head(connection)

    def _limit_unsent(self) -> None:
        """Close the answers that wait longest, while there are too many bytes of them."""
        while self.connections.unsent_bytes() > MOST_UNSENT_BYTES:
            sending = [entry for entry in self.connections if entry.state is Phase.SENDING]
            self._close(min(sending, key=lambda entry: entry.transfer.began))

    def _linger(self, connection: ClientConnection) -> None:
        """Await the client's end: closing at once could destroy the answer (RFC 9112, 9.6).

        After an answer to a body that was not read, browsers show it only once they have sent all of it.
        """
        connection.state = Phase.LINGERING
        connection.transfer = Transfer()
        connection.until = time.monotonic() + LINGER_SECONDS
        connection.end_sending()
        self._watch(connection, selectors.EVENT_READ, self._discard)

    def _discard(self, connection: ClientConnection) -> None:
        amount = connection.discard()
        if amount is None:
            self._close(connection)
            return
        connection.transfer.moved += amount
        if connection.has_unread_body:
            idle_until = time.monotonic() + LINGER_SECONDS
            connection.until = min(idle_until, connection.transfer.deadline)
        if connection.transfer.moved > (MAX_LINGER_BYTES if connection.has_unread_body else MAX_HEAD_BYTES):
            self._close(connection)

    def _refuse(self, connection: ClientConnection, status: HTTPStatus) -> None:
        connection.has_unread_body |= connection.request is not None
        connection.forget_request()
        connection.is_last = True
        with suppress(OSError):
            connection.sendall(plain_answer(status, headers=self.app.own_headers))
        self._send(connection)

    def _close_overdue(self) -> None:
        now = time.monotonic()
        for connection in self.connections:
            if connection.state in (Phase.WORKING, Phase.CLOSED) or connection.deadline > now:
                continue
            if connection.state is Phase.BODY or (connection.state is Phase.HEAD and connection.received):
                self._refuse(connection, HTTPStatus.REQUEST_TIMEOUT)
            else:
                self._close(connection)

    def _close_unneeded(self, idle_until: float) -> None:
        """Close what need not be waited for before the end."""
        is_over = time.monotonic() > idle_until
        for connection in self.connections:
            if connection.state is Phase.LINGERING or (is_over and connection.state is Phase.HEAD):
                self._close(connection)

    def _close(self, connection: ClientConnection) -> None:
        self._unwatch(connection)
        connection.really_close()
        self.connections.remove(connection)

    def _watch(
        self, connection: ClientConnection, event: int, callback: Callable[[ClientConnection], None]
    ) -> None:
        register = self.poller.modify if connection in self._watched else self.poller.register
        register(connection, event, partial(self._dispatch, event, callback))
        self._watched.add(connection)

    def _unwatch(self, connection: ClientConnection) -> None:
        if connection in self._watched:
            self._watched.remove(connection)
            self.poller.unregister(connection)

    def _dispatch(
        self, event: int, callback: Callable[[ClientConnection], None], connection: ClientConnection
    ) -> None:
        """Call back unless something that came first has changed what the connection waits for."""
        if connection in self._watched and self.poller.get_key(connection).events == event:
            self._guarded(connection, callback)

    def _guarded(self, connection: ClientConnection, callback: Callable[[ClientConnection], None]) -> None:
        """Call back so that a failure, such as a full disk, ends this connection and not the server."""
        try:
            callback(connection)
        except Exception as error:
            log.exception("a connection failed")
            is_full = isinstance(error, OSError) and connection.state is Phase.BODY
            with suppress(Exception):
                if is_full:
                    self._refuse(connection, HTTPStatus.SERVICE_UNAVAILABLE)
                    return
            self._close(connection)
