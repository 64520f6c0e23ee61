"""Searches what a person's companies have written and measured, as far as the person may see it."""

from collections.abc import Iterator

from flask import url_for

from dnk_tool.catalogue import Selection
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain.answers.answer import Disclosure
from dnk_tool.domain.permissions import Permission, can_read
from dnk_tool.domain.text_search import TextQuery, like_pattern
from dnk_tool.store.answers import word_matches
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.answers import AnswerRow
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import FigureRow
from dnk_tool.web.declarations.gaps import section_url
from dnk_tool.web.help.hits import Hit, fitting
from dnk_tool.web.help.places import OwnPlaces, subject_of
from dnk_tool.web.http.access import current_actor
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.answers import answer_text, requirement_title
from dnk_tool.web.text.quantities import QuantityFormatter


def answer_hits(query: TextQuery, places: OwnPlaces) -> tuple[list[Hit], bool]:
    """Answers with the words, latest year first; of a contributor's company only their own sections.

    And whether there were too many to look at all.
    """
    by_id = {declaration.id: declaration for declaration in places.declarations}
    if not by_id:
        return [], False
    rows = word_matches.answers_like(db(), by_id.keys(), [like_pattern(word) for word in query.words])
    ordered = sorted(rows, key=lambda row: _place(row, by_id[row.declaration_id]))
    hits = (_answer_hit(row, by_id[row.declaration_id]) for row in ordered)
    own = fitting(query, (hit for hit in hits if hit and any(map(query.count, hit.texts))))
    return own, len(rows) >= word_matches.MOST_ROWS


def figure_hits(query: TextQuery, places: OwnPlaces) -> tuple[list[Hit], bool]:
    """Figures with the words in their name, note or source, of years that have a declaration.

    And whether there were too many to look at all.
    """
    if not places.declarations:
        return [], False
    by_year = {(each.organisation_id, each.reporting_year): each for each in places.declarations}
    language, known = current_language(), _datapoints(places)
    named = [key for key, point in known.items() if query.count(point.label.to(language))]
    rows = word_matches.figures_like(
        db(),
        {each.organisation_id for each in places.declarations},
        [like_pattern(word) for word in query.words],
        named,
    )
    ordered = sorted(rows, key=lambda row: -row.year)
    hits = (_figure_hit(row, by_year.get((row.organisation_id, row.year))) for row in ordered)
    return fitting(query, (hit for hit in hits if hit)), len(rows) >= word_matches.MOST_ROWS


def _place(row: AnswerRow, declaration: Declaration) -> tuple[int, int]:
    """The latest year comes first, and within it what the wizard asks first."""
    refs = list(declarations.selection_of(declaration).section_of)
    return -declaration.reporting_year, refs.index(row.ref) if row.ref in refs else 0


def _answer_hit(row: AnswerRow, declaration: Declaration) -> Hit | None:
    selection, language = declarations.selection_of(declaration), current_language()
    section = selection.section_of.get(row.ref)
    if section is None or not _may_view(declaration, section.ref):
        return None
    requirement = next(
        each
        for each in section.all_requirements
        if row.ref == each.ref or any(row.ref == item.ref for item in each.items)
    )
    answer, item = declarations.answer_of(row, selection), selection.items.get(row.ref)
    is_explained = answer.disclosure is Disclosure.EXPLAIN
    text = answer.explanation if is_explained else answer_text(item, answer, language)
    title = requirement_title(requirement, language)
    return Hit(title, section_url(declaration, section, row.ref), (text,), _where(declaration))


def _figure_hit(row: FigureRow, declaration: Declaration | None) -> Hit | None:
    """The figure on its own page, or for a contributor where their section asks for it."""
    if declaration is None:
        return None
    selection, figure = declarations.selection_of(declaration), declarations.figure_of(row)
    point = selection.catalogue.datapoints.get(row.datapoint)
    if point is None or figure.is_empty or row.datapoint not in selection.datapoints:
        return None
    words = [QuantityFormatter(selection.catalogue, current_language()).figure(figure)]
    words += [figure.note, figure.source]
    if can_read(Permission.DECLARATION_VIEW, current_actor(), subject_of(declaration)):
        words.append(figure.responsible)
        href = url_for("figures.show", declaration_id=declaration.id, datapoint=row.datapoint)
    else:
        href = next(_section_urls(declaration, selection, row.datapoint), "")
    if not href:
        return None
    texts = (" · ".join(word for word in words if word),)
    return Hit(point.label.to(current_language()), href, texts, _where(declaration))


def _section_urls(declaration: Declaration, selection: Selection, datapoint: str) -> Iterator[str]:
    """Where the sections that the person may see ask for the figure."""
    for item in selection.items.values():
        section = selection.section_of[item.ref]
        is_asked = item.datapoint is not None and item.datapoint.key == datapoint
        if is_asked and _may_view(declaration, section.ref):
            yield section_url(declaration, section, item.ref)


def _may_view(declaration: Declaration, section: str) -> bool:
    return can_read(Permission.SECTION_VIEW, current_actor(), subject_of(declaration, section))


def _datapoints(places: OwnPlaces) -> dict[str, Datapoint]:
    return {
        key: point
        for declaration in places.declarations
        for key, point in declarations.selection_of(declaration).catalogue.datapoints.items()
    }


def _where(declaration: Declaration) -> str:
    """Year, and the company for those who work for several."""
    if len(current_actor().roles) > 1:
        return f"{declaration.organisation.name}, {declaration.reporting_year}"
    return str(declaration.reporting_year)
