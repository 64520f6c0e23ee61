"""Writes three short chapters from the same numbers: climate, resources, and circular economy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dnk_tool.domain.aggregates.model import PerUnit, ReleasedNumber, Statistic
from dnk_tool.labels import N_
from dnk_tool.report.text.spoken import sentences
from dnk_tool.report.view.charts.bar_chart import chart_style
from dnk_tool.report.view.charts.svg import Bar, BarGroup, bars
from dnk_tool.report.view.cluster.goal import saving_sentences
from dnk_tool.report.view.cluster.model import ReportChapter, ReportGroup
from dnk_tool.report.view.cluster.numbers import scope_3_sentences
from dnk_tool.report.view.cluster.words import ReportWords
from dnk_tool.report.view.parts import ChartView, PrintedTable

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
        "Klimaneutral ist der Cluster mit diesen Zahlen nicht: Sie zeigen den Ausstoß vor jedem Ausgleich. "
        "Ausgleich durch Zertifikate zählen wir nicht als Minderung."
    ),
)
RESOURCES = Perspective(
    "ressourcen",
    N_("Ressourcen"),
    N_("Was die Unternehmen aus der Natur entnehmen: Wasser, Material und Energie."),
    (
        "water.withdrawal.total",
        "water.consumption",
        "materials.non-renewable.mass",
        "materials.renewable.mass",
        "energy.total",
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
            ReportGroup(_("Die Zahlen"), charts=charts, tables=(_table(words, one, ordered),)),
            *((ReportGroup(_("Lieferkette"), more),) if more else ()),
            *(_measures(words) if one is CLIMATE else ()),
            ReportGroup(_("Was diese Sicht nicht sagt"), (_(one.limits), *_not_there(words, missing))),
        ),
        lead=_(one.lead),
    )


def _table(words: ReportWords, one: Perspective, shown: Sequence[ReleasedNumber]) -> PrintedTable:
    _ = words.gettext
    rows = [
        (words.figure(it.figure) + _middle(words, it), words.number(it), words.sources(it)) for it in shown
    ]
    heads = (_("Kennzahl"), str(words.year), _("aus Unternehmen"))
    return words.table(f"{_(one.title)} {words.year}", heads, rows, (1, 2))


def _middle(words: ReportWords, number: ReleasedNumber) -> str:
    """What a middle value is, behind the name of its figure."""
    if number.statistic is not Statistic.MIDDLE:
        return ""
    return words.gettext(", Mitte %(per)s") % {"per": words.per(number.per)}


def _not_there(words: ReportWords, missing: Sequence[str]) -> tuple[str, ...]:
    """The figures of the perspective that are known to the release and not shown."""
    released = words.released
    known = {it.figure for it in released.numbers} if released else set()
    names = [words.figure(key) for key in missing if key in known]
    if not names:
        return ()
    return (words.gettext("Ohne Zahl, die gezeigt werden darf: %(names)s.") % {"names": "; ".join(names)},)


def _measures(words: ReportWords) -> Iterator[ReportGroup]:
    """What decided measures save, where the cluster has a goal and they were added up."""
    goal = words.content.goal
    if goal is not None and words.content.saved is not None:
        yield ReportGroup(words.gettext("Was dafür getan wird"), saving_sentences(words, goal)[:1])


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
