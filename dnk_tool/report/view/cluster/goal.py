"""Writes the chapter on measures and joint goal: what members save together, by state and kind."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from dnk_tool.domain.measures.model import MeasureState
from dnk_tool.labels import N_
from dnk_tool.language import format_long_date
from dnk_tool.report.text.spoken import sentences
from dnk_tool.report.view.charts.bar_chart import chart_style
from dnk_tool.report.view.charts.svg import Bar, BarGroup, bars
from dnk_tool.report.view.cluster.content import JointGoalReport, JointSaving
from dnk_tool.report.view.cluster.model import ReportChapter, ReportGroup
from dnk_tool.report.view.cluster.words import ReportWords
from dnk_tool.report.view.parts import ChartView

STATES = {
    MeasureState.DONE: N_("umgesetzt"),
    MeasureState.RUNNING: N_("läuft"),
    MeasureState.PLANNED: N_("geplant"),
}
KWH, CO2E = "kWh", "t-co2e"
_NUMBERS = (1, 2, 3, 4)


def goal_chapter(words: ReportWords) -> ReportChapter | None:
    """The chapter on the joint goal; None where the cluster has none."""
    _, goal = words.gettext, words.content.goal
    if goal is None:
        return None
    groups = (_goal(words, goal), _by_state(words, goal), _by_kind(words, goal), _counting(words))
    return ReportChapter(
        "massnahmen",
        _("Maßnahmen und gemeinsames Ziel"),
        tuple(group for group in groups if group),
        lead=_(
            "Was die Unternehmen zusammen in einem vollen Jahr sparen, gezählt an ihren eigenen Maßnahmen."
        ),
    )


def _goal(words: ReportWords, goal: JointGoalReport) -> ReportGroup:
    texts = (goal_sentence(words, goal), *saving_sentences(words, goal))
    charts = tuple(_charts(words, goal))
    return ReportGroup(words.gettext("Das Ziel"), texts, charts)


def goal_sentence(words: ReportWords, goal: JointGoalReport) -> str:
    """What the members want to save each year, and by when."""
    _ = words.gettext
    amounts = [words.amount(goal.goal_kwh, KWH)] if goal.goal_kwh is not None else []
    amounts += [words.amount(goal.goal_t_co2e, CO2E)] if goal.goal_t_co2e is not None else []
    said = _("Bis %(until)s wollen die Unternehmen zusammen jedes Jahr %(amounts)s weniger als %(start)s.")
    both = _(" und ").join(amounts)
    return said % {"until": goal.until_year, "amounts": both, "start": goal.from_year}


def saving_sentences(words: ReportWords, goal: JointGoalReport) -> tuple[str, ...]:
    """What measures that are decided save together; why nothing is said where a rule forbids it."""
    _, total = words.gettext, goal.total
    if goal.withheld is not None:
        said = _("Die Summe der Maßnahmen zeigen wir nicht. Regel: %(rule)s.")
        return (said % {"rule": words.rule(goal.withheld)},)
    if total is None:
        return (_("Eine Summe der Maßnahmen liegt noch nicht vor."),)
    amounts = _(" und ").join(_amounts(words, total))
    said = _("Umgesetzt, begonnen oder geplant sind %(amounts)s im Jahr: %(measures)s %(companies)s.") % {
        "amounts": amounts,
        "measures": words.plural("%(num)s Maßnahme", "%(num)s Maßnahmen", total.measures),
        "companies": words.from_companies(total.companies),
    }
    return said, *_gap(words, goal, total)


def _gap(words: ReportWords, goal: JointGoalReport, total: JointSaving) -> Iterator[str]:
    """What is missing to each goal; that it is reached where nothing is."""
    _ = words.gettext
    pairs = ((goal.goal_kwh, total.kwh, KWH), (goal.goal_t_co2e, total.t_co2e, CO2E))
    for wanted, saved, unit in pairs:
        if wanted is None or saved is None:
            continue
        if saved >= wanted:
            said = _("Damit ist das Ziel von %(goal)s rechnerisch erreicht, sobald alles umgesetzt ist.")
            yield said % {"goal": words.amount(wanted, unit)}
        else:
            said = _("Bis zum Ziel von %(goal)s fehlen noch %(gap)s.")
            yield said % {"goal": words.amount(wanted, unit), "gap": words.amount(wanted - saved, unit)}


def _amounts(words: ReportWords, saving: JointSaving) -> list[str]:
    pairs = ((saving.kwh, KWH), (saving.t_co2e, CO2E))
    return [words.amount(value, unit) for value, unit in pairs if value is not None]


def _charts(words: ReportWords, goal: JointGoalReport) -> Iterator[ChartView]:
    """Bars of what is done, runs and is planned, below each other with the goal."""
    _ = words.gettext
    kinds = (
        (_("Energie gegen das Ziel, je Jahr"), goal.goal_kwh, "kwh", KWH),
        (_("Treibhausgase gegen das Ziel, je Jahr"), goal.goal_t_co2e, "t_co2e", CO2E),
    )
    for title, wanted, name, unit in kinds:
        saved = {state: getattr(saving, name) for state, saving in (goal.states or {}).items()}
        drawn = [(_(said), saved[state]) for state, said in STATES.items() if saved.get(state) is not None]
        if wanted is None or not drawn:
            continue
        shown = [*drawn, (_("Ziel"), wanted)]
        yield _chart(words, title, [(name, value, words.amount(value, unit)) for name, value in shown])


def _chart(words: ReportWords, title: str, rows: Sequence[tuple[str, Decimal, str]]) -> ChartView:
    last = len(rows) - 1
    groups = [
        BarGroup(name, (Bar("", value, text, tone=2 if at == last else 0),))
        for at, (name, value, text) in enumerate(rows)
    ]
    said = sentences([title, *(f"{name}: {text}" for name, _value, text in rows)])
    return ChartView(title, bars(said, groups, chart_style(words.words, is_wide=True)))


def _by_state(words: ReportWords, goal: JointGoalReport) -> ReportGroup:
    _ = words.gettext
    rows = [_row(words, _(said), (goal.states or {}).get(state)) for state, said in STATES.items()]
    shown = [row for row in rows if row]
    if not shown:
        return ReportGroup("")
    return ReportGroup(
        _("Nach Stand"),
        tables=(words.table(_("Maßnahmen nach Stand"), _heads(words, _("Stand")), shown, _NUMBERS),),
    )


def _by_kind(words: ReportWords, goal: JointGoalReport) -> ReportGroup:
    _ = words.gettext
    rows = [_row(words, words.words.bound_text(it.name) if it.name else _("Andere"), it) for it in goal.kinds]
    shown = [row for row in rows if row]
    if not shown:
        return ReportGroup("")
    table = words.table(_("Maßnahmen nach Art"), _heads(words, _("Art der Maßnahme")), shown, _NUMBERS)
    return ReportGroup(_("Nach Art"), tables=(table,))


def _heads(words: ReportWords, first: str) -> tuple[str, ...]:
    _ = words.gettext
    return first, _("Unternehmen"), _("Maßnahmen"), _("Energie im Jahr"), _("Treibhausgase im Jahr")


def _row(words: ReportWords, name: str, saving: JointSaving | None) -> tuple[str, ...]:
    """The cells of a saving; empty where there is none."""
    if saving is None:
        return ()
    kwh = words.amount(saving.kwh, KWH) if saving.kwh is not None else "–"
    t_co2e = words.amount(saving.t_co2e, CO2E) if saving.t_co2e is not None else "–"
    return name, words.count(saving.companies), words.count(saving.measures), kwh, t_co2e


def _counting(words: ReportWords) -> ReportGroup:
    _, goal = words.gettext, words.content.goal
    said = _(
        "Eine Maßnahme zählt einmal, in dem Cluster, das ihr Unternehmen gewählt hat, und erst mit Menge "
        "und Jahr. Ideen zählen nicht. Kompensation zählt nie als Einsparung, zugekaufter Ökostrom nie als "
        "gesparte Energie."
    )
    as_of = goal.as_of if goal else None
    note = (
        (_("Stand der Maßnahmen: %(day)s.") % {"day": format_long_date(as_of, words.words.language)},)
        if as_of
        else ()
    )
    return ReportGroup(_("So gezählt"), (said,), notes=note)
