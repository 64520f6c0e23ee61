"""Lays out a text of a chart as one line, not letter by letter.

Letter by letter, a text has no spaces when it is copied or read aloud, and the letters of Arabic do not join.
"""

from collections.abc import Iterator
from typing import Any

from dnk_tool.report.engine.patches import Patch


class _WholeText(str):
    """A text that the engine, which asks for each letter, gets in one piece."""

    __slots__ = ()

    def __iter__(self) -> Iterator[str]:
        """Yields the whole text."""
        yield str(self)


def _in_one_piece(original: Any) -> Any:
    """Replaces the text of an element of a drawing by one that is laid out at once.

    Our charts place whole texts and no single letters (`view/charts/svg.py`).
    """

    def text(self: Any) -> str | None:
        """Gives the text, or None where there is none."""
        words = original.fget(self)
        return None if words is None else _WholeText(words)

    return property(text)


PATCHES = (
    Patch(
        "weasyprint.svg:Node.text",
        "edaad4d03610f14522e9949a2845e837c71ac0a89f8a2c01c60a8c42cb73d8ca",
        _in_one_piece,
        relies_on=("weasyprint.svg.text:text", "weasyprint.svg:Node.text_children"),
    ),
)
