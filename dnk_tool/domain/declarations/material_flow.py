"""A company's flow of material as a declaration carries it: a record, in t."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dnk_tool.domain import numbers
from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.figures.material_flow import FLOW_FIGURES, GRAM, MATERIALS, TONNE, FlowYear, amounts_of

LARGEST_AMOUNT = Decimal(10**15)  # in t; what is larger is a slip of the keyboard


@dataclass(frozen=True, slots=True)
class DeclaredFlow:
    """The flow of the reporting year and of those before it, the earliest first; never without a year."""

    years: tuple[FlowYear, ...]

    def to_json(self) -> dict[str, Any]:
        """The flow as a JSON object without what is unknown; amounts in t as exact text."""
        return {"years": [_year_to_json(each) for each in self.years]}


def declared_flow(
    flow: tuple[FlowYear, ...], reporting_year: int, withheld: Collection[str]
) -> DeclaredFlow | None:
    """The flow to the gram, without the figures that the declaration withholds.

    If it withholds one figure of materials, all of them stay out, since the others lead to it. None if
    nothing is known of the reporting year, or an amount does not fit the format.
    """
    hidden = {*withheld, *(MATERIALS if MATERIALS & {*withheld} else ())}
    years = tuple(_readable(each, hidden) for each in flow)
    years = tuple(each for each in years if not each.is_empty)
    is_told = any(each.year == reporting_year for each in years)
    return DeclaredFlow(years) if is_told and all(_fits_format(each) for each in years) else None


def flow_figures(declared: DeclaredFlow) -> dict[tuple[int, str], Figure]:
    """The amounts of all years as figures, by year and datapoint."""
    return {
        (flow.year, FLOW_FIGURES[name]): Figure(amount, TONNE)
        for flow in declared.years
        for name, amount in amounts_of(flow).items()
        if amount is not None
    }


def _readable(flow: FlowYear, withheld: Collection[str]) -> FlowYear:
    amounts = {
        name: None if amount is None or FLOW_FIGURES[name] in withheld else _to_gram(amount)
        for name, amount in amounts_of(flow).items()
    }
    return FlowYear(flow.year, **amounts)


def _to_gram(amount: Decimal) -> Decimal:
    """The amount rounded to the gram; what is too large for that stays, and is left out by its size."""
    return amount.quantize(GRAM).normalize() + 0 if abs(amount) <= LARGEST_AMOUNT else amount


def _fits_format(flow: FlowYear) -> bool:
    return all(amount is None or abs(amount) <= LARGEST_AMOUNT for amount in amounts_of(flow).values())


def _year_to_json(flow: FlowYear) -> dict[str, Any]:
    amounts: Mapping[str, Decimal | None] = amounts_of(flow)
    known = {name: numbers.plain(amount) for name, amount in amounts.items() if amount is not None}
    return {"year": flow.year, **known}
