"""The content of a page: its streams as one, and the names in it."""

import re
from dataclasses import dataclass
from typing import Any

from dnk_tool.services.uploads.pages.file_checks import OddFile, unescaped
from dnk_tool.services.uploads.pages.objects import ObjectHasher, joined

MAX_STREAMS, MAX_CONTENT_BYTES = 1_000, 50_000_000
_NAME = re.compile(rb"/([^\x00\t\n\f\r ()<>\[\]{}/%]*)")
_BLANKS = b"\x00\t\n\f\r "


@dataclass(frozen=True, slots=True)
class PageContent:
    """The content's bytes, and their digest."""

    data: bytes
    digest: bytes


def page_content(hasher: ObjectHasher, contents: Any) -> PageContent:
    """The streams of the content, joined as readers join them.

    One that ends in the middle of a line is refused: readers disagree whether the next continues a word.
    """
    held = hasher.resolved(contents)
    parts = held if isinstance(held, list) else [contents] if held is not None else []
    if len(parts) > MAX_STREAMS:
        raise OddFile("number of contents")
    joined_parts = b""
    for part in parts:
        if joined_parts and joined_parts[-1] not in _BLANKS:
            raise OddFile("torn content")
        joined_parts += hasher.stream_bytes(part, MAX_CONTENT_BYTES - len(joined_parts))
    # A writer that joins streams may end them with a blank more.
    return PageContent(joined_parts, joined(b"content", joined_parts.rstrip(_BLANKS)))


def used_names(content: bytes) -> frozenset[str]:
    """All names in the content, also those that are text by chance."""
    return frozenset("/" + unescaped(name).decode("utf-8", "replace") for name in _NAME.findall(content))
