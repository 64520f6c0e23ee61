"""A declaration at a glance: the company, its key figures and goals, and what is reported or explained."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from dnk_tool.catalogue.standard.model import Requirement
from dnk_tool.report.text.text_width import MILLIMETRE, width
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.back_matter import by_area
from dnk_tool.report.view.charts.bar_chart import alt_of, paint
from dnk_tool.report.view.charts.svg import Strip, strips
from dnk_tool.report.view.figures.field_tables import NO_VALUE, change_label, quality_label
from dnk_tool.report.view.figures.status import Standing, label_of, standing_label, stated, worded
from dnk_tool.report.view.general_information import short_facts
from dnk_tool.report.view.goals import asking_for_goals, goals_note, rows_of
from dnk_tool.report.view.parts import ChartView, Glance, KeyFigure, KeyGoal
from dnk_tool.report.view.requirements import EXPLAINED, OPEN, REPORTED, Source

MOST_FIGURES, MOST_GOALS = 9, 6
LONGEST_GOAL, LONGEST_STATUS = 160, 90
LARGE, UNIT = 17.0, 9.0  # points, as in the style sheet
TILE = 52 * MILLIMETRE


@dataclass(frozen=True, slots=True)
class Choice:
    """Figures of which the first that is given is shown; `detail` stands below it where it is given."""

    keys: tuple[str, ...]
    detail: str = ""


CORE = (
    Choice(("energy.total",), "energy.renewable-share"),
    Choice(("ghg.scope1.gross",)),
    Choice(("ghg.scope2.location", "ghg.scope2.market")),
    Choice(("ghg.scope3.gross",)),
    Choice(("water.withdrawal.total",)),
    Choice(("waste.total",), "waste.recycled-share"),
    Choice(("diversity.leadership.women-share-fte", "diversity.board.women-share")),
    Choice(("safety.employees.recordable-injury-rate",)),
    Choice(("training.hours.average", "training.hours.women", "training.cost-per-fte"), "training.hours.men"),
)
FURTHER = (
    Choice(("workforce.headcount", "workforce.fte.total")),
    Choice(("diversity.employees.women-share",)),
    Choice(("materials.renewable.mass",)),
    Choice(("materials.non-renewable.mass",)),
    Choice(("economy.revenue", "economy.turnover")),
    Choice(("supply-chain.new-social-screened-share", "supply-chain.esg-assessed-share")),
    Choice(("product.esg-research-capex",)),
)


def glance(source: Source, *, has_goals: bool = True) -> Glance:
    """The declaration on one page; everything in it stands in the chapters, too.

    Without goals where they have a section of their own.
    """
    goals, others = _goals(source) if has_goals else ((), 0)
    return Glance(
        facts=short_facts(source),
        figures=tuple(_figures(source)),
        without=tuple(_without(source)),
        goals=goals,
        goals_note=_goals_note(goals, others, source) if has_goals else "",
        coverage=_coverage(source),
    )


def _figures(source: Source) -> Iterator[KeyFigure]:
    shown = [(key, one.detail) for one in CORE if (key := _given(one, source))]
    for one in FURTHER:
        if len(shown) < MOST_FIGURES and (key := _given(one, source)):
            shown.append((key, one.detail))
    for key, detail in shown:
        yield _figure(key, detail, source)


def _given(choice: Choice, source: Source) -> str:
    return next((key for key in choice.keys if stated(key, source).quantity), "")


def _figure(key: str, detail: str, source: Source) -> KeyFigure:
    words, point = source.words, source.document.selection.catalogue.datapoints[key]
    now = stated(key, source)
    quantity = now.quantity
    said = worded(quantity, point, source) if quantity else NO_VALUE
    value, _, unit = said.partition(NO_BREAK)
    further = detail and key != "training.cost-per-fte" and stated(detail, source).quantity
    return KeyFigure(
        label=label_of(key, source),
        value=value,
        unit=unit,
        is_long=width(value, LARGE) + width(unit, UNIT) + 4 > TILE,
        before=_before(key, source),
        quality=quality_label(now.figure.quality, words),
        detail=f"{label_of(detail, source)}: {_worded(detail, source)}" if further else "",
    )


def _worded(key: str, source: Source) -> str:
    quantity = stated(key, source).quantity
    point = source.document.selection.catalogue.datapoints[key]
    return worded(quantity, point, source) if quantity else NO_VALUE


def _before(key: str, source: Source) -> str:
    """The value of the year before and the change against it."""
    year = source.document.reporting_year - 1
    point = source.document.selection.catalogue.datapoints[key]
    before, now = stated(key, source, year), stated(key, source)
    if before.quantity is None:
        return ""
    change = change_label(now.figure, before.figure, point, source.words)
    said = f"{year}: {worded(before.quantity, point, source)}"
    return said if change == NO_VALUE else f"{said} ({change})"


def _without(source: Source) -> Iterator[str]:
    """One line for each reason why key figures that the standard asks for have no value."""
    by_reason: dict[Standing, list[str]] = {}
    for one in CORE:
        if _given(one, source):
            continue
        for key in one.keys:
            standing = stated(key, source).standing
            if standing is not Standing.NOT_ASKED:
                by_reason.setdefault(standing, []).append(label_of(key, source))
                break
    for standing in (Standing.EXPLAINED, Standing.NOT_AVAILABLE, Standing.OPEN):
        if standing in by_reason:
            label = standing_label(standing, source)
            yield f"{label[:1].upper()}{label[1:]}: {'; '.join(by_reason[standing])}"


def _goals(source: Source) -> tuple[tuple[KeyGoal, ...], int]:
    """All goals of the first criterion, then those of the others in turn; and how many are left out."""
    queues = [each for one in asking_for_goals(source) if (each := list(_goals_of(*one, source)))]
    first, rest = (queues[0], queues[1:]) if queues else ([], [])
    turns = [one for place in range(max(map(len, rest), default=0)) for one in _nth(rest, place)]
    found: dict[str, KeyGoal] = {}
    for one in (*first, *turns):
        found.setdefault(" ".join(one.goal.casefold().split()), one)
    kept = tuple(found.values())[:MOST_GOALS]
    return kept, len(found) - len(kept)


def _nth(queues: list[list[KeyGoal]], place: int) -> Iterator[KeyGoal]:
    return (each[place] for each in queues if place < len(each))


def _goals_of(number: int, requirement: Requirement, source: Source) -> Iterator[KeyGoal]:
    words = source.words
    for row in rows_of(requirement, source):
        status = row.get("status")
        yield KeyGoal(
            goal=words.said(_cut(row["goal"], LONGEST_GOAL)),
            due=row.get("due") or NO_VALUE,
            status=words.said(_cut(status, LONGEST_STATUS)) if status else NO_VALUE,
            criterion=str(number),
            anchor=f"kriterium-{number}",
        )


def _goals_note(goals: tuple[KeyGoal, ...], others: int, source: Source) -> str:
    if others:
        if others == 1:
            return source.words.gettext("Ein weiteres Ziel steht bei den einzelnen Kriterien.")
        more = source.words.gettext("%(count)s weitere Ziele stehen bei den einzelnen Kriterien.")
        return more % {"count": others}
    return "" if goals else goals_note(source)


def _coverage(source: Source) -> ChartView:
    words = source.words
    _ = words.gettext
    legend = (_("berichtet"), _("begründet"), _("offen"))
    rows = []
    for area, asked in by_area(source):
        statuses = [source.status(one) for one in asked]
        counts = tuple(Decimal(statuses.count(one)) for one in (REPORTED, EXPLAINED, OPEN))
        text = ", ".join(
            f"{words.number(n)}{NO_BREAK}{of}" for n, of in zip(counts, legend, strict=True) if n
        )
        rows.append(Strip(words.of(area.title), counts, text))
    title = _("Aspekte und Leistungsindikatoren nach Bereichen")
    alt = alt_of(title, [f"{row.label}: {row.text}" for row in rows], [])
    named = legend if any(row.parts[-1] for row in rows) else legend[:-1]  # most have nothing open
    return ChartView(title, strips(alt, rows, named, paint(words, accent=source.accent, is_wide=True)))


def _cut(text: str, longest: int) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= longest else f"{plain[: longest - 1].rstrip()}…"
