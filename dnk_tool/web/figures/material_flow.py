"""The page of the flow of material: the balance of the year, what lacks, and the shares over the years.

The shares of the flow over the years, with their change since the year before.
The balance of a year as rows of a table, each with the bar of its picture, and in one sentence.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.catalogue import load_catalogue
from dnk_tool.domain import numbers
from dnk_tool.domain.declarations.states import OPEN_STATES
from dnk_tool.domain.figures.material_flow import (
    FLOW_FIGURES,
    FlowAmount,
    FlowGroup,
    FlowPart,
    FlowYear,
    flow_amounts,
    followed_shares,
    percent_of,
)
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import format_number
from dnk_tool.report.view.charts.material_flow import FLOW_SHARE, SHARE_DECIMALS, flow_decimals, part_name
from dnk_tool.services.declarations.documents import flow_of_content
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.figures.routes import blueprint
from dnk_tool.web.http.access import current_declaration, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db

WIDTH = 1000  # of the picture's own units
MINUS, NO_BREAK_SPACE, NOTHING_THERE = "\N{MINUS SIGN}", "\u00a0", "–"
NOTHING = Decimal(0)

# The figure that each part shows or begins with; the others follow from several.
_FIGURES: Mapping[FlowPart, str] = {
    FlowPart.RENEWABLE: FLOW_FIGURES["renewable"],
    FlowPart.NON_RENEWABLE: FLOW_FIGURES["non_renewable"],
    FlowPart.BIO_BASED: FLOW_FIGURES["bio_based"],
    FlowPart.RECYCLED: FLOW_FIGURES["recycled"],
    FlowPart.DOMESTIC: FLOW_FIGURES["domestic"],
    FlowPart.PRODUCTS: FLOW_FIGURES["products"],
    FlowPart.WASTE: FLOW_FIGURES["waste"],
    FlowPart.WASTE_RECYCLED: FLOW_FIGURES["waste_recycled"],
    FlowPart.WASTE_RECOVERED: FLOW_FIGURES["waste_recovered"],
    FlowPart.WASTE_OTHER_RECOVERY: FLOW_FIGURES["waste_recovered"],
    FlowPart.WASTE_UNKNOWN: FLOW_FIGURES["waste_recovered"],
}
_WHOLES = (FlowGroup.INPUT, FlowGroup.OUTPUT)
_NAMED_WHEN_UNKNOWN = {*_FIGURES, FlowPart.INPUT, FlowPart.REST}


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """A part of the flow; its bar begins at `start` and is `width` long, of `WIDTH`; "" without a bar.

    `href`: the page of its figure, "" where it follows from several. `is_first`: a new way to divide begins.
    """

    name: str
    amount: str
    share: str
    look: str
    start: str
    width: str
    href: str
    is_whole: bool
    is_first: bool


@dataclass(frozen=True, slots=True)
class MissingFigure:
    """A figure without which nothing tells the rest, and its page."""

    label: str
    href: str


def balance_rows(flow: FlowYear, declaration: Declaration) -> list[BalanceRow]:
    """The rows in the order of the flow; derived parts that are unknown are left out."""
    amounts = [
        each for each in flow_amounts(flow) if each.amount is not None or each.part in _NAMED_WHEN_UNKNOWN
    ]
    bars = list(_bars(amounts, flow))
    groups = [FlowGroup.INPUT, *(each.group for each in amounts)]
    return [
        BalanceRow(
            name=part_name(each, is_first=each.group is not before, gettext=_),
            amount=tonnes(each.amount, flow),
            share=percent(each.share),
            look="rest" if each.part is FlowPart.REST else each.group.value,
            start=start,
            width=width,
            href=_href(each.part, declaration),
            is_whole=each.group in _WHOLES,
            is_first=each.group is not before,
        )
        for each, (start, width), before in zip(amounts, bars, groups, strict=False)
    ]


def _bars(amounts: list[FlowAmount], flow: FlowYear) -> Iterator[tuple[str, str]]:
    """Start and length of each bar: parts begin where the part before them ends, on one scale."""
    outputs = (flow.products or NOTHING) + (flow.waste or NOTHING)
    sources = (flow.bio_based or NOTHING) + (flow.recycled or NOTHING)  # may be said to be more than all
    largest = max(flow.input or NOTHING, outputs, sources, *((each.amount or NOTHING) for each in amounts))
    ends: dict[FlowGroup, Decimal] = {FlowGroup.ROUTE: flow.products or NOTHING}
    for each in amounts:
        if not each.amount or not largest:
            yield "", ""
            continue
        # More comes out than goes in: the rest lies where the output reaches beyond the input.
        begin = ends.get(each.group, NOTHING) + min(each.amount, NOTHING)
        length = abs(each.amount)
        ends[each.group] = begin + length
        yield _units(begin, largest), _units(length, largest)


def _units(amount: Decimal, largest: Decimal) -> str:
    return format(numbers.to_decimals(amount * WIDTH / largest, 1), "f")


def _href(part: FlowPart, declaration: Declaration) -> str:
    return _figure_href(_FIGURES[part], declaration) if part in _FIGURES else ""


def _figure_href(key: str, declaration: Declaration) -> str:
    return url_for("figures.show", declaration_id=declaration.id, datapoint=key)


def missing_figures(flow: FlowYear, declaration: Declaration) -> list[MissingFigure]:
    """The figures without which the balance cannot be told, in the order of the flow."""
    points, language = load_catalogue(declaration.edition).datapoints, current_language()
    return [
        MissingFigure(points[key].label.to(language), _figure_href(key, declaration)) for key in flow.missing
    ]


def balance_sentence(flow: FlowYear) -> str:
    """The balance in words; "" while a figure of it lacks."""
    if flow.rest is None:
        return ""
    said = {
        "input": f"{tonnes(flow.input, flow)}{NO_BREAK_SPACE}t",
        "products": f"{tonnes(flow.products, flow)}{NO_BREAK_SPACE}t",
        "waste": f"{tonnes(flow.waste, flow)}{NO_BREAK_SPACE}t",
        "rest": _rest_text(flow),
    }
    begin = _(
        "Eingesetzt wurden %(input)s Material. Daraus wurden %(products)s Produkte und %(waste)s Abfall.",
        **said,
    )
    if flow.rest < 0:
        return f"{begin} {_('Das sind %(rest)s mehr, als hineingegangen ist.', **said)}"
    return f"{begin} {_('Nicht erklärt sind %(rest)s.', **said)}" if flow.rest else str(begin)


def _rest_text(flow: FlowYear) -> str:
    """How much is not explained, with its share of the input where there is any."""
    rest = abs(flow.rest or NOTHING)
    amount, share = f"{tonnes(rest, flow)}{NO_BREAK_SPACE}t", percent_of(rest, flow.input)
    return amount if share is None else f"{amount} ({percent(share)}{NO_BREAK_SPACE}%)"


def tonnes(amount: Decimal | None, flow: FlowYear) -> str:
    """The amount without its unit, with as many decimals as fit the flow; a dash where it is unknown."""
    return _number(amount, flow_decimals(flow))


def percent(share: Decimal | None) -> str:
    """A share without its sign, with one decimal; a dash where it is unknown."""
    return _number(share, SHARE_DECIMALS)


def _number(value: Decimal | None, decimals: int) -> str:
    if value is None:
        return NOTHING_THERE
    rounded = numbers.to_decimals(value, decimals)
    return format_number(rounded, current_language()).replace("-", MINUS)


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A share in per cent for each year; `change` says in words how it moved, "" where nothing is known."""

    name: str
    cells: tuple[str, ...]
    change: str


def share_rows(flow: Sequence[FlowYear]) -> list[ShareRow]:
    """The shares that are known for some year."""
    years = [each.year for each in flow]
    return [
        ShareRow(str(_(FLOW_SHARE[part])), tuple(map(percent, shares)), _change(years, shares))
        for part, shares in followed_shares(tuple(flow)).items()
    ]


def _change(years: Sequence[int], shares: Sequence[Decimal | None]) -> str:
    """How the last year's share differs from the latest known one before it."""
    *earlier, now = zip(years, shares, strict=True)
    before = next(((year, share) for year, share in reversed(earlier) if share is not None), None)
    if now[1] is None or before is None or before[1] is None:
        return ""
    points = numbers.to_decimals(now[1] - before[1], SHARE_DECIMALS)
    if not points:
        return str(_("wie %(year)s", year=before[0]))
    sign = "+" if points > 0 else ""
    return str(_("%(points)s Prozentpunkte seit %(year)s", points=f"{sign}{percent(points)}", year=before[0]))


@blueprint.get("/stofffluss")
@permit(Permission.DECLARATION_VIEW)
def material_flow(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    flow = flow_of_content(declaration, declarations.read_content(db(), declaration))
    year = declaration.reporting_year
    of_year = next((each for each in flow if each.year == year), FlowYear(year))
    return render_template(
        "figures/material_flow/show.html",
        declaration=declaration,
        flow=of_year,
        sentence=balance_sentence(of_year),
        missing=missing_figures(of_year, declaration),
        rows=balance_rows(of_year, declaration),
        years=[each.year for each in flow],
        shares=share_rows(flow) if len(flow) > 1 else [],
        is_open=declaration.state in OPEN_STATES,
    )
