"""Draws the address of the check page as a QR code: one SVG path without styles."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import segno

QUIET_ZONE = 4  # modules around the code, as ISO/IEC 18004 requires
OVERLAP = ".03"  # prevents hairlines between rows in viewers


@dataclass(frozen=True, slots=True)
class VerificationLink:
    """The check page of a version: texts, address and QR code of `size` by `size` modules."""

    title: str
    lead: str
    address: str
    address_text: str
    alt: str
    path: str
    size: int


def qr_path(text: str) -> tuple[str, int]:
    """The dark modules of a QR code as an SVG path, and its width with quiet zone in modules."""
    matrix = segno.make(text, error="m", micro=False, boost_error=False).matrix
    return "".join(_runs(matrix)), len(matrix) + 2 * QUIET_ZONE


def _runs(matrix: tuple[bytearray, ...]) -> Iterator[str]:
    for row, modules in enumerate(matrix, start=QUIET_ZONE):
        column = QUIET_ZONE
        for is_dark, run in groupby(modules):
            length = len(list(run))
            if is_dark:
                yield f"M{column} {row}h{length}v1{OVERLAP}h-{length}z"
            column += length
