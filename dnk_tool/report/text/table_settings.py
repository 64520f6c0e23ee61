"""The font settings of tables, as in the style sheet, from the usual one to the smallest."""

from dataclasses import dataclass

from dnk_tool.report.text.text_width import MILLIMETRE

# The width of the text beside the gutter, and of the whole page between its margins.
TEXT_ROOM, TABLE_ROOM = 132 * MILLIMETRE, 170 * MILLIMETRE
# In points: the gap between two cells, and the error of measuring a kerned line.
GAP, SLACK = 8.0, 0.6
# The class of a table that does not fit even in the smallest setting: its numbers may be divided.
LOOSE = "dense loose"


@dataclass(frozen=True, slots=True)
class TableSetting:
    """Font sizes of cells and heads and the width from which a word is divided, all in points.

    `name` is the class of the table in the style sheet.
    """

    name: str
    cell: float
    head: float
    longest_word: float


def table_settings() -> tuple[TableSetting, ...]:
    """The settings in the order in which they are tried: words are divided before the font gets smaller."""
    return (
        TableSetting("", 8.5, 7.5, 110.0),
        TableSetting("", 8.5, 7.5, 66.0),
        TableSetting("dense", 7.5, 7.5, 66.0),
        TableSetting("dense", 7.5, 7.5, 36.0),
    )
