"""Builds the part of criterion 11 that shows the company's flow of material, if it takes it in."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from dnk_tool.domain import numbers
from dnk_tool.domain.figures.material_flow import (
    MOST_UNEXPLAINED,
    FlowAmount,
    FlowGroup,
    FlowPart,
    FlowYear,
    flow_amounts,
    followed_shares,
)
from dnk_tool.domain.measures.climate_goal import shown_decimals
from dnk_tool.labels import N_
from dnk_tool.report.text.spoken import NO_VALUE
from dnk_tool.report.text.table_settings import TEXT_ROOM
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.charts.bar_chart import alt_text, chart_style
from dnk_tool.report.view.charts.svg import Bar, BarGroup, bars
from dnk_tool.report.view.context import REPORTED, RenderContext
from dnk_tool.report.view.figures.company_tables import lay_out_table
from dnk_tool.report.view.parts import ChartView, PrintedTable, RequirementView, TableCell

RESOURCES_CRITERION = 11
SHARE_DECIMALS = 1
INDENT = f"–{NO_BREAK}"  # before a part of what stands above it

FLOW_PART: Mapping[FlowPart, str] = {
    FlowPart.INPUT: N_("Eingesetzte Materialien"),
    FlowPart.RENEWABLE: N_("erneuerbar"),
    FlowPart.NON_RENEWABLE: N_("nicht erneuerbar"),
    FlowPart.BIO_BASED: N_("neu und biobasiert"),
    FlowPart.RECYCLED: N_("aus Recycling"),
    FlowPart.OTHER: N_("anderer Rohstoff oder nicht angegeben"),
    FlowPart.DOMESTIC: N_("aus Deutschland"),
    FlowPart.ELSEWHERE: N_("von anderswo oder Herkunft unbekannt"),
    FlowPart.PRODUCTS: N_("Produkte"),
    FlowPart.WASTE: N_("Abfall"),
    FlowPart.WASTE_RECYCLED: N_("recycelt"),
    FlowPart.WASTE_OTHER_RECOVERY: N_("wiederverwendet oder anders stofflich verwertet"),
    FlowPart.WASTE_RECOVERED: N_("stofflich verwertet oder wiederverwendet"),
    FlowPart.WASTE_DISPOSAL: N_("verbrannt oder beseitigt"),
    FlowPart.WASTE_UNKNOWN: N_("Verbleib nicht angegeben"),
    FlowPart.REST: N_("Nicht erklärter Rest"),
}
# What the same whole is divided by; said once, at the first part.
FLOW_DIVISION: Mapping[FlowGroup, str] = {
    FlowGroup.KIND: N_("nach Art"),
    FlowGroup.SOURCE: N_("nach Quelle"),
    FlowGroup.ORIGIN: N_("nach Herkunft"),
    FlowGroup.ROUTE: N_("nach Verbleib"),
}
FLOW_SHARE: Mapping[FlowPart, str] = {
    FlowPart.RENEWABLE: N_("Erneuerbar"),
    FlowPart.BIO_BASED: N_("Neu und biobasiert"),
    FlowPart.RECYCLED: N_("Aus Recycling"),
    FlowPart.DOMESTIC: N_("Aus Deutschland"),
    FlowPart.PRODUCTS: N_("Wird Produkt"),
    FlowPart.WASTE_RECOVERED: N_("Vom Abfall verwertet, ohne Verbrennung"),
    FlowPart.REST: N_("Nicht erklärt"),
}
_WHOLES = (FlowGroup.INPUT, FlowGroup.OUTPUT)


def material_flow_view(source: RenderContext) -> RequirementView | None:
    """The flow as picture and tables; None in a declaration without one."""
    declared, words = source.document.material_flow, source.words
    flow = (
        next((each for each in declared.years if each.year == source.document.reporting_year), None)
        if declared
        else None
    )
    if declared is None or flow is None:
        return None
    shares = _shares(declared.years, source)
    return RequirementView(
        anchor="stofffluss",
        number=str(RESOURCES_CRITERION),
        title=words.gettext("Stofffluss %(year)s") % {"year": flow.year},
        status=REPORTED,
        status_label=words.gettext("berichtet"),
        prose=(),
        reason="",
        fields=(),
        tables=(_amounts(flow, source), *((shares,) if shares else ())),
        open_label="",
        charts=_charts(flow, source),
    )


def _amounts(flow: FlowYear, source: RenderContext) -> PrintedTable:
    """The parts of the flow with amount and share; what is unknown has no row unless it is a whole."""
    _ = source.words.gettext
    heads = (TableCell(_("Teil"), False), TableCell(_("Tonnen"), True), TableCell(_("Prozent"), True))
    shown = [each for each in flow_amounts(flow) if each.amount is not None or each.group in _WHOLES]
    groups = [FlowGroup.INPUT, *(each.group for each in shown)]
    rows = [
        _amount_row(each, flow, source, is_first=each.group is not before)
        for each, before in zip(shown, groups, strict=False)
    ]
    if flow.is_to_be_checked:
        note = _("Mehr als %(percent)s %% sind nicht erklärt.") % {"percent": MOST_UNEXPLAINED}
        rows.append((TableCell(note, False, True), TableCell("", True, True), TableCell("", True, True)))
    return lay_out_table(_("Was hineingeht und was herauskommt"), heads, tuple(rows), room=TEXT_ROOM)


def part_name(each: FlowAmount, *, is_first: bool, gettext: Callable[[str], str]) -> str:
    """What the part is called, with what the whole is divided by at the first part."""
    name, division = gettext(FLOW_PART[each.part]), FLOW_DIVISION.get(each.group)
    return f"{gettext(division)}: {name}" if is_first and division else name


def _amount_row(
    each: FlowAmount, flow: FlowYear, source: RenderContext, *, is_first: bool
) -> tuple[TableCell, ...]:
    name = part_name(each, is_first=is_first, gettext=source.words.gettext)
    label = name if each.group in _WHOLES else f"{INDENT}{name}"
    amount = NO_VALUE if each.amount is None else _tonnes(each.amount, flow, source)
    return (TableCell(label, False, True), TableCell(amount, True, True), _share_cell(each.share, source))


def _share_cell(share: Decimal | None, source: RenderContext) -> TableCell:
    text = NO_VALUE if share is None else source.words.number(numbers.to_decimals(share, SHARE_DECIMALS))
    return TableCell(text, True, True)


def _shares(flow: tuple[FlowYear, ...], source: RenderContext) -> PrintedTable | None:
    """The shares over the years; None for a single year, whose shares stand beside its amounts."""
    _ = source.words.gettext
    followed = followed_shares(flow)
    if len(flow) < 2 or not followed:
        return None
    heads = (
        TableCell(_("Anteil am Material in Prozent"), False),
        *(TableCell(str(each.year), True) for each in flow),
    )
    rows = tuple(
        (TableCell(_(FLOW_SHARE[part]), False, True), *(_share_cell(share, source) for share in row))
        for part, row in followed.items()
    )
    return lay_out_table(_("Anteile über die Jahre"), heads, rows, room=TEXT_ROOM)


def _charts(flow: FlowYear, source: RenderContext) -> tuple[ChartView, ...]:
    """What goes in and what comes out as bars on one scale; no picture of fewer than two amounts."""
    shown = [
        each
        for each in flow_amounts(flow)
        if each.group in _WHOLES and each.amount is not None and each.amount >= 0
    ]
    if len(shown) < 2:
        return ()
    groups = [_bar(each, flow, source) for each in shown]
    told = [f"{group.label}: {group.bars[0].text}" for group in groups]
    title = source.words.gettext("Was hineingeht und was herauskommt (t)")
    return (
        ChartView(title, bars(alt_text(title, told, []), groups, chart_style(source.words, "environment"))),
    )


def _bar(each: FlowAmount, flow: FlowYear, source: RenderContext) -> BarGroup:
    amount = each.amount or Decimal(0)
    text = f"{_tonnes(amount, flow, source)}{NO_BREAK}t"
    tone = 2 if each.part is FlowPart.REST else 0
    return BarGroup(source.words.gettext(FLOW_PART[each.part]), (Bar("", amount, text, tone),))


def _tonnes(amount: Decimal, flow: FlowYear, source: RenderContext) -> str:
    """The amount with as many decimals as fit the size of the flow."""
    return source.words.number(numbers.to_decimals(amount, flow_decimals(flow)))


def flow_decimals(flow: FlowYear) -> int:
    """How many decimals amounts of a year are shown with, by its input or the largest amount known."""
    known = [each.amount for each in flow_amounts(flow) if each.amount is not None]
    return shown_decimals(flow.input or max(known, default=Decimal(0)))
