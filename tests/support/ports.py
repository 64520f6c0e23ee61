"""Ports of this machine that belong to one process: no other program is given them."""

import socket

_kept: list[socket.socket] = []


def free_port() -> int:
    """A port for a server to come; who connects before it listens is refused.

    It is kept until this process ends: one that is let go may become another test's before the server has it.
    """
    _kept.append(kept_port())
    return int(_kept[-1].getsockname()[1])


def kept_port() -> socket.socket:
    """The same, kept until it is closed."""
    kept = socket.socket()
    kept.bind(("127.0.0.1", 0))
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # only now: another's was refused before
    return kept
