"""Writes the chapter on who takes part: sectors, sizes, stages, and how far the criteria are."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from dnk_tool.catalogue.standard.model import Area
from dnk_tool.domain.aggregates.participation import LEAST_COMPANIES, MemberGroup, Participation
from dnk_tool.domain.answers.completeness import SectionProgress
from dnk_tool.domain.clusters.cockpit import MemberStage
from dnk_tool.domain.organisation import CompanySize
from dnk_tool.labels import label
from dnk_tool.report.text.spoken import sentences
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.charts.bar_chart import chart_style
from dnk_tool.report.view.charts.svg import StackedBar, stacked_bars
from dnk_tool.report.view.cluster.model import ReportChapter, ReportGroup
from dnk_tool.report.view.cluster.words import ReportWords
from dnk_tool.report.view.parts import ChartView, PrintedTable

ProgressCounts = Mapping[SectionProgress, int]
_COLUMNS = (
    SectionProgress.ANSWERED,
    SectionProgress.EXPLAINED,
    SectionProgress.IN_PROGRESS,
    SectionProgress.OPEN,
)


def participation_chapter(words: ReportWords) -> ReportChapter:
    """The chapter on who takes part and how far they are."""
    _ = words.gettext
    groups = (_groups_of_members(words), _stages(words), _criteria(words))
    return ReportChapter(
        "teilnahme",
        _("Wer mitmacht und wie weit wir sind"),
        tuple(group for group in groups if group),
        lead=_(
            "Gezählt sind Unternehmen und wie weit ihre Erklärungen sind. Was sie darin angeben, zählt hier "
            "nicht."
        ),
    )


def _groups_of_members(words: ReportWords) -> ReportGroup:
    _, known = words.gettext, words.content.participation
    if not known.members:
        return ReportGroup("")
    tables = (
        _table(words, _("Teilnahme nach Branche"), _("Branche"), known.sectors, words.section),
        _table(words, _("Teilnahme nach Größe"), _("Größe"), known.sizes, lambda key: _size(key, words)),
    )
    note = _(
        "Gruppen mit weniger als %(least)s Unternehmen sind mit denen zusammengefasst, die ihre Branche "
        "oder Größe nicht zeigen. Fertig heißt: Die Erklärung ist abgeschlossen. Eingereicht heißt: Sie "
        "liegt beim Cluster zur Prüfung oder ist freigegeben."
    )
    return ReportGroup(_("Branchen und Größen"), tables=tables, notes=(note % {"least": LEAST_COMPANIES},))


def _table(
    words: ReportWords, caption: str, head: str, groups: tuple[MemberGroup, ...], name: Callable[[str], str]
) -> PrintedTable:
    _, known = words.gettext, words.content.participation
    rows = [(name(group.key), *_counts(words, group)) for group in groups]
    rows.append((_("Alle"), *_counts(words, known)))
    table = words.table(caption, (head, _("dabei"), _("fertig"), _("eingereicht")), rows, (1, 2, 3))
    return replace(table, has_total=True)


def _counts(words: ReportWords, counted: MemberGroup | Participation) -> tuple[str, str, str]:
    return words.count(counted.members), words.count(counted.finished), words.count(counted.submitted)


def _size(key: str, words: ReportWords) -> str:
    return label(CompanySize(key), words.words.language) if key else words.section("")


def _stages(words: ReportWords) -> ReportGroup:
    _, known = words.gettext, words.content.participation
    rows = [
        (label(stage, words.words.language), words.count(known.stages[stage]))
        for stage in MemberStage
        if known.stages.get(stage)
    ]
    if not rows:
        return ReportGroup("")
    table = words.table(_("Unternehmen nach Stand"), (_("Stand"), _("Anzahl Unternehmen")), rows, (1,))
    return ReportGroup(_("Stand der Erklärungen"), tables=(table,))


def _criteria(words: ReportWords) -> ReportGroup:
    _, known = words.gettext, words.content.participation
    counted = [
        (area, progress)
        for area in words.catalogue.areas
        if (progress := known.areas.get(area.key)) and sum(progress.values())
    ]
    if not counted:
        return ReportGroup("")
    rows = [
        (
            _area_name(area, words),
            *(words.share(progress.get(each, 0), sum(progress.values())) for each in _COLUMNS),
        )
        for area, progress in counted
    ]
    heads = (_("Teil"), _("berichtet"), _("erklärt"), _("in Arbeit"), _("offen"))
    table = words.table(_("Kriterien nach Teil, Anteile"), heads, rows, (1, 2, 3, 4))
    note = _(
        "Anteile an allen Kriterien aller %(members)s Unternehmen. Erklärt heißt: Das Unternehmen sagt, "
        "warum es dazu nichts berichtet. Das ist nach dem DNK erlaubt, ist aber keine Zahl und steht "
        "deshalb für sich."
    )
    return ReportGroup(
        _("Kriterien nach Teil"),
        charts=(_chart(words, rows, counted),),
        tables=(table,),
        notes=(note % {"members": words.count(known.members)},),
    )


def _chart(
    words: ReportWords, rows: Sequence[tuple[str, ...]], counted: Sequence[tuple[Area, ProgressCounts]]
) -> ChartView:
    """A bar for each area: reported, explained, and what is not done yet."""
    _ = words.gettext
    title = _("Anteil der berichteten und erklärten Kriterien")
    bars = [
        StackedBar(row[0], tuple(_parts(progress)), row[1])
        for row, (_area, progress) in zip(rows, counted, strict=True)
    ]
    said = [
        _("%(part)s: %(reported)s berichtet, %(explained)s erklärt")
        % {"part": row[0], "reported": row[1], "explained": row[2]}
        for row in rows
    ]
    legend = (_("berichtet"), _("erklärt"), _("noch nicht fertig"))
    style = chart_style(words.words, is_wide=True)
    return ChartView(title, stacked_bars(sentences([title, *said]), bars, legend, style))


def _parts(progress: ProgressCounts) -> Iterator[Decimal]:
    yield Decimal(progress.get(SectionProgress.ANSWERED, 0))
    yield Decimal(progress.get(SectionProgress.EXPLAINED, 0))
    unfinished = (SectionProgress.IN_PROGRESS, SectionProgress.OPEN)
    yield Decimal(sum(progress.get(each, 0) for each in unfinished))


def _area_name(area: Area, words: ReportWords) -> str:
    first, last = min(area.criteria), max(area.criteria)
    return f"{words.words.catalogue_text(area.title)},{NO_BREAK}{first}–{last}"
