"""Carries a list through the pages of its preview, encrypted, as the server keeps nothing of it."""

import json
import zlib

from dnk_tool.domain.figures.lists.model import ListTable
from dnk_tool.domain.uploads import SpreadsheetRow
from dnk_tool.services.accounts import encryption
from dnk_tool.services.accounts.encryption import DecryptionFailed
from dnk_tool.services.uploads.csv_tables import TableFault, UnreadableTable

PURPOSE = b"dnk-tool list in a preview"
MAX_AGE_SECONDS = 3_600
MAX_CARRIED_BYTES = 200_000
MAX_CARRIED_COLUMNS, MAX_CELL = 60, 60

Place = tuple[int, int | None, str]


def carry(key: str, table: ListTable, place: Place) -> str:
    """Pack and encrypt the list for one declaration, person and kind.

    Raises UnreadableTable if the page would grow too large.
    """
    rows = [
        [row.number, [cell[:MAX_CELL] for cell in row.cells[:MAX_CARRIED_COLUMNS]], sorted(row.numeric)]
        for row in table.rows
    ]
    heads = [head[:MAX_CELL] for head in table.heads[:MAX_CARRIED_COLUMNS]]
    content = zlib.compress(json.dumps([place, heads, rows], separators=(",", ":")).encode(), 9)
    text = encryption.encrypt_bytes(key, content, purpose=PURPOSE)
    if len(text) > MAX_CARRIED_BYTES:
        raise UnreadableTable(TableFault.TOO_LARGE)
    return text


def carried(key: str, text: str, place: Place) -> ListTable | None:
    """The list that was carried for this place; None after an hour, and for anything else."""
    try:
        content = encryption.decrypt_bytes(key, text, purpose=PURPOSE, max_age=MAX_AGE_SECONDS)
    except DecryptionFailed:
        return None
    signed_place, heads, rows = json.loads(zlib.decompress(content))
    if tuple(signed_place) != place:
        return None
    return ListTable(
        tuple(heads),
        tuple(SpreadsheetRow(number, tuple(cells), frozenset(numeric)) for number, cells, numeric in rows),
    )
