"""What the server and the child that renders say to each other: a letter, a length, and so many bytes."""

import json
import struct
from collections.abc import Iterator
from typing import Any

JOB, PROGRESS, LOG, DONE = b"J", b"P", b"L", b"D"
FOLDER_PREFIX = "dnk-report-"  # so begins the name of the folder that the child works in
_HEAD, _STEPS = struct.Struct(">cI"), struct.Struct(">II")


def encode_frame(kind: bytes, content: bytes) -> bytes:
    """One thing to say."""
    return _HEAD.pack(kind, len(content)) + content


def encode_job(job: dict[str, Any]) -> bytes:
    """A job for the child, see `dnk_tool.report.process.worker`."""
    return encode_frame(JOB, json.dumps(job).encode())


def encode_progress(done: int, of: int) -> bytes:
    """How far the child is."""
    return encode_frame(PROGRESS, _STEPS.pack(done, of))


def decode_progress(content: bytes) -> tuple[int, int]:
    """What `progress_frame` said."""
    done, of = _STEPS.unpack(content)
    return done, of


def encode_log(message: str) -> bytes:
    """A line for the server's log; never with words of the document."""
    return encode_frame(LOG, message.encode())


class FrameDecoder:
    """Puts what arrives in pieces together."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, piece: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Every frame that is whole now, as its letter and its content."""
        self._buffer += piece
        while len(self._buffer) >= _HEAD.size:
            kind, length = _HEAD.unpack_from(self._buffer)
            end = _HEAD.size + length
            if len(self._buffer) < end:
                return
            content = bytes(self._buffer[_HEAD.size : end])
            del self._buffer[:end]
            yield kind, content
