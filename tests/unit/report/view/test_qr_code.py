"""The QR code as a path: exactly the squares of the code, within its quiet zone, without styles."""

import re

import segno

from dnk_tool.report.view.qr_code import OVERLAP, QUIET_ZONE, qr_path

ADDRESS = "https://dnk.example.de/p/nc9c-td5b-2b6k"


def test_the_path_is_the_code() -> None:
    path, size = qr_path(ADDRESS)
    matrix = segno.make(ADDRESS, error="m", micro=False, boost_error=False).matrix
    assert size == len(matrix) + 2 * QUIET_ZONE
    drawn = [[0] * len(matrix) for _row in matrix]
    runs = re.findall(rf"M(\d+) (\d+)h(\d+)v1{re.escape(OVERLAP)}h-(\d+)z", path)
    assert "".join(f"M{x} {y}h{n}v1{OVERLAP}h-{n}z" for x, y, n, _back in runs) == path
    for column, row, length, back in runs:
        assert length == back
        for place in range(int(length)):
            drawn[int(row) - QUIET_ZONE][int(column) - QUIET_ZONE + place] = 1
    assert drawn == [[int(module) for module in row] for row in matrix]


def test_it_is_always_the_same_and_small() -> None:
    assert qr_path(ADDRESS) == qr_path(ADDRESS)
    assert qr_path(ADDRESS)[1] <= 41
    assert len(qr_path(ADDRESS)[0]) < 9_000
