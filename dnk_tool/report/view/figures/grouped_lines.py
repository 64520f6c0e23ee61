"""Groups many lines of a kind: one row in the calculation, and a list with the single lines."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TypeAlias

from dnk_tool.domain.declarations.annex import AnnexLine, AnnexStep
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.view.figures.company_tables import lay_out_table, row_cells
from dnk_tool.report.view.parts import PrintedTable

# More lines with the same factor than this are printed together.
MAX_UNGROUPED_LINES = 8
LINES_PER_ROW = 3  # lines side by side in a list

Steps: TypeAlias = Sequence[tuple[AnnexLine, AnnexStep]]


def group_by_factor(steps: Steps) -> Iterator[Steps]:
    """Group the steps of one figure that differ only in line and amount; small groups are single steps.

    More than MAX_UNGROUPED_LINES steps make a group.
    """
    groups: dict[object, list[tuple[AnnexLine, AnnexStep]]] = {}
    for line, step in steps:
        key = (line.title, step.category, step.factor, step.quantity.unit, step.result.unit)
        groups.setdefault(key, []).append((line, step))
    for each in groups.values():
        if len(each) > MAX_UNGROUPED_LINES:
            yield each
        else:
            yield from ([pair] for pair in each)


class LineLists:
    """The lists of lines that calculations refer to, numbered in the order of their first use.

    Equal lines with equal amounts are listed once for all figures that follow from them.
    """

    def __init__(self, words: TextFormatter) -> None:
        self._words = words
        self._numbers: dict[tuple[str, tuple[tuple[str, str], ...]], int] = {}

    def reference_text(self, steps: Steps, amounts: Sequence[str]) -> str:
        """Add the list of these steps' lines and return the text that refers to it; `amounts` as printed."""
        title = self._words.printable_text(steps[0][0].title)
        rows = tuple(
            (self._words.printable_text(line.label) or title, amount)
            for (line, _step), amount in zip(steps, amounts, strict=True)
        )
        number = self._numbers.setdefault((title, rows), len(self._numbers) + 1)
        about = {"title": title, "count": self._words.number(Decimal(len(rows))), "list": number}
        return self._words.gettext("%(title)s: %(count)s Zeilen (Liste %(list)s)") % about

    def views(self) -> tuple[PrintedTable, ...]:
        """Each list as a table with several lines side by side."""
        _ = self._words.gettext
        heads = row_cells((_("Zeile"), _("Menge")) * LINES_PER_ROW, frozenset(range(1, 2 * LINES_PER_ROW, 2)))
        views = []
        for (title, rows), number in self._numbers.items():
            padded = [*rows, *[("", "")] * (-len(rows) % LINES_PER_ROW)]
            lines = (padded[at : at + LINES_PER_ROW] for at in range(0, len(padded), LINES_PER_ROW))
            numbers = frozenset(range(1, 2 * LINES_PER_ROW, 2))
            table = tuple(row_cells([text for pair in line for text in pair], numbers) for line in lines)
            caption = _("Liste %(list)s: %(title)s") % {"list": number, "title": title}
            views.append(lay_out_table(caption, heads, table))
        return tuple(views)
