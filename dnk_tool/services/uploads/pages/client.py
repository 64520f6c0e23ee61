"""Asks a child process with limits for the digests of a PDF's pages, since the PDF may be anybody's."""

import json
import logging

from dnk_tool.services.uploads import sandbox
from dnk_tool.services.uploads.pages.model import PageDigests

log = logging.getLogger(__name__)

SECONDS, CPU_SECONDS, MEMORY = 20, 10, 600_000_000


def digests_of(content: bytes) -> PageDigests | None:
    """The digests of the PDF's pages; None if they cannot be compared with those of other files. Slow."""
    limits = (CPU_SECONDS, MEMORY)
    done = sandbox.run_module("dnk_tool.services.uploads.pages.worker", limits, content, seconds=SECONDS)
    if done is None or done.returncode != 0:
        # The child's output may contain text of the file, so only the status is logged.
        log.warning(
            "the pages of a PDF could not be read: status %s", done.returncode if done else "too slow"
        )
        return None
    said, _line, rest = done.stdout.partition(b"\n")
    if said != b"ok":
        return None
    values = json.loads(rest)
    return PageDigests(tuple(values["pages"]), values["document"])
