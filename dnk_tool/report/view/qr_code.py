"""The address of the check page as a QR code: one path of squares, without styles."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import segno

QUIET_ZONE = 4  # modules around the code, as ISO/IEC 18004 asks for
OVERLAP = ".03"  # closes the hairlines that viewers draw between rows


@dataclass(frozen=True, slots=True)
class VerificationLink:
    """Where a version can be checked, in words and as a code of `size` by `size` modules."""

    title: str
    lead: str
    address: str
    address_text: str
    alt: str
    path: str
    size: int


def qr_path(text: str) -> tuple[str, int]:
    """The dark squares of a QR code as an SVG path, and how wide it is with its quiet zone, in modules."""
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
