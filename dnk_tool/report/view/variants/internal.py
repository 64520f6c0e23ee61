"""What a print for the company alone holds: measures, what is open, where figures come from, evidence."""

from collections.abc import Iterator
from datetime import date

from dnk_tool.catalogue.standard.model import Indicator, Requirement
from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.answers.self_assessment import Assessment, Measure, gaps
from dnk_tool.domain.declarations.annex import ListedEvidence
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import day
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.annex import belonging
from dnk_tool.report.view.figures.calculations import line_name
from dnk_tool.report.view.figures.company_tables import cells, laid_out
from dnk_tool.report.view.figures.field_tables import NO_VALUE, quality_label
from dnk_tool.report.view.figures.status import label_of, worded
from dnk_tool.report.view.parts import Digest, Group, TableCell, TableView
from dnk_tool.report.view.requirements import EXPLAINED, OPEN, Source
from dnk_tool.report.view.variants.short import shortened

LONGEST_REASON = 400  # characters


def internal_digests(source: Source, today: date) -> tuple[Digest, ...]:
    """The sections of the print for the company alone; one without content is left out."""
    found = (_measures(source, today), _open(source), _figures(source), _evidence(source))
    return tuple(one for one in found if one.groups)


def _assessments(source: Source) -> dict[int, Assessment]:
    return dict(source.document.inside or source.document.assessments or {})


def _measures(source: Source, today: date) -> Digest:
    words, assessments = source.words, _assessments(source)
    _ = words.gettext
    planned = [(one, number) for number, each in assessments.items() for one in each.measures]
    planned.sort(key=lambda pair: (pair[0].due or date.max, pair[1]))
    rows = tuple(
        cells(_measure_row(one, number, today, source), ours=frozenset({0, 3})) for one, number in planned
    )
    heads = cells((_("bis"), _("Maßnahme"), _("Zuständig"), _("Kriterium")))
    groups = [Group(tables=(laid_out(_("Nach Termin"), heads, rows),))] if rows else []
    titles = {one.number: words.of(one.title) for one in source.document.selection.criteria}
    weak = [f"{number}{NO_BREAK}{titles[number]}" for number in gaps(assessments) if number in titles]
    if weak:
        note = _("Schwach eingeschätzt und noch ohne Maßnahme: %(criteria)s")
        groups.append(Group(note=note % {"criteria": "; ".join(weak)}))
    return Digest(
        "massnahmen",
        _("Maßnahmen"),
        _("Was sich das Unternehmen vorgenommen hat, nach Termin geordnet."),
        tuple(groups),
    )


def _measure_row(measure: Measure, number: int, today: date, source: Source) -> tuple[str, ...]:
    words = source.words
    due = day(measure.due, words.language) if measure.due else _undated(source)
    if measure.due and measure.due < today:
        due = words.gettext("%(day)s (vorbei)") % {"day": due}
    return due, words.said(measure.text), words.said(measure.owner) or NO_VALUE, str(number)


def _undated(source: Source) -> str:
    return source.words.gettext("ohne Termin")


def _open(source: Source) -> Digest:
    words = source.words
    _ = words.gettext
    groups = []
    if rows := tuple(_open_rows(source)):
        heads = cells((_("Abschnitt"), _("Es fehlt noch")))
        groups.append(Group(tables=(laid_out(_("Noch offen"), heads, rows),)))
    asked = [one for part in source.document.selection.sections for one in part.all_requirements]
    explained = [one for one in asked if source.status(one) == EXPLAINED]
    if explained:
        heads = cells((_("Angabe"), _("Begründung")))
        rows = tuple(
            cells((_called(one, source), _explained(one, source)), ours=frozenset({0})) for one in explained
        )
        groups.append(Group(tables=(laid_out(_("Begründet statt berichtet"), heads, rows),)))
    return Digest(
        "offenes",
        _("Was noch offen ist"),
        _("Was bis zur Fertigstellung fehlt, und was das Unternehmen begründet, statt zu berichten."),
        tuple(groups),
    )


def _open_rows(source: Source) -> Iterator[tuple[TableCell, ...]]:
    for section in source.document.selection.sections:
        missing = [one for one in section.all_requirements if source.status(one) == OPEN]
        if missing:
            number = getattr(section, "number", "")
            title = f"{number}{NO_BREAK if number else ''}{source.words.of(section.title)}"
            yield cells((title, "\n".join(_called(one, source) for one in missing)), ours=frozenset({0, 1}))


def _called(requirement: Requirement, source: Source) -> str:
    code = requirement.code if isinstance(requirement, Indicator) else requirement.ref
    title = source.words.of(requirement.title)
    return title if code.startswith("general.") else f"{code}{NO_BREAK}{title}"


def _explained(requirement: Requirement, source: Source) -> str:
    words, answer = source.words, source.sheet.answer(requirement.ref)
    chosen = words.choice(source.document.selection.catalogue.reasons, answer.reason) if answer.reason else ""
    said = words.said(shortened(answer.explanation, LONGEST_REASON))
    return " – ".join(one for one in (chosen, said) if one) or NO_VALUE


def _figures(source: Source) -> Digest:
    _ = source.words.gettext
    rows = [_figure_row(key, one, source) for key, one in _known_figures(source)]
    heads = (_("Kennzahl"), _("Wert"), _("Herkunft"), _("Quelle"), _("Zuständig"), _("Anmerkung"))
    used = [place for place in range(len(heads)) if place < 3 or any(row[place] for row in rows)]
    table = tuple(
        cells(tuple(row[at] or NO_VALUE for at in used), frozenset({1}), frozenset({0, 1, 2})) for row in rows
    )
    shown = cells(tuple(heads[at] for at in used), frozenset({1}))
    year = source.document.reporting_year
    caption = _("Kennzahlen %(year)s") % {"year": year}
    groups = [Group(tables=(laid_out(caption, shown, table),))] if rows else []
    groups += [Group(tables=(one,)) for one in _notes(source)]
    return Digest(
        "herkunft",
        _("Woher die Zahlen kommen"),
        _("Quelle und Zuständigkeit jeder Kennzahl, wie sie im Unternehmen notiert sind."),
        tuple(groups),
    )


def _known_figures(source: Source) -> Iterator[tuple[str, Figure]]:
    """The figures of the reporting year of which anything is noted, in the order of the catalogue."""
    figures = source.sheet.figures
    for key in source.document.selection.catalogue.datapoints:
        figure = figures.get(key)
        if figure and (figure.is_stated or figure.source or figure.responsible):
            yield key, figure


def _figure_row(key: str, figure: Figure, source: Source) -> tuple[str, ...]:
    words, point = source.words, source.document.selection.catalogue.datapoints[key]
    value = figure.readable
    shown = worded(Quantity(value.value, value.unit), point, source) if value else ""
    return (
        label_of(key, source),
        shown,
        quality_label(figure.quality, words),
        words.said(figure.source),
        words.said(figure.responsible),
        words.said(figure.note),
    )


def _notes(source: Source) -> Iterator[TableView]:
    """What people noted beside lines of calculators."""
    words = source.words
    _ = words.gettext
    noted = [one for one in source.document.annex.calculations if one.note]
    if noted:
        rows = tuple(cells((line_name(one, words), words.said(one.note))) for one in noted)
        heads = cells((_("Zeile"), _("Anmerkung")))
        yield laid_out(_("Anmerkungen zu den Zeilen der Rechner"), heads, rows)


def _evidence(source: Source) -> Digest:
    words = source.words
    _ = words.gettext
    heads = cells((_("Beleg"), _("Gehört zu"), _("Wer ihn sieht")))
    rows = tuple(
        cells(
            (words.said(one.title or one.name), _belongs(one, source), _seen_by(one, source)),
            ours=frozenset({1, 2}),
        )
        for one in source.document.annex.evidence
        if one.title or one.name
    )
    groups = (Group(tables=(laid_out(_("Liste der Belege"), heads, rows),)),) if rows else ()
    return Digest(
        "belege",
        _("Belege"),
        _("Alle Belege des Unternehmens zu dieser Erklärung, auch die, von denen sonst niemand erfährt."),
        groups,
    )


def _belongs(one: ListedEvidence, source: Source) -> str:
    return "; ".join(belonging(key, source) for key in one.belongs_to)


def _seen_by(one: ListedEvidence, source: Source) -> str:
    _ = source.words.gettext
    seen = ((one.is_listed, _("in der Liste der Belege")), (one.is_for_review, _("für Prüfende")))
    return ", ".join(label for is_so, label in seen if is_so) or _("nur im Unternehmen")
