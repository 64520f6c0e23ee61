"""Writes the chapter on released numbers: sums, the year before, Scope 3, rates, what is withheld.

Writes who reports which figure, why not all are compared, and which numbers a rule hides.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from dnk_tool.domain.aggregates.model import (
    ALL_MEMBERS,
    Difference,
    FigureCoverage,
    PerUnit,
    ReleaseContent,
    ReleasedNumber,
    Statistic,
)
from dnk_tool.domain.aggregates.small_counts import ShownCoverage, shown_coverage
from dnk_tool.labels import N_
from dnk_tool.language import format_long_date, local_day
from dnk_tool.report.view.cluster.model import ReportChapter, ReportGroup
from dnk_tool.report.view.cluster.two_years import year_before
from dnk_tool.report.view.cluster.words import ReportWords
from dnk_tool.report.view.parts import PrintedTable

SCOPE_3 = "ghg.scope3.gross"
GROUP_FIGURES = ("energy.total", "ghg.scope1.gross", "ghg.scope2.location", "waste.total")
IN_BRACKETS = N_(
    "In Klammern steht, aus wie vielen Unternehmen die Zahl kommt. Ein Strich heißt: wird nicht gezeigt."
)


STATISTICS = {Statistic.SUM: N_("Summe"), Statistic.MIDDLE: N_("Mitte"), Statistic.RATE: N_("Quote")}
DIFFERENCES = {
    Difference.BOUNDARY: N_("andere Grenze, etwa ohne einen Standort"),
    Difference.GASES: N_("andere Gase"),
    Difference.ESTIMATED: N_("geschätzt"),
}


def coverage(words: ReportWords, released: ReleaseContent) -> ReportGroup:
    _ = words.gettext
    rows = [_row(words, it) for it in released.coverage]
    if not rows:
        return ReportGroup("")
    heads = (
        _("Kennzahl"),
        _("berichtet"),
        _("erklärt"),
        _("fehlt"),
        _("vergleichbar"),
        _("warum andere nicht"),
    )
    note = _(
        "Zahl der Unternehmen, von %(members)s mit abgeschlossener Erklärung. Was erklärt ist oder fehlt, "
        "zählt nirgends als null. Was weniger als %(least)s Unternehmen betrifft, sagen wir nicht genauer."
    )
    table = words.table(_("Zahl der Unternehmen je Kennzahl"), heads, rows, (1, 2, 3, 4))
    return ReportGroup(
        _("Wer welche Kennzahl angibt"),
        tables=(table,),
        notes=(
            note % {"members": words.count(released.members), "least": words.content.rules.sum_companies},
        ),
    )


def _row(words: ReportWords, coverage: FigureCoverage) -> tuple[str, ...]:
    shown = shown_coverage(coverage, words.content.rules.sum_companies)
    return (
        words.figure(coverage.figure),
        words.count(coverage.reported),
        words.shown_count(shown.explained),
        words.shown_count(shown.missing),
        words.count(coverage.comparable),
        _why_not(words, shown),
    )


def _why_not(words: ReportWords, shown: ShownCoverage) -> str:
    if shown.has_hidden_reasons:
        return words.gettext("ab %(least)s Unternehmen") % {"least": words.content.rules.sum_companies}
    parts = [
        f"{words.shown_count(shown.differences[each])} {words.gettext(said)}"
        for each, said in DIFFERENCES.items()
        if each in shown.differences
    ]
    return ", ".join(parts) or "–"


def withheld(words: ReportWords, numbers: Iterable[ReleasedNumber]) -> ReportGroup:
    """The numbers that a rule hides, each with the rule; those of groups are counted by rule.

    What nobody reports is no matter of a rule: `coverage` and the chapter on what is missing name it.
    """
    _ = words.gettext
    hidden = [number for number in numbers if words.is_withheld(number)]
    if not hidden:
        return ReportGroup("")
    said = _("Diese Zahlen zeigen wir nicht, weil sonst ein einzelnes Unternehmen zu erkennen wäre.")
    tables = (*_withheld_numbers(words, hidden), *_withheld_in_groups(words, hidden))
    return ReportGroup(_("Was wir nicht zeigen"), (said,), tables=tables)


def _withheld_numbers(words: ReportWords, hidden: Sequence[ReleasedNumber]) -> Iterator[PrintedTable]:
    _ = words.gettext
    rows = [
        (
            words.figure(it.figure),
            _(STATISTICS[it.statistic])
            + (f", {words.per(it.per)}" if it.statistic is Statistic.MIDDLE else ""),
            words.sources(it),
            words.rule(it.rule),
        )
        for it in hidden
        if it.group == ALL_MEMBERS
    ]
    heads = (_("Kennzahl"), _("Zahl"), _("aus Unternehmen"), _("Regel"))
    if rows:
        yield words.table(_("Nicht gezeigte Zahlen und ihre Regel"), heads, rows, (2,))


def _withheld_in_groups(words: ReportWords, hidden: Sequence[ReleasedNumber]) -> Iterator[PrintedTable]:
    _ = words.gettext
    counted = Counter(it.rule for it in hidden if it.group != ALL_MEMBERS)
    rows = [(words.rule(rule), words.count(count)) for rule, count in counted.most_common()]
    if rows:
        caption = _("In Gruppen nicht gezeigte Zahlen, nach Regel")
        yield words.table(caption, (_("Regel"), _("Zahlen")), rows, (1,))


def numbers_chapter(words: ReportWords) -> ReportChapter | None:
    """The chapter on numbers; None without a release."""
    _, released = words.gettext, words.released
    if released is None or words.content.release is None:
        return None
    groups = (
        _sums(words),
        year_before(words),
        _rates(words),
        _middles(words),
        _groups(words, released),
        coverage(words, released),
        withheld(words, released.numbers),
    )
    day = format_long_date(local_day(words.content.release.released_at), words.words.language)
    lead = _(
        "Zahlen aus der Freigabe vom %(day)s. Jede nennt, aus wie vielen Unternehmen sie kommt, und ist auf "
        "zwei Stellen gerundet."
    )
    return ReportChapter(
        "zahlen", _("Gemeinsame Zahlen"), tuple(group for group in groups if group), lead=lead % {"day": day}
    )


def _sums(words: ReportWords) -> ReportGroup:
    _, shown = words.gettext, words.shown(Statistic.SUM)
    if not shown:
        return ReportGroup(
            _("Summen"), (_("Zu keiner Kennzahl reichen die Angaben für eine Summe. Unten steht, warum."),)
        )
    caption = _("Summen %(year)s") % {"year": words.year}
    rows = [(words.figure(it.figure), words.number(it), words.sources(it)) for it in shown]
    heads = (_("Kennzahl"), _("Summe"), _("aus Unternehmen"))
    return ReportGroup(_("Summen"), tables=(words.table(caption, heads, rows, (1, 2)),))


def scope_3_sentences(words: ReportWords, released: ReleaseContent) -> tuple[str, ...]:
    """How many report Scope 3, and its middle value; never a sum."""
    _, coverage = words.gettext, released.coverage_of(SCOPE_3)
    if coverage is None:
        return ()
    many = _(
        "%(reported)s von %(members)s Unternehmen rechnen Scope 3, %(explained)s erklären, warum nicht."
    ) % {
        "reported": words.count(coverage.reported),
        "members": words.count(coverage.members),
        "explained": words.shown_count(shown_coverage(coverage, words.content.rules.sum_companies).explained),
    }
    why = _(
        "Eine Summe bilden wir nicht: Was bei dem einen Lieferkette ist, hat ein anderer schon als eigenen "
        "Ausstoß gezählt."
    )
    middle = released.number(SCOPE_3, Statistic.MIDDLE)
    if middle is None or not middle.is_shown:
        return many, why
    said = _("In der Mitte liegen %(value)s je Unternehmen, %(companies)s.")
    values = {"value": words.number(middle), "companies": words.from_companies(middle.companies)}
    return many, said % values, why


def _rates(words: ReportWords) -> ReportGroup:
    _ = words.gettext
    rows = [
        (words.figure(it.figure), words.number(it), words.sources(it)) for it in words.shown(Statistic.RATE)
    ]
    if not rows:
        return ReportGroup("")
    heads = (_("Kennzahl"), _("Quote"), _("aus Unternehmen"))
    note = _("Eine Summe geteilt durch eine Summe, über die Unternehmen, die jeden Teil angeben.")
    return ReportGroup(
        _("Quoten"),
        tables=(words.table(_("Quoten %(year)s") % {"year": words.year}, heads, rows, (1, 2)),),
        notes=(note,),
    )


def _middles(words: ReportWords) -> ReportGroup:
    """Middle values, a row for each figure, a column for what they are stated for."""
    _, found = words.gettext, words.shown(Statistic.MIDDLE)
    if not found:
        return ReportGroup("")
    shown = {(it.figure, it.per): it for it in found}
    columns = [per for per in PerUnit if any(it.per is per for it in found)]
    rows = [
        (words.figure(figure), *(_with_count(words, shown.get((figure, per))) for per in columns))
        for figure in dict.fromkeys(it.figure for it in found)
    ]
    heads = (_("Kennzahl"), *(words.per(per) for per in columns))
    notes = (
        _(
            "Die Mitte ist der Mittelwert der drei oder vier mittleren Unternehmen, nur über vergleichbare "
            "Angaben. Sie ist kein Ziel und keine Note."
        ),
        _(IN_BRACKETS),
    )
    table = words.table(
        _("Mitte %(year)s, je Kennzahl") % {"year": words.year}, heads, rows, range(1, len(heads))
    )
    return ReportGroup(_("Mitte der Unternehmen"), tables=(table,), notes=notes)


def _groups(words: ReportWords, released: ReleaseContent) -> ReportGroup:
    """Sums of the sections and size classes, in the order of the release."""
    _ = words.gettext
    found = dict.fromkeys(it.group for it in released.numbers if it.group != ALL_MEMBERS)
    rows = []
    for group in found:
        cells = [next(iter(words.shown(Statistic.SUM, (key,), group)), None) for key in GROUP_FIGURES]
        if any(cells):
            rows.append((words.group(group), *(_with_count(words, cell) for cell in cells)))
    if not rows:
        return ReportGroup("")
    heads = (_("Gruppe"), *(words.figure(figure) for figure in GROUP_FIGURES))
    table = words.table(
        _("Summen %(year)s in Gruppen") % {"year": words.year}, heads, rows, range(1, len(heads))
    )
    return ReportGroup(_("Summen nach Branche und Größe"), tables=(table,), notes=(_(IN_BRACKETS),))


def _with_count(words: ReportWords, number: ReleasedNumber | None) -> str:
    return f"{words.number(number)} ({words.sources(number)})" if number else "–"
