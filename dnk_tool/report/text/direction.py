"""Says in which direction a text is read."""

import unicodedata

from markupsafe import Markup

RIGHT_TO_LEFT = ("R", "AL")


def direction(text: str) -> Markup:
    """The attribute of an element whose text is read from right to left; empty for all others.

    The first letter decides, as with `dir="auto"`, which the PDF engine does not know.
    """
    if text.isascii():
        return Markup()
    letters = (unicodedata.bidirectional(char) for char in text)
    first = next((kind for kind in letters if kind in ("L", *RIGHT_TO_LEFT)), "L")
    return Markup(' dir="rtl"') if first in RIGHT_TO_LEFT else Markup()
