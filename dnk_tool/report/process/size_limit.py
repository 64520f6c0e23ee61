"""Makes no file of more than can be read again, and says of a file that fails which parts are long."""

from collections.abc import Iterator
from contextlib import contextmanager

from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.size import declaration_size
from dnk_tool.report.process.client import RenderFailed

_TOO_MUCH = ("time", "memory")


@contextmanager
def size_limit(document: Document) -> Iterator[None]:
    """Make a file of the document in here. Raises RenderFailed, with the longest parts where it is large."""
    size = declaration_size(document)
    if size.is_too_large:
        raise RenderFailed("size", f"{size.size} bytes", longest=size.parts)
    try:
        yield
    except RenderFailed as error:
        if error.reason in _TOO_MUCH and size.is_large:
            error.longest = size.parts
        raise
