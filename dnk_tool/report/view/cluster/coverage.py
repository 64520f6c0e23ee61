"""Writes who reports which figure, why not all are compared, and which numbers a rule hides."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from dnk_tool.domain.aggregates.model import (
    ALL_MEMBERS,
    Difference,
    FigureCoverage,
    ReleaseContent,
    ReleasedNumber,
    Statistic,
)
from dnk_tool.domain.aggregates.small_counts import ShownCoverage, shown_coverage
from dnk_tool.labels import N_
from dnk_tool.report.view.cluster.model import ReportGroup
from dnk_tool.report.view.cluster.words import ReportWords
from dnk_tool.report.view.parts import PrintedTable

STATISTICS = {
    Statistic.SUM: N_("Summe"),
    Statistic.MIDDLE: N_("Mitte"),
    Statistic.RATE: N_("Quote"),
}
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
