"""The columns of a file of figures: what their heads are called, and which of them may be changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dnk_tool.catalogue.standard.model import Text
from dnk_tool.domain.clusters.company_list_columns import LAST_HEAD, Line
from dnk_tool.domain.figures.file_cells import EMPTYING
from dnk_tool.language import Language


class Column(StrEnum):
    """What a column holds."""

    YEAR = "year"
    KEY = "key"
    TOPIC = "topic"
    LABEL = "label"
    ASKED_IN = "asked-in"
    VALUE = "value"
    UNIT = "unit"
    QUALITY = "quality"
    NOTE = "note"
    SOURCE = "source"
    RESPONSIBLE = "responsible"
    STATE = "state"
    STANDARD_VALUE = "standard-value"
    STANDARD_UNIT = "standard-unit"
    EARLIER = "earlier"
    UNITS = "units"


# In the order of the file.
HEADS: Mapping[Column, Text] = {
    Column.YEAR: Text("Jahr", "Year"),
    Column.KEY: Text("Kennzahl", "Key"),
    Column.TOPIC: Text("Thema", "Topic"),
    Column.LABEL: Text("Bezeichnung", "Figure"),
    Column.ASKED_IN: Text("Gefragt in", "Asked in"),
    Column.VALUE: Text("Wert", "Value"),
    Column.UNIT: Text("Einheit", "Unit"),
    Column.QUALITY: Text("Qualität", "Quality"),
    Column.NOTE: Text("Anmerkung", "Note"),
    Column.SOURCE: Text("Quelle", "Source"),
    Column.RESPONSIBLE: Text("Zuständig", "Responsible"),
    Column.STATE: Text("Stand", "State"),
    Column.STANDARD_VALUE: Text("Wert in Standardeinheit", "Value in standard unit"),
    Column.STANDARD_UNIT: Text("Standardeinheit", "Standard unit"),
    Column.EARLIER: Text("Im Jahr davor", "The year before"),
    Column.UNITS: Text("Mögliche Einheiten", "Allowed units"),
}
# Columns behind all others: what of a note is too long for a cell.
CONTINUED = Text("Anmerkung (Fortsetzung)", "Note (continued)")
# What these columns say can be changed with a file; the others are for the reader.
EDITABLE = (
    Column.VALUE,
    Column.UNIT,
    Column.QUALITY,
    Column.NOTE,
    Column.SOURCE,
    Column.RESPONSIBLE,
)
NAMING = (Column.KEY, Column.LABEL)


class NoColumns(ValueError):
    """No row names the columns that a file of figures needs."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each column is, the language in which the heads are written, and the rows below them.

    `continued` are the places of columns in which a note goes on.
    """

    places: Mapping[Column, int]
    language: Language | None
    rows: Sequence[Line]
    continued: Sequence[int] = ()

    def cell(self, line: Line, column: Column) -> str:
        """What a row says in a column, if both reach that far."""
        place = self.places.get(column)
        said = line.cells[place] if place is not None and place < len(line.cells) else ""
        if column is not Column.NOTE or said.strip() in EMPTYING:
            return said
        return said + "".join(line.cells[at] for at in self.continued if at < len(line.cells))

    def is_number(self, line: Line, column: Column) -> bool:
        """Whether the table's program says itself that the cell is a number."""
        return self.places.get(column) in line.numeric


def layout_of(lines: Sequence[Line]) -> Layout:
    """Find the row that names the columns; titles may stand above it. Raises NoColumns.

    A file needs a column that names the figure, and one that says something of it.
    """
    rows = [one for one in lines if any(map(str.strip, one.cells))]
    candidates = [(_places(one), number) for number, one in enumerate(rows[:LAST_HEAD])]
    places, head = max(candidates, key=lambda one: (len(one[0]), -one[1]), default=({}, 0))
    if not places.keys() & set(NAMING) or not places.keys() & set(EDITABLE):
        raise NoColumns
    return Layout(places, _language(rows[head], places), rows[head + 1 :], _continued(rows[head]))


def _places(line: Line) -> dict[Column, int]:
    found: dict[Column, int] = {}
    for place, text in enumerate(line.cells):
        column = _COLUMNS.get(_plain(text))
        if column is not None:
            found.setdefault(column, place)
    return found


def _continued(line: Line) -> list[int]:
    wanted = {_plain(CONTINUED.de), _plain(CONTINUED.en)}
    return [place for place, text in enumerate(line.cells) if _plain(text) in wanted]


def _language(line: Line, places: Mapping[Column, int]) -> Language | None:
    """The language in which most of the heads are written; None if they do not tell."""
    written = {column: _plain(line.cells[place]) for column, place in places.items()}
    german = sum(_plain(HEADS[column].de) == text for column, text in written.items())
    english = sum(_plain(HEADS[column].en) == text for column, text in written.items())
    if german == english:
        return None
    return "de" if german > english else "en"


def _plain(text: str) -> str:
    return "".join(filter(str.isalpha, text.casefold()))


_COLUMNS = {_plain(text): column for column, head in HEADS.items() for text in (head.de, head.en)}
