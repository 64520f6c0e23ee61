"""Carries a list through the pages of its preview."""

from dnk_tool.domain.uploads import ListTable, SpreadsheetRow
from dnk_tool.services.uploads import carried_tables

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
    return carried_tables.pack(key, [place, heads, rows], purpose=PURPOSE, most_bytes=MAX_CARRIED_BYTES)


def carried(key: str, text: str, place: Place) -> ListTable | None:
    """The list that was carried for this place; None after an hour, and for anything else."""
    content = carried_tables.unpack(key, text, purpose=PURPOSE, max_age=MAX_AGE_SECONDS)
    if content is None or tuple(content[0]) != place:
        return None
    _place, heads, rows = content
    return ListTable(
        tuple(heads),
        tuple(SpreadsheetRow(number, tuple(cells), frozenset(numeric)) for number, cells, numeric in rows),
    )
