"""Whole numbers in addresses and in fields of forms: ids, versions, pages."""


def whole_number(text: str | None, *, digits: int = 9) -> int | None:
    """Parse a number of at most this many digits; None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= digits else None
