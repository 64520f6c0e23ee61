"""Saves a usual bill as a calculator line, unless the year has a line of its kind already."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.domain.figures.calculators import CalculatorLine
from dnk_tool.domain.permissions import Actor
from dnk_tool.services.figures.calculator_lines import (
    LineSaveOutcome,
    StoredLine,
    lines_of,
    open_calculator,
    save_line,
)
from dnk_tool.store.tables.declarations import Declaration


@dataclass(frozen=True)
class BillSaveOutcome:
    """The line that holds the bill, and what was saved: None where it stood there already.

    `is_other`: the line has other quantities, and the bill is not saved.
    """

    stored: StoredLine
    saved: LineSaveOutcome | None = None
    is_other: bool = False


def save_bill(
    session: Session, declaration: Declaration, line: CalculatorLine, *, actor: Actor, now: datetime
) -> BillSaveOutcome:
    """Save the first line of its kind in the year; a line that somebody else made meanwhile stays.

    Raises NotPermitted, Locked and TooManyLines.
    """
    open_calculator(session, declaration, load_calculators()[line.calculator], actor)
    kind = line.calculator, line.activity
    before = [
        stored
        for stored in lines_of(session, declaration)
        if (stored.line.calculator, stored.line.activity) == kind
    ]
    if not before:
        outcome = save_line(session, declaration, line, seen=0, actor=actor, now=now)
        return BillSaveOutcome(outcome.stored, outcome)
    same = [stored for stored in before if is_same_bill(stored.line, line)]
    return BillSaveOutcome((same or before)[0], is_other=not same)


def is_same_bill(stored: CalculatorLine, sent: CalculatorLine) -> bool:
    """Whether two lines of one kind state the same quantities of the same days."""
    return (stored.quantities, stored.period) == (sent.quantities, sent.period)
