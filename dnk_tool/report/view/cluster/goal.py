"""Writes the chapter on measures and joint goal: what members save together, by state and kind."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from dnk_tool.domain.aggregates.joint_goal import (
    GOAL_SAVINGS,
    JointGoal,
    JointProgress,
    Saving,
    SavingPart,
    StatePart,
)
from dnk_tool.domain.aggregates.model import Rule
from dnk_tool.domain.measures.model import MeasureState
from dnk_tool.labels import N_, label
from dnk_tool.language import format_long_date, local_day
from dnk_tool.report.text.spoken import sentences
from dnk_tool.report.view.charts.bar_chart import chart_style
from dnk_tool.report.view.charts.svg import Bar, BarGroup, bars
from dnk_tool.report.view.cluster.model import ReportChapter, ReportGroup
from dnk_tool.report.view.cluster.words import ReportWords
from dnk_tool.report.view.parts import ChartView

# In the order in which a measure becomes real, the furthest first.
STATES = (MeasureState.DONE, MeasureState.RUNNING, MeasureState.PLANNED)
UNITS = {Saving.ENERGY: "kWh", Saving.GHG: "t-co2e", Saving.COST: "EUR", Saving.INVESTMENT: "EUR"}
_CHARTS = {
    Saving.ENERGY: N_("Energie gegen das Ziel, je Jahr"),
    Saving.GHG: N_("Treibhausgase gegen das Ziel, je Jahr"),
}
_NUMBERS = (1, 2, 3, 4)


def goal_chapter(words: ReportWords) -> ReportChapter | None:
    """The chapter on the joint goal; None where the cluster has none."""
    _, goal = words.gettext, words.content.goal
    if goal is None:
        return None
    groups = (_goal(words, goal), _by_state(words), _by_kind(words), _counting(words))
    return ReportChapter(
        "massnahmen",
        _("Maßnahmen und gemeinsames Ziel"),
        tuple(group for group in groups if group),
        lead=_(
            "Was die Unternehmen zusammen in einem vollen Jahr sparen, gezählt an ihren eigenen Maßnahmen."
        ),
    )


def _goal(words: ReportWords, goal: JointGoal) -> ReportGroup:
    texts = (goal_sentence(words, goal), *saving_sentences(words, goal))
    return ReportGroup(words.gettext("Das Ziel"), texts, tuple(_charts(words, goal)))


def goal_sentence(words: ReportWords, goal: JointGoal) -> str:
    """What the members want to save each year, and by when."""
    amounts = [
        words.amount(amount, UNITS[saving])
        for saving in GOAL_SAVINGS
        if (amount := goal.amount(saving)) is not None
    ]
    said = words.gettext("Ziel bis %(until)s: zusammen jedes Jahr %(amounts)s sparen, gezählt ab %(start)s.")
    return said % {
        "until": goal.until_year,
        "amounts": words.listed(amounts) or words.gettext("Kosten"),
        "start": goal.from_year,
    }


def saving_sentences(words: ReportWords, goal: JointGoal) -> tuple[str, ...]:
    """What decided measures save together, and what is missing, or which rule hides it."""
    _, saved = words.gettext, words.content.saved
    if saved is None:
        return (_("Was die Maßnahmen zusammen sparen, sagt dieser Bericht nicht: Ein gültiger Stand fehlt."),)
    total = saved.progress.total
    amounts = amounts_of(words, total)
    if not amounts:
        rules = dict.fromkeys(words.rule(each.rule) for each in total.sums.values() if each.value is None)
        said = _("Was die Maßnahmen zusammen sparen, zeigen wir nicht. Regel: %(rules)s.")
        return (said % {"rules": "; ".join(rules)},)
    said = _("Umgesetzt, begonnen oder geplant sind %(amounts)s im Jahr: %(measures)s %(companies)s.")
    values = {
        "amounts": words.listed(amounts),
        "measures": words.measures(total.measures),
        "companies": words.from_companies(total.companies),
    }
    if not saved.progress.is_of(goal):
        return said % values, _other_years(words, saved.progress)
    return said % values, *_gaps(words, goal, total)


def _other_years(words: ReportWords, progress: JointProgress) -> str:
    """Why the sum is not compared with the goal: the goal has been changed since."""
    said = words.gettext(
        "Gezählt sind noch Maßnahmen nach dem Ziel von vorher, für %(first)s bis %(last)s. Mit dem neuen "
        "Ziel vergleichen wir sie erst, wenn sie neu zusammengezählt sind."
    )
    return said % {"first": progress.from_year, "last": progress.until_year}


def amounts_of(words: ReportWords, part: SavingPart) -> list[str]:
    """The energy and greenhouse gases that some measures save in a year, as far as they may be shown."""
    return [
        words.amount(value, UNITS[saving])
        for saving in GOAL_SAVINGS
        if (value := part.value(saving)) is not None
    ]


def _gaps(words: ReportWords, goal: JointGoal, total: SavingPart) -> Iterator[str]:
    """What is missing to each goal, or that nothing is."""
    _ = words.gettext
    for saving in GOAL_SAVINGS:
        wanted, value = goal.amount(saving), total.value(saving)
        if wanted is None or value is None:
            continue
        values = {"goal": words.amount(wanted, UNITS[saving])}
        if value >= wanted:
            said = _("Das Ziel von %(goal)s ist rechnerisch erreicht, sobald alles umgesetzt ist.")
            yield said % values
        else:
            gap = words.amount(wanted - value, UNITS[saving])
            yield _("Bis zum Ziel von %(goal)s fehlen noch rund %(gap)s.") % (values | {"gap": gap})


def _charts(words: ReportWords, goal: JointGoal) -> Iterator[ChartView]:
    """Bars of what is done, runs and is planned, above that of the goal."""
    saved = words.content.saved
    if saved is None or not saved.progress.is_of(goal):
        return
    for saving, title in _CHARTS.items():
        wanted = goal.amount(saving)
        rows = [
            (state_name(words, part.states), value)
            for part in ordered_states(saved.progress)
            if (value := part.part.value(saving)) is not None
        ]
        if wanted is not None and rows:
            shown = [*rows, (words.gettext("Ziel"), wanted)]
            yield _chart(words, words.gettext(title), shown, UNITS[saving])


def _chart(words: ReportWords, title: str, rows: Sequence[tuple[str, Decimal]], unit: str) -> ChartView:
    last = len(rows) - 1
    texts = [(name, value, words.amount(value, unit)) for name, value in rows]
    groups = [
        BarGroup(name, (Bar("", value, text, tone=2 if at == last else 0),))
        for at, (name, value, text) in enumerate(texts)
    ]
    said = sentences([title, *(f"{name}: {text}" for name, _value, text in texts)])
    return ChartView(title, bars(said, groups, chart_style(words.words, is_wide=True)))


def ordered_states(progress: JointProgress) -> list[StatePart]:
    """The parts by state, the furthest first."""
    return sorted(progress.states, key=lambda part: min(STATES.index(state) for state in part.states))


def state_name(words: ReportWords, states: frozenset[MeasureState]) -> str:
    """The names of one or several states."""
    names = [label(state, words.words.language) for state in STATES if state in states]
    return words.listed(names)


def _by_state(words: ReportWords) -> ReportGroup:
    _, saved = words.gettext, words.content.saved
    parts = ordered_states(saved.progress) if saved else []
    rows = [_row(words, state_name(words, part.states), part.part) for part in parts]
    if not rows:
        return ReportGroup("")
    table = words.table(
        _("Maßnahmen nach Stand, Ersparnis im Jahr"), _heads(words, _("Stand")), rows, _NUMBERS
    )
    return ReportGroup(_("Nach Stand"), tables=(table,))


def _by_kind(words: ReportWords) -> ReportGroup:
    _, saved = words.gettext, words.content.saved
    if saved is None:
        return ReportGroup("")
    title = _("Nach Art")
    rows = [_row(words, words.kind(each.kind), each.part) for each in saved.progress.kinds]
    if not rows:
        said = _("Nach Art aufgeteilt zeigen wir die Summe nicht. Regel: %(rule)s.")
        rule = saved.progress.kinds_rule
        is_hidden = saved.progress.is_shown and rule is not Rule.PASSED
        return ReportGroup(title, (said % {"rule": words.rule(rule)},) if is_hidden else ())
    caption = _("Maßnahmen nach Art, Ersparnis im Jahr")
    return ReportGroup(title, tables=(words.table(caption, _heads(words, _("Art")), rows, _NUMBERS),))


def _heads(words: ReportWords, first: str) -> tuple[str, ...]:
    _ = words.gettext
    return first, _("Anzahl Unternehmen"), _("Maßnahmen"), _("Energie"), _("Treibhausgase")


def _row(words: ReportWords, name: str, part: SavingPart) -> tuple[str, ...]:
    """A row of a table: counts, and for each saving the sum or the rule that hides it."""
    cells = (_cell(words, part, saving) for saving in GOAL_SAVINGS)
    return name, words.count(part.companies), words.count(part.measures), *cells


def _cell(words: ReportWords, part: SavingPart, saving: Saving) -> str:
    found = part.sums.get(saving)
    if found is None:
        return "–"
    return words.amount(found.value, UNITS[saving]) if found.value is not None else words.rule(found.rule)


def _counting(words: ReportWords) -> ReportGroup:
    _, saved = words.gettext, words.content.saved
    said = _(
        "Eine Maßnahme zählt einmal, in dem Cluster, das ihr Unternehmen gewählt hat, und erst mit Menge und "
        "Jahr. Ideen zählen nicht. Kompensation zählt nie als Einsparung, zugekaufter Ökostrom nie als "
        "gesparte Energie."
    )
    if saved is None:
        return ReportGroup(_("So gezählt"), (said,))
    day = format_long_date(local_day(saved.made_at), words.words.language)
    note = _("Stand der Maßnahmen: %(day)s.") % {"day": day}
    return ReportGroup(_("So gezählt"), (said,), notes=(note,))
