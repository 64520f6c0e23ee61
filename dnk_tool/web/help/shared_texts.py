"""Searches what everybody has the same: criteria, help, terms, kinds of bills, and sectors."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from flask import url_for

from dnk_tool.catalogue import Aspect, Criterion, Requirement, Section, load_catalogue, selection_for
from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.help_topics import load_help
from dnk_tool.catalogue.presentation import load_presentation
from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.catalogue.years import in_year
from dnk_tool.domain.permissions import Permission, can_read
from dnk_tool.domain.text_search import TextQuery
from dnk_tool.language import Language
from dnk_tool.report.view.glossary import term_anchor
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.declarations.gaps import section_url
from dnk_tool.web.declarations.settings import CURRENT_EDITION
from dnk_tool.web.figures.bills.others import activity_link
from dnk_tool.web.help.hits import Hit, fitting
from dnk_tool.web.help.places import OwnPlaces, subject_of
from dnk_tool.web.http.access import current_actor
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.answers import requirement_title
from dnk_tool.web.text.sectors import matching_sectors

MOST_SECTORS = 3


@dataclass(frozen=True, slots=True)
class PointText:
    """The words of a section, or of one of its requirements (`ref`)."""

    section: Section
    ref: str
    title: str
    texts: tuple[str, ...]


def criteria_hits(query: TextQuery, places: OwnPlaces) -> list[Hit]:
    """Criteria, points and their help; they lead to the person's latest declaration, else to the list."""
    declaration = next(iter(places.declarations), None)
    if declaration is None:
        edition, indicator_set, options = CURRENT_EDITION, "", frozenset[str]()
        year = datetime.now(UTC).year - 1
    else:
        edition, indicator_set = declaration.edition, declaration.indicator_set
        year = declaration.reporting_year
        options = frozenset(declaration.options)
    points = _points(edition, indicator_set, options, current_language(), year)
    # Addresses are made for hits alone: they cost more than looking.
    matching = (point for point in points if query.fits(point.title, *point.texts))
    return fitting(query, (hit for point in matching if (hit := _point_hit(point, declaration)) is not None))


def help_hits(query: TextQuery) -> list[Hit]:
    """The topics of the help pages."""
    language = current_language()
    return fitting(
        query,
        (
            Hit(
                topic.title.to(language),
                url_for("help.topic", topic_key=topic.key),
                tuple(text.to(language) for text in (topic.summary, *topic.text)),
                role.title.to(language),
            )
            for role in load_help()
            for topic in role.topics
        ),
    )


def term_hits(query: TextQuery) -> list[Hit]:
    """The terms of the glossary."""
    language = current_language()
    return fitting(
        query,
        (
            Hit(
                term.name.to(language),
                url_for("help.glossary", _anchor=term_anchor(term)),
                (term.meaning.to(language),),
            )
            for term in load_presentation(CURRENT_EDITION).glossary
        ),
    )


def bill_hits(query: TextQuery, places: OwnPlaces) -> list[Hit]:
    """The kinds of bills and lists, also by what else people call them, for those who may enter them."""
    declaration = places.first_declaration(Permission.DECLARATION_EDIT)
    if declaration is None:
        return []
    language = current_language()
    hits = []
    for calculator in load_calculators().values():
        for activity in calculator.activities:
            other_words = ", ".join(word.to(language) for word in activity.words)
            texts = tuple(text for text in (activity.hint.to(language), other_words) if text)
            if query.fits(activity.label.to(language), *texts):
                link = activity_link(calculator, activity, declaration)
                hits.append(Hit(link.title, link.href, texts, link.place))
    return fitting(query, hits)


def sector_hits(query: TextQuery, typed: str, places: OwnPlaces) -> list[Hit]:
    """The sectors that fit best, which lead to the profile of a company that the person may change."""
    declaration = places.first_declaration(Permission.ORGANISATION_EDIT)
    if declaration is None:
        return []
    language, classes = current_language(), load_sectors().current.classes
    href = url_for("profile.edit", organisation_id=declaration.organisation_id, _anchor="sector")
    hits = (
        Hit(
            f"{sector.code} {sector.label.to(language)}",
            href,
            (", ".join(classes[sector.code].words),) if sector.code in classes else (),
        )
        for sector in matching_sectors(typed)
    )
    return fitting(query, hits)[:MOST_SECTORS]


def _point_hit(point: PointText, declaration: Declaration | None) -> Hit | None:
    """The point where the person may see it; None elsewhere."""
    section, where = point.section, point.section.title.to(current_language())
    if declaration is None:
        if not isinstance(section, Criterion):
            return None
        href = url_for("help.criteria", _anchor=f"kriterium-{section.number}")
    elif can_read(Permission.SECTION_VIEW, current_actor(), subject_of(declaration, section.ref)):
        href = section_url(declaration, section, point.ref)
        if not point.ref:
            href = href.partition("#")[0]
    else:
        return None
    return Hit(point.title, href, point.texts, where if point.ref else "")


@lru_cache(maxsize=16)
def _points(
    edition: str, indicator_set: str, options: frozenset[str], language: Language, year: int
) -> tuple[PointText, ...]:
    first_set = load_catalogue(edition).indicator_sets[0].key
    selection = selection_for(edition, indicator_set or first_set, options)
    return tuple(point for section in selection.sections for point in _points_of(section, language, year))


def _points_of(section: Section, language: Language, year: int) -> Iterable[PointText]:
    title = section.title.to(language)
    numbered = f"{section.number} {title}" if isinstance(section, Criterion) else title
    asks = tuple(text.to(language) for text in (section.asks, section.why) if text.to(language))
    yield PointText(section, "", numbered, asks)
    for requirement in section.all_requirements:
        texts = tuple(in_year(text, year) for text in _texts_of(requirement, language))
        yield PointText(section, requirement.ref, requirement_title(requirement, language), texts)


def _texts_of(requirement: Requirement, language: Language) -> Iterable[str]:
    texts = [requirement.hint]
    for item in requirement.items:
        texts += [item.hint] if item.label == requirement.title else [item.label, item.hint]
    if isinstance(requirement, Aspect):
        texts += [*requirement.belongs, *requirement.where, requirement.example]
    for text in texts:
        if text.to(language):
            yield text.to(language)
    for explanation in requirement.explanations:
        yield f"{explanation.term.to(language)}: {explanation.text.to(language)}"
