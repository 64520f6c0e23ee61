"""Makes the digests of a PDF's pages in a child process: `python -m dnk_tool.services.uploads.pages.worker`.

Reads the PDF from standard input. Arguments: CPU seconds and bytes of address space. Writes a line "ok"
followed by the digests as JSON, or a line "no" if the pages cannot be compared.
"""

import json
import sys
from dataclasses import asdict

from dnk_tool.isolation import isolate
from dnk_tool.services.uploads.child_limits import limit_child
from dnk_tool.services.uploads.pages.digests import page_digests
from dnk_tool.services.uploads.pages.file_checks import OddFile


def main() -> None:
    """Isolates and limits itself, reads the PDF and writes the digests."""
    isolate()
    cpu_seconds, memory = map(int, sys.argv[1:])
    content = sys.stdin.buffer.read()
    limit_child(cpu_seconds, memory)
    try:
        output = b"ok\n" + json.dumps(asdict(page_digests(content))).encode()
    except (OddFile, MemoryError):
        output = b"no\n"
    sys.stdout.buffer.write(output)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
