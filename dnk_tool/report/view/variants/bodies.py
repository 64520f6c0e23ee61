"""Builds the body of each variant, all between cover and imprint; the internal one with measures and gaps."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from dnk_tool.catalogue.standard.model import Indicator, Requirement
from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.answers.self_assessment import Assessment, Measure, criteria_without_measures
from dnk_tool.domain.declarations.annex import ListedEvidence
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import format_long_date
from dnk_tool.report.text.marked_text import without_signs
from dnk_tool.report.text.spoken import NO_VALUE
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.annex import NO_ANNEX, AnnexView, annex_view, evidence_target_label
from dnk_tool.report.view.at_a_glance import glance
from dnk_tool.report.view.back_matter import count_rows, index_rows, rating_groups
from dnk_tool.report.view.chapters import document_parts, section_parts
from dnk_tool.report.view.context import EXPLAINED, OPEN, RenderContext
from dnk_tool.report.view.edition import ExportOptions, Variant
from dnk_tool.report.view.figures.calculations import line_name
from dnk_tool.report.view.figures.company_tables import lay_out_table, row_cells
from dnk_tool.report.view.figures.field_tables import quality_label
from dnk_tool.report.view.figures.status import figure_label, value_with_unit
from dnk_tool.report.view.foreword import foreword_view, lead_only
from dnk_tool.report.view.general_information import general_view
from dnk_tool.report.view.model import CountRow, DocumentPart, IndexRow, Issue, RatingGroup
from dnk_tool.report.view.parts import (
    NO_FOREWORD,
    NO_GENERAL,
    NO_GLANCE,
    DigestGroup,
    DigestSection,
    ForewordView,
    GeneralView,
    GlanceView,
    PrintedTable,
    TableCell,
)
from dnk_tool.report.view.variants.short import short_digests, truncate_words

LONGEST_REASON = 400  # characters


def internal_digests(source: RenderContext, today: date) -> tuple[DigestSection, ...]:
    """The sections of the internal version, without empty ones; measures due before `today` are marked."""
    sections = (_measures(source, today), _open_requirements(source), _figures(source), _evidence(source))
    return tuple(section for section in sections if section.groups)


def _assessments(source: RenderContext) -> dict[int, Assessment]:
    return dict(source.document.internal_assessments or source.document.assessments or {})


def _measures(source: RenderContext, today: date) -> DigestSection:
    words, assessments = source.words, _assessments(source)
    _ = words.gettext
    planned = [(measure, number) for number, each in assessments.items() for measure in each.measures]
    planned.sort(key=lambda pair: (pair[0].due or date.max, pair[1]))
    rows = tuple(
        row_cells(_measure_row(measure, number, today, source), ours=frozenset({0, 3}))
        for measure, number in planned
    )
    heads = row_cells((_("bis"), _("Maßnahme"), _("Zuständig"), _("Kriterium")))
    groups = [DigestGroup(tables=(lay_out_table(_("Nach Termin"), heads, rows),))] if rows else []
    titles = {
        criterion.number: words.catalogue_text(criterion.title)
        for criterion in source.document.selection.criteria
    }
    weak = [
        f"{number}{NO_BREAK}{titles[number]}"
        for number in criteria_without_measures(assessments)
        if number in titles
    ]
    if weak:
        note = _("Schwach eingeschätzt und noch ohne Maßnahme: %(criteria)s")
        groups.append(DigestGroup(note=note % {"criteria": "; ".join(weak)}))
    return DigestSection(
        "massnahmen",
        _("Maßnahmen"),
        _("Was sich das Unternehmen vorgenommen hat, nach Termin geordnet."),
        tuple(groups),
    )


def _measure_row(measure: Measure, number: int, today: date, source: RenderContext) -> tuple[str, ...]:
    words = source.words
    due = format_long_date(measure.due, words.language) if measure.due else _no_due_date_label(source)
    if measure.due and measure.due < today:
        due = words.gettext("%(day)s (vorbei)") % {"day": due}
    return (
        due,
        words.printable_text(measure.text),
        words.printable_text(measure.owner) or NO_VALUE,
        str(number),
    )


def _no_due_date_label(source: RenderContext) -> str:
    return source.words.gettext("ohne Termin")


def _open_requirements(source: RenderContext) -> DigestSection:
    words = source.words
    _ = words.gettext
    groups = []
    if rows := tuple(_open_rows(source)):
        heads = row_cells((_("Abschnitt"), _("Es fehlt noch")))
        groups.append(DigestGroup(tables=(lay_out_table(_("Noch offen"), heads, rows),)))
    asked = [
        requirement for part in source.document.selection.sections for requirement in part.all_requirements
    ]
    explained = [requirement for requirement in asked if source.status(requirement) == EXPLAINED]
    if explained:
        heads = row_cells((_("Angabe"), _("Begründung")))
        rows = tuple(
            row_cells(
                (_requirement_title(requirement, source), _explanation_text(requirement, source)),
                ours=frozenset({0}),
            )
            for requirement in explained
        )
        groups.append(DigestGroup(tables=(lay_out_table(_("Begründet statt berichtet"), heads, rows),)))
    return DigestSection(
        "offenes",
        _("Was noch offen ist"),
        _("Was bis zur Fertigstellung fehlt, und was das Unternehmen begründet, statt zu berichten."),
        tuple(groups),
    )


def _open_rows(source: RenderContext) -> Iterator[tuple[TableCell, ...]]:
    for section in source.document.selection.sections:
        missing = [
            requirement for requirement in section.all_requirements if source.status(requirement) == OPEN
        ]
        if missing:
            number = getattr(section, "number", "")
            title = f"{number}{NO_BREAK if number else ''}{source.words.catalogue_text(section.title)}"
            yield row_cells(
                (title, "\n".join(_requirement_title(requirement, source) for requirement in missing)),
                ours=frozenset({0, 1}),
            )


def _requirement_title(requirement: Requirement, source: RenderContext) -> str:
    code = requirement.code if isinstance(requirement, Indicator) else requirement.ref
    title = source.words.catalogue_text(requirement.title)
    return title if code.startswith("general.") else f"{code}{NO_BREAK}{title}"


def _explanation_text(requirement: Requirement, source: RenderContext) -> str:
    words, answer = source.words, without_signs(source.sheet.answer(requirement.ref))
    chosen = words.choice(source.document.selection.catalogue.reasons, answer.reason) if answer.reason else ""
    said = words.printable_text(truncate_words(answer.explanation, LONGEST_REASON))
    return " – ".join(part for part in (chosen, said) if part) or NO_VALUE


def _figures(source: RenderContext) -> DigestSection:
    _ = source.words.gettext
    rows = [_figure_row(key, figure, source) for key, figure in _documented_figures(source)]
    heads = (_("Kennzahl"), _("Wert"), _("Herkunft"), _("Quelle"), _("Zuständig"), _("Anmerkung"))
    used = [place for place in range(len(heads)) if place < 3 or any(row[place] for row in rows)]
    table = tuple(
        row_cells(tuple(row[at] or NO_VALUE for at in used), frozenset({1}), frozenset({0, 1, 2}))
        for row in rows
    )
    shown = row_cells(tuple(heads[at] for at in used), frozenset({1}))
    year = source.document.reporting_year
    caption = _("Kennzahlen %(year)s") % {"year": year}
    groups = [DigestGroup(tables=(lay_out_table(caption, shown, table),))] if rows else []
    groups += [DigestGroup(tables=(note,)) for note in _notes(source)]
    return DigestSection(
        "herkunft",
        _("Woher die Zahlen kommen"),
        _("Quelle und Zuständigkeit jeder Kennzahl, wie sie im Unternehmen notiert sind."),
        tuple(groups),
    )


def _documented_figures(source: RenderContext) -> Iterator[tuple[str, Figure]]:
    """The reporting year's figures that are stated or have a source or person, in the catalogue's order."""
    figures = source.sheet.figures
    for key in source.document.selection.catalogue.datapoints:
        figure = figures.get(key)
        if figure and (figure.is_stated or figure.source or figure.responsible):
            yield key, figure


def _figure_row(key: str, figure: Figure, source: RenderContext) -> tuple[str, ...]:
    words, point = source.words, source.document.selection.catalogue.datapoints[key]
    value = figure.readable
    shown = value_with_unit(Quantity(value.value, value.unit), point, source) if value else ""
    return (
        figure_label(key, source),
        shown,
        quality_label(figure, words),
        words.printable_text(figure.source),
        words.printable_text(figure.responsible),
        words.printable_text(figure.note),
    )


def _notes(source: RenderContext) -> Iterator[PrintedTable]:
    """The notes on calculator lines as one table; nothing if there are none."""
    words = source.words
    _ = words.gettext
    noted = [calculation for calculation in source.document.annex.calculations if calculation.note]
    if noted:
        rows = tuple(
            row_cells((line_name(calculation, words), words.printable_text(calculation.note)))
            for calculation in noted
        )
        heads = row_cells((_("Zeile"), _("Anmerkung")))
        yield lay_out_table(_("Anmerkungen zu den Zeilen der Rechner"), heads, rows)


def _evidence(source: RenderContext) -> DigestSection:
    words = source.words
    _ = words.gettext
    heads = row_cells((_("Beleg"), _("Gehört zu"), _("Wer ihn sieht")))
    rows = tuple(
        row_cells(
            (
                words.printable_text(evidence.title or evidence.name),
                _targets_text(evidence, source),
                _audience_label(evidence, source),
            ),
            ours=frozenset({1, 2}),
        )
        for evidence in source.document.annex.evidence
        if evidence.title or evidence.name
    )
    groups = (DigestGroup(tables=(lay_out_table(_("Liste der Belege"), heads, rows),)),) if rows else ()
    return DigestSection(
        "belege",
        _("Belege"),
        _("Alle Belege des Unternehmens zu dieser Erklärung, auch die, von denen sonst niemand erfährt."),
        groups,
    )


def _targets_text(listed_evidence: ListedEvidence, source: RenderContext) -> str:
    return "; ".join(evidence_target_label(key, source) for key in listed_evidence.belongs_to)


def _audience_label(listed_evidence: ListedEvidence, source: RenderContext) -> str:
    _ = source.words.gettext
    seen = (
        (listed_evidence.is_listed, _("in der Liste der Belege")),
        (listed_evidence.is_for_review, _("für Prüfende")),
    )
    return ", ".join(label for is_so, label in seen if is_so) or _("nur im Unternehmen")


@dataclass(frozen=True, slots=True)
class Body:
    """All between cover and imprint; parts that a variant leaves out are empty."""

    foreword: ForewordView = NO_FOREWORD
    glance: GlanceView = NO_GLANCE
    general: GeneralView = NO_GENERAL
    counts: tuple[CountRow, ...] = ()
    parts: tuple[DocumentPart, ...] = ()
    ratings: tuple[RatingGroup, ...] = ()
    index: tuple[IndexRow, ...] = ()
    annex: AnnexView = NO_ANNEX
    digests: tuple[DigestSection, ...] = ()

    @property
    def glossary_texts(self) -> tuple[object, ...]:
        """The parts in which terms of the glossary are searched."""
        return (self.foreword, self.glance, self.general, self.parts, self.annex, self.digests)


def body_of(source: RenderContext, issue: Issue, edition: ExportOptions) -> Body:
    """The body of the export's variant; for SECTION empty if there is no such section."""
    return _BODIES[edition.variant](source, issue, edition)


def _full(source: RenderContext, issue: Issue, edition: ExportOptions) -> Body:
    general = general_view(source)
    chapters, ratings = document_parts(source), rating_groups(source)
    annex = annex_view(source)
    replaced = source.words.replaced
    overview = glance(source)
    source.words.replaced = replaced  # it repeats text of the chapters: count its characters once
    return Body(
        foreword=foreword_view(source),
        glance=overview,
        general=general,
        counts=count_rows(source),
        parts=chapters,
        ratings=ratings,
        index=index_rows(source),
        annex=annex,
    )


def _short(source: RenderContext, issue: Issue, edition: ExportOptions) -> Body:
    return Body(
        foreword=lead_only(foreword_view(source)),
        glance=glance(source, is_short=True),
        digests=short_digests(source),
    )


def _internal(source: RenderContext, issue: Issue, edition: ExportOptions) -> Body:
    return Body(
        counts=count_rows(source),
        ratings=rating_groups(source, is_internal=True),
        digests=internal_digests(source, issue.issued_on),
    )


def _section(source: RenderContext, issue: Issue, edition: ExportOptions) -> Body:
    if edition.section == source.document.selection.catalogue.general.ref:
        general, entries = general_view(source), foreword_view(source).entries
        return Body(general=replace(general, texts=(*general.texts, *entries)))
    return Body(parts=section_parts(edition.section, source))


_BODIES: Mapping[Variant, Callable[[RenderContext, Issue, ExportOptions], Body]] = {
    Variant.FULL: _full,
    Variant.SHORT: _short,
    Variant.INTERNAL: _internal,
    Variant.SECTION: _section,
}
