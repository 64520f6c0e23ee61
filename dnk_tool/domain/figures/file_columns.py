"""The columns of a file of figures: their headings, and which of them may be edited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dnk_tool.catalogue.values import Text
from dnk_tool.domain.figures.file_cells import CLEARING_MARKS
from dnk_tool.domain.uploads import MAX_HEADING_ROW, SpreadsheetRow
from dnk_tool.language import Language


class FigureColumn(StrEnum):
    """The columns, by what they hold."""

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
    EARLIER_UNIT = "earlier-unit"
    UNITS = "units"


# In the order of the file.
COLUMN_HEADINGS: Mapping[FigureColumn, Text] = {
    FigureColumn.YEAR: Text("Jahr", "Year"),
    FigureColumn.KEY: Text("Kennzahl", "Key"),
    FigureColumn.TOPIC: Text("Thema", "Topic"),
    FigureColumn.LABEL: Text("Bezeichnung", "Figure"),
    FigureColumn.ASKED_IN: Text("Gefragt in", "Asked in"),
    FigureColumn.VALUE: Text("Wert", "Value"),
    FigureColumn.UNIT: Text("Einheit", "Unit"),
    FigureColumn.QUALITY: Text("Qualität", "Quality"),
    FigureColumn.NOTE: Text("Anmerkung", "Note"),
    FigureColumn.SOURCE: Text("Quelle", "Source"),
    FigureColumn.RESPONSIBLE: Text("Zuständig", "Responsible"),
    FigureColumn.STATE: Text("Stand", "State"),
    FigureColumn.STANDARD_VALUE: Text("Wert in Standardeinheit", "Value in standard unit"),
    FigureColumn.STANDARD_UNIT: Text("Standardeinheit", "Standard unit"),
    FigureColumn.EARLIER: Text("Im Jahr davor", "The year before"),
    FigureColumn.EARLIER_UNIT: Text("Einheit im Jahr davor", "Unit the year before"),
    FigureColumn.UNITS: Text("Mögliche Einheiten", "Allowed units"),
}
# Columns behind all others, for the part of a note that is too long for a cell.
NOTE_CONTINUED_HEADING = Text("Anmerkung (Fortsetzung)", "Note (continued)")
# A file can change the content of these columns; the others are for the reader.
EDITABLE_COLUMNS = (
    FigureColumn.VALUE,
    FigureColumn.UNIT,
    FigureColumn.QUALITY,
    FigureColumn.NOTE,
    FigureColumn.SOURCE,
    FigureColumn.RESPONSIBLE,
)
IDENTIFYING_COLUMNS = (FigureColumn.KEY, FigureColumn.LABEL)


class MissingColumns(ValueError):
    """No row has the headings that a file of figures needs."""


@dataclass(frozen=True, slots=True)
class FigureFileLayout:
    """The positions of the columns, the language of the headings, and the rows below them.

    `continued` are the positions of columns in which a note continues.
    """

    places: Mapping[FigureColumn, int]
    language: Language | None
    rows: Sequence[SpreadsheetRow]
    continued: Sequence[int] = ()

    def cell(self, line: SpreadsheetRow, column: FigureColumn) -> str:
        """The cell of a row in a column, a note with its continuation; empty where there is none."""
        place = self.places.get(column)
        said = line.cells[place] if place is not None and place < len(line.cells) else ""
        if column is not FigureColumn.NOTE or said.strip() in CLEARING_MARKS:
            return said
        return said + "".join(line.cells[at] for at in self.continued if at < len(line.cells))

    def is_number(self, line: SpreadsheetRow, column: FigureColumn) -> bool:
        """Whether the spreadsheet stores the cell as a number."""
        return self.places.get(column) in line.numeric


def find_layout(lines: Sequence[SpreadsheetRow]) -> FigureFileLayout:
    """Find the row of the headings; titles may stand above it. Raises MissingColumns.

    A file needs a column that identifies the figure, and one that may be edited.
    """
    rows = [line for line in lines if any(map(str.strip, line.cells))]
    candidates = [(_column_places(row), number) for number, row in enumerate(rows[:MAX_HEADING_ROW])]
    places, head = max(candidates, key=lambda candidate: (len(candidate[0]), -candidate[1]), default=({}, 0))
    if not places.keys() & set(IDENTIFYING_COLUMNS) or not places.keys() & set(EDITABLE_COLUMNS):
        raise MissingColumns
    return FigureFileLayout(
        places, _language(rows[head], places), rows[head + 1 :], _continuation_places(rows[head])
    )


def _column_places(line: SpreadsheetRow) -> dict[FigureColumn, int]:
    places: dict[FigureColumn, int] = {}
    for place, text in enumerate(line.cells):
        column = _COLUMNS_BY_HEADING.get(_letters_only(text))
        if column is not None:
            places.setdefault(column, place)
    return places


def _continuation_places(line: SpreadsheetRow) -> list[int]:
    wanted = {_letters_only(NOTE_CONTINUED_HEADING.de), _letters_only(NOTE_CONTINUED_HEADING.en)}
    return [place for place, text in enumerate(line.cells) if _letters_only(text) in wanted]


def _language(line: SpreadsheetRow, places: Mapping[FigureColumn, int]) -> Language | None:
    """The language of most headings; None if both have as many."""
    written = {column: _letters_only(line.cells[place]) for column, place in places.items()}
    german = sum(_letters_only(COLUMN_HEADINGS[column].de) == text for column, text in written.items())
    english = sum(_letters_only(COLUMN_HEADINGS[column].en) == text for column, text in written.items())
    if german == english:
        return None
    return "de" if german > english else "en"


def _letters_only(text: str) -> str:
    return "".join(filter(str.isalpha, text.casefold()))


_COLUMNS_BY_HEADING = {
    _letters_only(text): column for column, head in COLUMN_HEADINGS.items() for text in (head.de, head.en)
}
