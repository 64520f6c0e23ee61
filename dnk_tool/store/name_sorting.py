"""Sorts and searches names alike on both databases: small letters, umlauts as a phone book writes them."""

from typing import Any

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.orm import InstrumentedAttribute

# SQLite's lower() knows ASCII letters only.
FOLDS = (
    ("Ä", "ae"),
    ("ä", "ae"),
    ("Ö", "oe"),
    ("ö", "oe"),
    ("Ü", "ue"),
    ("ü", "ue"),
    ("ß", "ss"),
    ("É", "e"),
    ("é", "e"),
    ("È", "e"),
    ("è", "e"),
)


def folded(column: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """The column's text in the spelling in which names are sorted and searched, as SQL."""
    text: Any = column
    for sign, plain in FOLDS:
        text = func.replace(text, sign, plain)
    return func.lower(text)


def folded_text(text: str) -> str:
    """The text in the spelling of `folded`."""
    for sign, plain in FOLDS:
        text = text.replace(sign, plain)
    return text.lower()


def holds_text(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    """Whether the column holds the text in any spelling of `folded`, as SQL; % and _ mean themselves.

    Other letters, such as the first one of Şahin, are looked for as they were typed, small, and as the first
    letter of a word: databases differ in the letters whose small one they know.
    """
    spellings = {folded_text(spelling) for spelling in (text, text.lower())}
    spellings |= {_small_ascii(spelling) for spelling in (text, text.title(), text.upper())}
    name = folded(column)
    return or_(*(name.contains(spelling, autoescape=True) for spelling in sorted(spellings)))


def _small_ascii(text: str) -> str:
    """The text as `folded` leaves it in a database that knows the small letters of ASCII only."""
    for sign, plain in FOLDS:
        text = text.replace(sign, plain)
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)
