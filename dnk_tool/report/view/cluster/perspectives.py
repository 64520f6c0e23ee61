"""Writes three short chapters from the same numbers: climate, resources, and circular economy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dnk_tool.domain.aggregates.model import PerUnit, ReleasedNumber, Statistic
from dnk_tool.labels import N_
from dnk_tool.report.text.spoken import sentences
from dnk_tool.report.view.charts.bar_chart import chart_style
from dnk_tool.report.view.charts.svg import Bar, BarGroup, bars
from dnk_tool.report.view.cluster.model import ReportChapter, ReportGroup
from dnk_tool.report.view.cluster.numbers import scope_3_sentences
from dnk_tool.report.view.cluster.words import ReportWords
from dnk_tool.report.view.parts import ChartView

SCOPE_1_AND_2 = "ghg.scope1-2.location"  # a figure that the rules compose


@dataclass(frozen=True, slots=True)
class Perspective:
    """A look at some of the figures: what it is about, and what it does not say. Texts are message ids."""

    anchor: str
    title: str
    lead: str
    figures: tuple[str, ...]
    limits: str


CLIMATE = Perspective(
    "klima",
    N_("Klima"),
    N_(
        "Wie viel Energie die Unternehmen brauchen, und wie viel Treibhausgas daraus wird: im eigenen "
        "Betrieb (Scope 1), mit eingekaufter Energie (Scope 2) und in der Lieferkette (Scope 3)."
    ),
    (
        "energy.total",
        "energy.electricity.consumption",
        "energy.renewable-share",
        "ghg.scope1.gross",
        "ghg.scope2.location",
        "ghg.scope2.market",
        SCOPE_1_AND_2,
    ),
    N_(
        "Klimaneutral ist das Cluster mit diesen Zahlen nicht: Sie zeigen den Ausstoß vor jedem Ausgleich. "
        "Ausgleich durch Zertifikate zählen wir nicht als Minderung."
    ),
)
RESOURCES = Perspective(
    "ressourcen",
    N_("Ressourcen"),
    N_("Was die Unternehmen aus der Natur entnehmen: Wasser und Material. Die Energie steht unter Klima."),
    (
        "water.withdrawal.total",
        "water.consumption",
        "materials.non-renewable.mass",
        "materials.renewable.mass",
        "materials.bio-based-share",
    ),
    N_(
        "Eine Menge sagt nichts darüber, wie knapp Wasser oder ein Rohstoff dort ist, wo er herkommt. Das "
        "steht in den Erklärungen der Unternehmen."
    ),
)
CIRCULAR = Perspective(
    "kreislauf",
    N_("Kreislauf"),
    N_(
        "Was als Abfall anfällt, was davon wieder verwertet wird, und wie viel Material schon einmal in "
        "Gebrauch war."
    ),
    (
        "waste.total",
        "waste.hazardous",
        "waste.non-hazardous",
        "waste.recycled.mass",
        "waste.recycled-share",
        "waste.recovered-share",
        "materials.recycled.mass",
        "materials.recycled-share",
    ),
    N_(
        "Verwertet heißt nicht vermieden: Am wenigsten belastet Abfall, der nicht entsteht. Was Unternehmen "
        "wiederverwenden, bevor es Abfall wird, erfassen diese Kennzahlen nicht."
    ),
)
_CHARTED = ("ghg.scope1.gross", "ghg.scope2.location", "ghg.scope2.market")


def perspective_chapters(words: ReportWords) -> tuple[ReportChapter, ...]:
    """The chapters for which at least one number may be shown."""
    chapters = (_chapter(words, one) for one in (CLIMATE, RESOURCES, CIRCULAR))
    return tuple(chapter for chapter in chapters if chapter)


def _chapter(words: ReportWords, one: Perspective) -> ReportChapter | None:
    _ = words.gettext
    shown = [
        *words.shown(Statistic.SUM, one.figures),
        *words.shown(Statistic.RATE, one.figures),
        *(it for it in words.shown(Statistic.MIDDLE, one.figures) if it.per is PerUnit.EMPLOYEE),
    ]
    if not shown:
        return None
    ordered = sorted(shown, key=lambda number: one.figures.index(number.figure))
    charts = tuple(_emissions(words, ordered)) if one is CLIMATE else ()
    more = scope_3_sentences(words, words.released) if one is CLIMATE and words.released else ()
    missing = [key for key in one.figures if key not in {number.figure for number in shown}]
    return ReportChapter(
        one.anchor,
        _(one.title),
        (
            ReportGroup(_("Die Zahlen"), tuple(_sentences(words, ordered, bool(charts))), charts),
            *((ReportGroup(_("Treibhausgase der Lieferkette (Scope 3)"), more),) if more else ()),
            ReportGroup(_("Was diese Sicht nicht sagt"), (_(one.limits), *_not_there(words, missing))),
        ),
        lead=_(one.lead),
    )


def _sentences(words: ReportWords, shown: Sequence[ReleasedNumber], has_chart: bool) -> Iterator[str]:
    """A sentence for each figure, with its sum or rate and its middle value; not for what the chart shows."""
    by_figure: dict[str, list[ReleasedNumber]] = {}
    for number in shown:
        if not (has_chart and number.figure in _CHARTED):
            by_figure.setdefault(number.figure, []).append(number)
    for figure, numbers in by_figure.items():
        counts = {words.sources(number) for number in numbers}
        parts = [_part(words, it, with_count=len(counts) > 1 or it is numbers[-1]) for it in numbers]
        yield f"{words.figure(figure)}: {', '.join(parts)}."


def _part(words: ReportWords, number: ReleasedNumber, *, with_count: bool) -> str:
    """A number in words, such as "in der Mitte 42 m³ je beschäftigte Person, aus 12 Unternehmen"."""
    said = words.number(number)
    if number.statistic is Statistic.MIDDLE:
        values = {"value": said, "per": words.per(number.per)}
        said = words.gettext("in der Mitte %(value)s %(per)s") % values
    if not with_count:
        return said
    return f"{said}, {words.gettext('aus %(count)s Unternehmen') % {'count': words.sources(number)}}"


def _not_there(words: ReportWords, missing: Sequence[str]) -> tuple[str, ...]:
    """The figures of the perspective that the release knows and does not show: withheld, or unreported."""
    _, released = words.gettext, words.released
    known = {it.figure for it in released.numbers} if released else set()
    reported = {key for key in known if released and released.is_reported(key)}
    hidden = [words.figure(key) for key in missing if key in reported]
    unreported = [words.figure(key) for key in missing if key in known - reported]
    said = (
        (_("Ohne Zahl, die gezeigt werden darf: %(names)s."), hidden),
        (_("Noch niemand berichtet: %(names)s."), unreported),
    )
    return tuple(text % {"names": "; ".join(names)} for text, names in said if names)


def _emissions(words: ReportWords, shown: Sequence[ReleasedNumber]) -> Iterator[ChartView]:
    """Bars of Scope 1 and both kinds of Scope 2 in one unit."""
    drawn = [
        (words.figure(it.figure), it.value, words.with_companies(it))
        for it in shown
        if it.figure in _CHARTED and it.statistic is Statistic.SUM and it.value is not None
    ]
    units = {it.unit for it in shown if it.figure in _CHARTED}
    if len(drawn) < 2 or len(units) != 1:
        return
    title = words.gettext("Treibhausgase %(year)s") % {"year": words.year}
    groups = [BarGroup(name, (Bar("", Decimal(value), text),)) for name, value, text in drawn]
    said = sentences([title, *(f"{name}: {text}" for name, _value, text in drawn)])
    yield ChartView(title, bars(said, groups, chart_style(words.words, is_wide=True)))
