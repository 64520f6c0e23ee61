"""Reads the lines that the page of a calculator shows."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from dnk_tool.services.figures.calculator_lines import StoredLine, stored_line
from dnk_tool.store.figures import calculator_lines
from dnk_tool.store.tables.declarations import Declaration


@dataclass(frozen=True)
class LinesBesideCalculator:
    """The year's lines of all calculators, and of one those of the year `before` and the `removed` ones.

    Removed lines can be restored; the latest removed comes first.
    """

    of_year: tuple[StoredLine, ...]
    before: tuple[StoredLine, ...]
    removed: tuple[StoredLine, ...]


def lines_beside_calculator(
    session: Session, declaration: Declaration, calculator: str
) -> LinesBesideCalculator:
    """The lines that the page of a calculator is about, in one SQL statement."""
    year = declaration.reporting_year
    rows = calculator_lines.rows_beside_calculator(session, declaration.organisation_id, year, calculator)
    removed = [(row.removed_at, row.id, row) for row in rows if row.removed_at]
    return LinesBesideCalculator(
        of_year=tuple(stored_line(row) for row in rows if row.year == year and row.removed_at is None),
        before=tuple(stored_line(row) for row in rows if row.year < year),
        removed=tuple(stored_line(row) for _at, _id, row in sorted(removed, reverse=True)),
    )
