"""The listening socket that a service manager holds: clients wait in it while the server is started anew."""

import os
import socket

FIRST_DESCRIPTOR = 3  # as sd_listen_fds(3) says


class UnfitSocket(Exception):
    """What the service manager handed over is not one TCP socket that listens."""


def inherited_socket() -> socket.socket | None:
    """The socket of LISTEN_PID and LISTEN_FDS, which children must not see; None without one.

    Raises UnfitSocket.
    """
    process, number = os.environ.pop("LISTEN_PID", ""), os.environ.pop("LISTEN_FDS", "")
    os.environ.pop("LISTEN_FDNAMES", None)
    if process != str(os.getpid()) or not number:
        return None
    if number != "1":
        raise UnfitSocket(f"one listening socket is needed, LISTEN_FDS says {number}")
    try:
        listener = socket.socket(fileno=FIRST_DESCRIPTOR)
    except OSError as error:
        raise UnfitSocket(f"descriptor {FIRST_DESCRIPTOR} is no socket") from error
    is_tcp = listener.family in (socket.AF_INET, socket.AF_INET6) and listener.type == socket.SOCK_STREAM
    if not is_tcp or not listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        listener.detach()
        raise UnfitSocket(
            "the socket handed over must be a TCP socket that listens (ListenStream=, Accept=no)"
        )
    listener.set_inheritable(False)
    return listener
