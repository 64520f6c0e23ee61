"""Builds the parts after the chapters: counts, index of indicators, self-assessment and imprint."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from dnk_tool.catalogue.standard.model import (
    Area,
    Criterion,
    IndicatorSet,
    Requirement,
    Succession,
    SuccessionStatus,
)
from dnk_tool.catalogue.values import Standing, Verification
from dnk_tool.domain.answers.self_assessment import Assessment, Measure, Rating
from dnk_tool.domain.declarations.version_code import short_fingerprint
from dnk_tool.labels import label
from dnk_tool.language import format_long_date
from dnk_tool.report.view.assurance import assurance_facts, assurance_statements
from dnk_tool.report.view.context import EXPLAINED, OPEN, REPORTED, RenderContext
from dnk_tool.report.view.model import CountRow, IndexRow, Issue, RatingGroup, RatingRow
from dnk_tool.report.view.parts import LabelledText
from dnk_tool.report.view.requirements import requirement_anchor


def index_rows(source: RenderContext, *, is_printed: bool = True) -> tuple[IndexRow, ...]:
    """Every indicator of the set with its status; `is_printed`: with an anchor, as its chapter is printed."""
    return tuple(
        IndexRow(
            requirement_anchor(indicator) if is_printed else "",
            indicator.code,
            source.words.catalogue_text(indicator.title),
            source.status(indicator),
            source.status_label(indicator),
            _today_label(indicator.succeeded_by, source) if indicator.succeeded_by else "",
        )
        for criterion in source.document.selection.criteria
        if criterion.block
        for indicator in criterion.block.indicators
    )


def _today_label(succession: Succession, source: RenderContext) -> str:
    """What is asked for today, with the year of its standard, as codes are used again: "GRI 2-23 (2021)".

    An asterisk marks what one source alone says.
    """
    _ = source.words.gettext
    mark = "" if succession.verified is Verification.CONFIRMED else "*"
    if not succession.codes:
        return _("zurückgezogen") + mark
    said = f"{_indicator_set(source).abbreviation} {', '.join(succession.codes)} ({succession.edition})"
    if succession.status is SuccessionStatus.WITHDRAWN:
        said = _("zurückgezogen; siehe %(codes)s") % {"codes": said}
    elif succession.since and succession.since > succession.as_of:
        said = _("ab %(year)s: %(codes)s") % {"year": succession.since.year, "codes": said}
    return said + mark


def _indicator_set(source: RenderContext) -> IndicatorSet:
    return source.document.selection.catalogue.indicator_set(source.document.indicator_set)


def index_note(rows: tuple[IndexRow, ...], source: RenderContext) -> str:
    """What to know about the codes of the set, with its day; empty if the rows name no successor."""
    standing = _indicator_set(source).standing
    return _standing_text(standing, source) if standing and any(row.today for row in rows) else ""


def _standing_text(standing: Standing, source: RenderContext) -> str:
    words = source.words
    about = words.gettext("Stand: %(day)s; Quelle: %(source)s.") % {
        "day": format_long_date(standing.as_of, words.language),
        "source": words.catalogue_text(standing.source),
    }
    return f"{words.catalogue_text(standing.text)} {about}"


def count_rows(source: RenderContext) -> tuple[CountRow, ...]:
    """Numbers of aspects and indicators by area and status; the last row is the sum."""
    rows, everything = [], []
    for area, asked in requirements_by_area(source):
        everything += asked
        rows.append(_count_row(area.key, source.words.catalogue_text(area.title), asked, source))
    return (*rows, _count_row("sum", source.words.gettext("Gesamt"), everything, source))


def requirements_by_area(source: RenderContext) -> Iterator[tuple[Area, list[Requirement]]]:
    """The areas, each with the requirements of its criteria."""
    for area in source.document.selection.catalogue.areas:
        criteria = (
            criterion for criterion in source.document.selection.criteria if criterion.area == area.key
        )
        yield area, [requirement for criterion in criteria for requirement in criterion.all_requirements]


def _count_row(key: str, label: str, asked: list[Requirement], source: RenderContext) -> CountRow:
    statuses = [source.status(requirement) for requirement in asked]
    reported, explained, missing = (
        source.words.number(Decimal(statuses.count(status))) for status in (REPORTED, EXPLAINED, OPEN)
    )
    return CountRow(key, label, reported, explained, missing, source.words.number(Decimal(len(asked))))


def rating_groups(source: RenderContext, *, is_internal: bool = False) -> tuple[RatingGroup, ...]:
    """The self-assessment by area; empty unless the company publishes it or the variant is internal."""
    published = source.document.assessments
    assessments = (source.document.internal_assessments or published or {}) if is_internal else published
    if assessments is None:
        return ()
    return tuple(
        RatingGroup(
            area.key,
            source.words.catalogue_text(area.title),
            tuple(
                _rating_row(criterion, assessments, source)
                for criterion in source.document.selection.criteria
                if criterion.number in area.criteria
            ),
        )
        for area in source.document.selection.catalogue.areas
    )


def _rating_row(
    criterion: Criterion, assessments: Mapping[int, Assessment], source: RenderContext
) -> RatingRow:
    own = assessments.get(criterion.number, Assessment())
    return RatingRow(
        number=str(criterion.number),
        title=source.words.catalogue_text(criterion.title),
        level=own.rating.level if own.rating else -1,
        rating=rating_label(own.rating, source),
        measures=tuple(_measure_text(measure, source) for measure in own.measures),
    )


def rating_label(rating: Rating | None, source: RenderContext) -> str:
    """The label of a rating; "not rated" in the view's language for None."""
    words = source.words
    return label(rating, words.language) if rating else words.gettext("nicht eingeschätzt")


def _measure_text(measure: Measure, source: RenderContext) -> str:
    words = source.words
    due = (
        words.gettext("bis %(day)s") % {"day": format_long_date(measure.due, words.language)}
        if measure.due
        else ""
    )
    who = ", ".join(part for part in (words.printable_text(measure.owner), due) if part)
    return f"{words.printable_text(measure.text)} ({who})" if who else words.printable_text(measure.text)


def imprint(source: RenderContext, issue: Issue) -> tuple[LabelledText, ...]:
    """The data of this copy, which tell it from others: publisher, version, date, edition and checksum."""
    words, catalogue = source.words, source.document.selection.catalogue
    _ = words.gettext
    version = _("Entwurf, nicht freigegeben") if issue.is_draft else str(issue.version or "")
    if issue.is_pending:
        version = _("%(version)s, nicht freigegeben") % {"version": version}
    said = (
        (_("Herausgegeben von"), words.printable_text(source.document.organisation.name)),
        (_("Version"), version),
        (_("Datum"), format_long_date(issue.issued_on, words.language)),
        *assurance_facts(words, issue),
        (_("Ausgabe des Standards"), f"{words.catalogue_text(catalogue.title)} ({edition_label(source)})"),
        (_("Prüfsumme des Inhalts (SHA-256)"), short_fingerprint(issue.fingerprint)),
    )
    return tuple(LabelledText(label, words.paragraph(text)) for label, text in said if text)


def edition_label(source: RenderContext) -> str:
    """The edition of the standard by its year, such as "DNK-Fassung 2017"."""
    name, _dash, year = source.document.edition.rpartition("-")
    if not (name and year.isdigit()):
        return source.document.edition
    return source.words.gettext("%(standard)s-Fassung %(year)s") % {"standard": name.upper(), "year": year}


def statements(source: RenderContext, issue: Issue) -> Iterator[str]:
    """Sentences on completeness, assurance, reading of figures and characters that could not be printed."""
    _ = source.words.gettext
    follows = _("Diese Erklärung folgt den 20 Kriterien des Deutschen Nachhaltigkeitskodex (DNK).")
    if source.open_requirements:
        how = _("Die Erklärung ist noch nicht vollständig. Was fehlt, ist als offen gekennzeichnet.")
    else:
        how = _(
            "Zu jedem Aspekt und jedem Leistungsindikator wird berichtet oder begründet, warum nicht "
            "berichtet wird."
        )
    yield f"{follows} {how}"
    selection = source.document.selection
    for option in selection.catalogue.options:
        if option.key in selection.options and option.standing:
            yield f"{source.words.catalogue_text(option.title)}: {_standing_text(option.standing, source)}"
    yield " ".join(assurance_statements(source.words, issue))
    yield _(
        "Zahlen früherer Jahre stehen in der Einheit des Berichtsjahres; wurde ein Wert in einer anderen "
        "angegeben, so steht das dabei. Ein Strich bedeutet, dass keine Angabe vorliegt; er bedeutet nicht "
        "null. Was als „rechnerisch“ gekennzeichnet ist, ergibt sich aus anderen "
        "Angaben. Veränderungen sind nach Umrechnung in dieselbe Einheit gerechnet, die von Prozentwerten in "
        "Prozentpunkten (PP)."
    )
    if source.words.replaced:
        count = source.words.number(Decimal(source.words.replaced))
        yield _(
            "Zeichen, die nicht gedruckt werden konnten: %(count)s. An ihrer Stelle steht, was am nächsten "
            "kommt, sonst ihr Name in eckigen Klammern."
        ) % {"count": count}
