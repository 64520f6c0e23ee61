"""Sorts and searches names alike on both databases: small letters, umlauts as a phone book writes them."""

from typing import Any

from sqlalchemy import ColumnElement, func
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
