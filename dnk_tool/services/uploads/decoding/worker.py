"""Decodes a file of evidence in a child process: `python -m dnk_tool.services.uploads.decoding.worker`.

Reads the file from standard input. Arguments: its kind, CPU seconds, bytes of address space, and a purpose:
`logo`, `portrait` or `photo` for a picture to be shown as one, `page` with a number for that of a page.
Writes a line "ok" followed by the content to keep or to show, or a line "no" followed by the reason.
"""

import sys
from collections.abc import Callable, Mapping

from dnk_tool.domain.evidence import EvidenceFileType, FileRejected, FileRejectionReason
from dnk_tool.isolation import isolate
from dnk_tool.services.uploads.child_limits import limit_child
from dnk_tool.services.uploads.decoding import (
    drawn_page,
    sanitised,
    sanitised_logo,
    sanitised_photo,
    sanitised_portrait,
)

PURPOSES: Mapping[str, Callable[..., bytes]] = {
    "logo": sanitised_logo,
    "portrait": sanitised_portrait,
    "photo": sanitised_photo,
    "page": drawn_page,
}


def main() -> None:
    """Isolates and limits itself, decodes the content and writes what may be kept."""
    isolate()
    kind = EvidenceFileType(sys.argv[1])
    cpu_seconds, memory = map(int, sys.argv[2:4])
    decode = PURPOSES[sys.argv[4]] if sys.argv[4:] else sanitised
    content = sys.stdin.buffer.read()
    limit_child(cpu_seconds, memory)
    try:
        kept = decode(content, kind, *sys.argv[5:])
    except FileRejected as refused:
        _write_output(b"no\n" + refused.why.value.encode())
    except MemoryError:
        _write_output(b"no\n" + FileRejectionReason.TOO_MUCH.value.encode())
    else:
        _write_output(b"ok\n" + kept)


def _write_output(words: bytes) -> None:
    sys.stdout.buffer.write(words)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
