"""The child process: `python -m dnk_tool.report.child` reads a job, limits itself and writes a PDF.

The job is JSON on standard input: `html`, `fingerprint`, `issued_on`, `cpu_seconds`, `memory`, and `files`
with their content in base64.
"""

import base64
import json
import resource
import sys
from contextlib import suppress
from datetime import date

from dnk_tool.report.limits import OUT_OF_MEMORY
from dnk_tool.report.pdf import write_pdf

GRACE_SECONDS = 5


def main() -> None:
    """Reads the job from standard input and writes the PDF to standard output."""
    job = json.load(sys.stdin.buffer)
    _limit(resource.RLIMIT_CPU, job["cpu_seconds"])
    _limit(resource.RLIMIT_AS, job["memory"])
    try:
        content = write_pdf(
            job["html"],
            fingerprint=job["fingerprint"],
            issued_on=date.fromisoformat(job["issued_on"]),
            files=[one | {"content": base64.b64decode(one["content"])} for one in job["files"]],
        )
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
    sys.stdout.buffer.write(content)


def _limit(kind: int, amount: int) -> None:
    with suppress(ValueError, OSError):  # macOS does not know every limit; the clock still holds
        resource.setrlimit(kind, (amount, amount + GRACE_SECONDS))


if __name__ == "__main__":
    main()
