"""Saves a usual bill as a calculator line, unless the year has a line of its kind already."""

from dataclasses import dataclass

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.domain.figures.calculators import CalculatorLine
from dnk_tool.services.figures.calculator_lines import (
    LineSaveOutcome,
    StoredLine,
    lines_of,
    open_calculator,
    save_line,
)
from dnk_tool.services.work import Work
from dnk_tool.store.tables.declarations import Declaration


@dataclass(frozen=True)
class BillSaveOutcome:
    """The line that holds the bill, and what was saved: None where it stood there already.

    `is_other`: the line has other quantities, and the bill is not saved.
    """

    stored: StoredLine
    saved: LineSaveOutcome | None = None
    is_other: bool = False


def save_bill(work: Work, declaration: Declaration, line: CalculatorLine) -> BillSaveOutcome:
    """Save the first line of its kind in the year; a line that somebody else made meanwhile stays.

    Raises NotPermitted, Locked and TooManyLines.
    """
    open_calculator(work.session, declaration, load_calculators()[line.calculator], work.actor)
    kind = line.calculator, line.activity
    before = [
        stored
        for stored in lines_of(work.session, declaration)
        if (stored.line.calculator, stored.line.activity) == kind
    ]
    if not before:
        outcome = save_line(work, declaration, line, seen=0)
        return BillSaveOutcome(outcome.stored, outcome)
    same = [stored for stored in before if is_same_bill(stored.line, line)]
    return BillSaveOutcome((same or before)[0], is_other=not same)


def is_same_bill(stored: CalculatorLine, sent: CalculatorLine) -> bool:
    """Whether two lines of one kind state the same quantities of the same days."""
    return (stored.quantities, stored.period) == (sent.quantities, sent.period)
