"""Checks a declaration's data in a child process: `python -m dnk_tool.services.uploads.document_worker`.

Reads the JSON from standard input. Arguments: CPU seconds and bytes of address space. Writes a line "ok"
followed by the canonical bytes of the declaration, a line "no" followed by its problems as JSON, or a line
"newer".
"""

import json
import sys

from dnk_tool.domain.declarations.document import FORMAT_NAME, FORMAT_VERSION, canonical_json
from dnk_tool.domain.declarations.document_parser import DocumentError
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.isolation import isolate
from dnk_tool.services.uploads.child_limits import limit_child


def main() -> None:
    """Isolates and limits itself, checks the data and writes the result."""
    isolate()
    cpu_seconds, memory = map(int, sys.argv[1:])
    content = sys.stdin.buffer.read()
    limit_child(cpu_seconds, memory)
    sys.stdout.buffer.write(checked(content))
    sys.stdout.buffer.flush()


def checked(content: bytes) -> bytes:
    """What the child writes."""
    if is_newer(content):
        return b"newer\n"
    try:
        return b"ok\n" + canonical_json(read_document(content))
    except DocumentError as error:
        problems = [(problem.path, problem.code, problem.detail) for problem in error.problems]
        return b"no\n" + json.dumps(problems).encode()


def is_newer(data: bytes) -> bool:
    """Whether the data declare a later version of our format; nothing else of them is checked."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return False
    if not isinstance(document, dict) or document.get("format") != FORMAT_NAME:
        return False
    version = document.get("version")
    return isinstance(version, int) and version > FORMAT_VERSION


if __name__ == "__main__":
    main()
