"""What can be seen of a printed PDF: its pages, its tags, and every word with its place."""

import hashlib
import io
import re
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pikepdf


def page_count(content: bytes) -> int:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


def tag_tree(content: bytes) -> list[tuple[Any, ...]]:
    """Every element of the structure in the order of reading: its depth, and all that it says."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pages = {page.objgen: number for number, page in enumerate(pdf.pages)}
        return list(_elements(pdf.Root.StructTreeRoot.K, 0, pages))


def _elements(kid: Any, depth: int, pages: dict[Any, int]) -> Iterator[tuple[Any, ...]]:
    if isinstance(kid, pikepdf.Array):
        for child in kid:
            yield from _elements(child, depth, pages)
    elif not isinstance(kid, pikepdf.Dictionary):
        yield depth, "content", int(kid)
    elif kid.get("/S") is None:  # a reference to content of a page, or to a link
        yield (
            depth,
            str(kid.get("/Type")),
            pages.get(kid.Pg.objgen) if "/Pg" in kid else None,
            kid.get("/MCID"),
        )
    else:
        said = {name: _plain(kid[name], pages) for name in kid.keys() - {"/K", "/P", "/Type"}}
        yield depth, sorted(said.items())
        if "/K" in kid:
            yield from _elements(kid.K, depth + 1, pages)


def _plain(value: Any, pages: dict[Any, int]) -> Any:
    if isinstance(value, pikepdf.Dictionary):
        return pages.get(value.objgen, sorted((name, str(value[name])) for name in value))
    return str(value)


def word_places(content: bytes) -> list[str]:
    """Every word with its box, page after page."""
    return re.findall(r"<(?:page|word) .*", _said(["pdftotext", "-bbox", "-", "-"], content))


def words(content: bytes) -> str:
    return _said(["pdftotext", "-raw", "-", "-"], content)


def _said(command: list[str], content: bytes) -> str:
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()


# All that two engines must print alike, by the name under which it is noted.
SEEN: dict[str, Callable[[bytes], Any]] = {
    "pages": page_count,
    "tags": tag_tree,
    "places": word_places,
    "words": words,
}


def mark_of(seen: Any) -> str:
    """A mark of what was seen."""
    return hashlib.sha256(repr(seen).encode()).hexdigest()


@cache
def reader() -> str:
    """The program that reads words and places, with its version."""
    done = subprocess.run(["pdftotext", "-v"], capture_output=True, text=True, check=False)
    return done.stderr.partition("\n")[0]
