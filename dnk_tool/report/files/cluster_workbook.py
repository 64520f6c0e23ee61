"""Writes the numbers of a cluster's report as a workbook: participation, numbers, measures and rules."""

from collections.abc import Iterator

from dnk_tool.domain.aggregates.joint_goal import Saving
from dnk_tool.domain.aggregates.model import FigureCoverage, ReleasedNumber, Statistic
from dnk_tool.domain.aggregates.small_counts import FEW, shown_coverage
from dnk_tool.domain.answers.completeness import SectionProgress
from dnk_tool.domain.organisation import CompanySize
from dnk_tool.labels import label
from dnk_tool.language import Language
from dnk_tool.report.files.spreadsheet import CellValue, Worksheet, to_workbook
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.view.cluster.content import ClusterReportContent
from dnk_tool.report.view.cluster.goal import UNITS, ordered_states, state_name
from dnk_tool.report.view.cluster.numbers import STATISTICS
from dnk_tool.report.view.cluster.words import ReportWords

Row = list[CellValue]


def cluster_report_to_xlsx(content: ClusterReportContent, language: Language) -> bytes:
    """The numbers of the report, a sheet for each part; the same content gives the same bytes."""
    words = ReportWords(content, TextFormatter(language, on_paper=False))
    _ = words.gettext
    sheets = [_participation(words), _criteria(words)]
    sheets += [_numbers(words), _two_years(words), _coverage(words)] if content.release else []
    sheets += [_measures(words)] if content.goal else []
    properties = {"title": f"{_('Bericht des Clusters')} {content.reporting_year}", "author": content.cluster}
    return to_workbook(
        (*sheets, _rules(words)), language=language, properties=properties, made_on=content.made_on
    )


def _participation(words: ReportWords) -> Worksheet:
    _, known = words.gettext, words.content.participation
    language = words.words.language
    rows: list[Row] = [[_("Alle"), "", known.members, known.finished, known.submitted]]
    rows += [
        [_("Branche"), words.section(it.key), it.members, it.finished, it.submitted] for it in known.sectors
    ]
    rows += [
        [
            _("Größe"),
            label(CompanySize(it.key), language) if it.key else words.section(""),
            it.members,
            it.finished,
            it.submitted,
        ]
        for it in known.sizes
    ]
    rows += [[_("Stand"), label(stage, language), count, None, None] for stage, count in known.stages.items()]
    return Worksheet(
        _("Teilnahme"),
        (_("Aufteilung"), _("Gruppe"), _("Anzahl Unternehmen"), _("fertig"), _("eingereicht")),
        rows,
    )


def _criteria(words: ReportWords) -> Worksheet:
    _ = words.gettext
    rows: list[Row] = [
        [words.words.catalogue_text(area.title), *(progress.get(each, 0) for each in SectionProgress)]
        for area in words.catalogue.areas
        if (progress := words.content.participation.areas.get(area.key))
    ]
    heads = [_("Teil"), *(label(each, words.words.language) for each in SectionProgress)]
    return Worksheet(_("Kriterien"), heads, rows)


def _numbers(words: ReportWords) -> Worksheet:
    _, released = words.gettext, words.released
    heads = (
        _("Kennzahl"),
        _("Zahl"),
        _("bezogen auf"),
        _("Gruppe"),
        _("Wert"),
        _("Einheit"),
        _("aus Unternehmen"),
        _("ausgelassen"),
        _("Regel"),
    )
    rows = [_number(words, number) for number in (released.numbers if released else ())]
    return Worksheet(_("Zahlen"), heads, rows)


def _number(words: ReportWords, number: ReleasedNumber) -> Row:
    return [
        words.figure(number.figure),
        words.gettext(STATISTICS[number.statistic]),
        words.per(number.per) if number.statistic is Statistic.MIDDLE else "",
        words.group(number.group),
        number.value,
        words.unit(number.unit),
        number.companies,
        number.left_out if not 0 < number.left_out < words.content.rules.sum_companies else _few(words),
        words.rule(number.rule),
    ]


def _two_years(words: ReportWords) -> Worksheet:
    _, released = words.gettext, words.released
    rows: list[Row] = [
        [
            words.figure(now.figure),
            before.value,
            now.value,
            words.unit(now.unit),
            now.companies,
            words.rule(now.rule if not now.is_shown else before.rule),
        ]
        for before, now in (released.matched.values() if released else ())
    ]
    heads = (
        _("Kennzahl"),
        str(words.year - 1),
        str(words.year),
        _("Einheit"),
        _("aus Unternehmen"),
        _("Regel"),
    )
    return Worksheet(_("Zwei Jahre"), heads, rows)


def _coverage(words: ReportWords) -> Worksheet:
    _, released = words.gettext, words.released
    rows = [_covered(words, it) for it in (released.coverage if released else ())]
    heads = (
        _("Kennzahl"),
        _("Anzahl Unternehmen"),
        _("berichtet"),
        _("erklärt"),
        _("fehlt"),
        _("vergleichbar"),
    )
    return Worksheet(_("Wer was angibt"), heads, rows)


def _covered(words: ReportWords, coverage: FigureCoverage) -> Row:
    shown = shown_coverage(coverage, words.content.rules.sum_companies)
    parts = (
        each.count if each.is_exact else words.shown_count(each) for each in (shown.explained, shown.missing)
    )
    return [words.figure(coverage.figure), coverage.members, coverage.reported, *parts, coverage.comparable]


def _few(words: ReportWords) -> str:
    return words.shown_count(FEW)


def _measures(words: ReportWords) -> Worksheet:
    _ = words.gettext
    heads = (
        _("Aufteilung"),
        _("Gruppe"),
        _("Anzahl Unternehmen"),
        _("Maßnahmen"),
        _("Ersparnis"),
        _("Wert"),
        _("Einheit"),
        _("Regel"),
    )
    return Worksheet(_("Maßnahmen"), heads, [*_goal_rows(words), *_saving_rows(words)])


def _goal_rows(words: ReportWords) -> Iterator[Row]:
    goal = words.content.goal
    for saving in Saving:
        amount = goal.amount(saving) if goal else None
        if goal and amount is not None:
            ends = words.gettext("bis %(until)s") % {"until": goal.until_year}
            unit = words.unit(UNITS[saving])
            yield [words.gettext("Ziel"), ends, None, None, words.saving(saving), amount, unit, ""]


def _saving_rows(words: ReportWords) -> Iterator[Row]:
    _, saved = words.gettext, words.content.saved
    if saved is None:
        return
    progress = saved.progress
    parts = [
        (_("Alle"), _("bis %(until)s") % {"until": progress.until_year}, progress.total),
        *((_("Stand"), state_name(words, each.states), each.part) for each in ordered_states(progress)),
        *((_("Art"), words.kind(each.kind), each.part) for each in progress.kinds),
    ]
    for split, name, part in parts:
        for saving, found in part.sums.items():
            yield [
                split,
                name,
                found.companies,
                part.measures,
                words.saving(saving),
                found.value,
                words.unit(UNITS[saving]),
                words.rule(found.rule),
            ]


def _rules(words: ReportWords) -> Worksheet:
    _ = words.gettext
    rules = words.content.rules
    rows: list[Row] = [
        [each.title.to(words.words.language), each.text.to(words.words.language)]
        for each in rules.explanations.values()
    ]
    return Worksheet(_("Regeln"), (_("Regel"), _("Was sie sagt")), rows, wrapped=(1,))
