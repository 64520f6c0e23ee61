"""The change of a figure against the year before, and whether it needs a reason."""

from dataclasses import dataclass
from decimal import Decimal

from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.quantities import change_in_percent, in_base

# A change by more than half needs a reason, and so does one from zero or to zero.
JUMP_PERCENT = Decimal(50)


@dataclass(frozen=True, slots=True)
class YearChange:
    """The change in per cent, None against zero; `is_jump`: a reader will ask why."""

    percent: Decimal | None
    is_jump: bool


def year_change(point: Datapoint, now: Figure, before: Figure) -> YearChange | None:
    """The change of a figure; None if one of the two has no value, which is not zero, or an unknown unit."""
    if now.quantity is None or before.quantity is None:
        return None
    units = point.family.units
    if not {now.unit, before.unit} <= units.keys():
        return None
    is_zero, was_zero = (in_base(quantity, units) == 0 for quantity in (now.quantity, before.quantity))
    if was_zero:
        return YearChange(Decimal(0) if is_zero else None, not is_zero)
    percent = change_in_percent(now.quantity, before.quantity, point.family)
    # The percentage is rounded to one decimal; the exact values decide whether it is a jump.
    ratio = in_base(now.quantity, units) / in_base(before.quantity, units)
    return YearChange(percent, abs(ratio - 1) * 100 > JUMP_PERCENT)
