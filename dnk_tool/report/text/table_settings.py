"""The settings of tables, as the style sheet has them, from the usual one to the smallest."""

from dataclasses import dataclass

from dnk_tool.report.text.text_width import MILLIMETRE

# The width of the text beside the gutter, and of the whole page between its margins.
TEXT_ROOM, TABLE_ROOM = 132 * MILLIMETRE, 170 * MILLIMETRE
# The room between two cells, and what measuring may miss of a kerned line; points.
GAP, SLACK = 8.0, 0.6
# The class of a table whose figures do not even fit in the smallest setting: its numbers may be divided.
LOOSE = "dense loose"


@dataclass(frozen=True, slots=True)
class TableSetting:
    """The size of cells and heads in points, and what a word may take before it is divided.

    `name` is the class of the table in the style sheet.
    """

    name: str
    cell: float
    head: float
    longest_word: float


def table_settings() -> tuple[TableSetting, ...]:
    """In the order in which they are tried: first words are divided, then the type becomes smaller."""
    return (
        TableSetting("", 8.5, 7.5, 110.0),
        TableSetting("", 8.5, 7.5, 66.0),
        TableSetting("dense", 7.5, 6.5, 66.0),
        TableSetting("dense", 7.5, 6.5, 36.0),
    )
