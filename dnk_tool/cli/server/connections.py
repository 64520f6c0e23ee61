"""A client's connection, as the main thread and the threads that answer see it.

Only the main thread reads from and writes to the network. A thread that answers gets the connection in place
of a socket: it finds the whole request there and leaves its answer, whatever the client does meanwhile.
Network addresses: which can be those of an own proxy.
"""

import io
import socket
import tempfile
import time
from contextlib import suppress
from enum import Enum, auto
from ipaddress import ip_address
from typing import IO, Any

from dnk_tool.addresses import network_of
from dnk_tool.cli.server.time_limits import HEAD_SECONDS, SMALL_BODY_BYTES, Transfer

_PIECE_BYTES = 262_144
_END_OF_HEAD = b"\r\n\r\n"


def is_private(address: str) -> bool:
    """Whether the address is of this machine or of an own network, as that of an own proxy."""
    try:
        return ip_address(address.partition("%")[0]).is_private
    except ValueError:
        return False


class Phase(Enum):
    """What a connection waits for. LINGERING: for the client's end, after the last answer."""

    HEAD = auto()
    WORKING = auto()
    BODY = auto()
    SENDING = auto()
    LINGERING = auto()
    CLOSED = auto()


class ClientConnection:
    """A client's connection. `sock` and the methods of a socket are what gunicorn's threads use."""

    def __init__(self, sock: socket.socket, client: Any, server: Any) -> None:
        sock.setblocking(False)
        self._socket, self.client, self.server = sock, client, server
        address = client[0] if isinstance(client, tuple) and client else ""
        self.network, self.is_private = network_of(address), is_private(address)
        self.state = Phase.HEAD
        self.received = bytearray()
        self.until = time.monotonic() + HEAD_SECONDS  # deadline of heads and idle connections
        self.transfer = Transfer()
        self.request: Any = None
        self.requests = 0
        self.body: IO[bytes] | None = None
        self.missing = 0  # bytes of the body that have not come yet
        self.is_kept_in_memory = False  # the body, of any size that the application wants
        self.is_last = False
        self.has_unread_body = False
        self._unsent: IO[bytes] | None = None
        self._sent = self._written = 0

    @property
    def sock(self) -> "ClientConnection":
        """What gunicorn's threads take for the socket."""
        return self

    @property
    def deadline(self) -> float:
        """When it is closed unless it moves on."""
        return self.transfer.deadline if self.state in (Phase.BODY, Phase.SENDING) else self.until

    @property
    def has_whole_head(self) -> bool:
        """Whether the lines of a request up to the empty one have been received."""
        return _END_OF_HEAD in self.received

    @property
    def unsent_bytes(self) -> int:
        """How much of the answer waits for the client."""
        return self._written - self._sent

    def take_head(self) -> bytes:
        """Take the lines of the next request, with the empty one, from what was received."""
        end = self.received.index(_END_OF_HEAD) + len(_END_OF_HEAD)
        head = bytes(self.received[:end])
        del self.received[:end]
        self.requests += 1
        return head

    def expect_body(self, length: int) -> None:
        """Begin a body of so many bytes with what was received already."""
        is_here = length <= len(self.received)
        self.body = io.BytesIO() if is_here or self.is_kept_in_memory else _store(SMALL_BODY_BYTES)
        self.missing = length
        self.transfer = Transfer()
        piece = bytes(self.received[:length])
        del self.received[:length]
        self._add_to_body(piece)

    def read_body(self) -> bool:
        """Read what has come of the body; False if the client has gone."""
        piece = self._read(min(self.missing, _PIECE_BYTES))
        if piece:
            self._add_to_body(piece)
        return piece != b""

    def read_head(self, size: int) -> bool:
        """Read what has come of the next request; False if the client has gone."""
        piece = self._read(size)
        self.received += piece or b""
        return piece != b""

    def discard(self) -> int | None:
        """Throw away what has come, and say how much; None if the client has gone."""
        piece = self._read(_PIECE_BYTES)
        return None if piece == b"" else len(piece or b"")

    def _add_to_body(self, piece: bytes) -> None:
        if self.body is None:
            raise RuntimeError("no body is expected")
        self.body.write(piece)
        self.missing -= len(piece)
        self.transfer.moved += len(piece)
        if not self.missing:
            self.body.seek(0)

    def _read(self, size: int) -> bytes | None:
        """What has come; None if nothing has, b"" if the client has gone."""
        try:
            return self._socket.recv(size)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            return b""

    def flush(self) -> bool:
        """Send what the client takes now of the answer. Returns whether nothing is left; raises OSError."""
        while self._unsent is not None and self.unsent_bytes:
            self._unsent.seek(self._sent)
            sent = self._try_to_send(self._unsent.read(_PIECE_BYTES))
            if not sent:
                return False
            self._sent += sent
            self.transfer.moved += sent
        self._drop_unsent()
        return True

    def forget_request(self) -> None:
        """Throw away the request after it was answered."""
        if self.body is not None:
            self.body.close()
        self.request, self.body, self.missing, self.is_kept_in_memory = None, None, 0, False

    def end_sending(self) -> None:
        """Tell the client that no more will come."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def really_close(self) -> None:
        """Close the connection and throw away what belongs to it."""
        self.state = Phase.CLOSED
        self.forget_request()
        self._drop_unsent()
        with suppress(OSError):
            self._socket.close()

    def _drop_unsent(self) -> None:
        if self._unsent is not None:
            self._unsent.close()
        self._unsent, self._sent, self._written = None, 0, 0

    def _try_to_send(self, piece: bytes | memoryview) -> int:
        try:
            return self._socket.send(piece)
        except (BlockingIOError, InterruptedError):
            return 0

    # What gunicorn's threads call, as on a socket.

    def sendall(self, content: bytes) -> None:
        """Send what the client takes now and keep the rest for the main thread. Raises OSError."""
        rest = memoryview(content)
        while self._unsent is None and rest:
            sent = self._try_to_send(rest)
            rest = rest[sent:]
            if not sent:
                self._unsent = _store(_PIECE_BYTES)
        if rest and self._unsent is not None:
            self._unsent.seek(self._written)
            self._unsent.write(rest)
            self._written += len(rest)

    def send(self, content: bytes) -> int:
        """As `sendall`; nothing is ever left over."""
        self.sendall(content)
        return len(content)

    def recv(self, _size: int) -> bytes:
        """Return b"", the end of the input: gunicorn was given the whole request before."""
        return b""

    def fileno(self) -> int:
        """The socket's number, for waiting."""
        return self._socket.fileno()

    def setblocking(self, _flag: bool) -> None:
        """Nothing here ever waits."""

    def settimeout(self, _seconds: float | None) -> None:
        """Nothing here ever waits."""

    def gettimeout(self) -> float:
        """Nothing here ever waits."""
        return 0.0

    def shutdown(self, _how: int) -> None:
        """Note that this answer is the last; the main thread ends the connection."""
        self.is_last = True

    def close(self) -> None:
        """Note that this answer is the last; the main thread closes the connection."""
        self.is_last = True


def _store(most_in_memory: int) -> IO[bytes]:
    """A file without a name, in memory as long as it is small."""
    return tempfile.SpooledTemporaryFile(most_in_memory)
