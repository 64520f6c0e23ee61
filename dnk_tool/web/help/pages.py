"""Help: questions about the DNK, topics, the glossary, all criteria, and the search, in one's own texts too.

The search: one field, answered by hits in groups. What was typed is neither stored nor logged.
"""

from collections.abc import Iterator

from flask import Blueprint, abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.catalogue import Criterion, Selection, load_catalogue
from dnk_tool.catalogue.help_topics import HelpRole, HelpTopic, load_help
from dnk_tool.catalogue.presentation import load_presentation
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain.answers.answer import Disclosure
from dnk_tool.domain.permissions import ClusterRole, Permission, can_read
from dnk_tool.domain.text_search import MAX_QUERY_LENGTH, TextQuery, like_pattern, text_query
from dnk_tool.language import format_alternatives
from dnk_tool.report.view.glossary import term_anchor
from dnk_tool.store.answers import word_matches
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.answers import AnswerRow
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import FigureRow
from dnk_tool.web.declarations.gaps import section_url
from dnk_tool.web.declarations.settings import CURRENT_EDITION
from dnk_tool.web.help.hits import MOST_OF_ONE_GROUP, Hit, HitGroup, fitting, hit_group
from dnk_tool.web.help.places import OwnPlaces, subject_of
from dnk_tool.web.help.shared_texts import bill_hits, criteria_hits, help_hits, sector_hits, term_hits
from dnk_tool.web.http.access import current_actor, permit
from dnk_tool.web.http.headers import NOINDEX
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


blueprint = Blueprint("help", __name__)


@blueprint.get("/hilfe")
@permit(Permission.PUBLIC)
def index() -> ResponseReturnValue:
    catalogue = load_catalogue(CURRENT_EDITION)
    sets = [indicator_set.abbreviation for indicator_set in catalogue.indicator_sets]
    return render_template(
        "help/index.html",
        roles=sorted(load_help(), key=lambda role: role.key not in _own_roles()),
        set_names=format_alternatives(sets, current_language()),
        set_count=len(sets),
        standing=catalogue.standing,
        search_url=None,  # the page has the field itself
    )


@blueprint.get("/hilfe/<topic_key>")
@permit(Permission.PUBLIC)
def topic(topic_key: str) -> ResponseReturnValue:
    """Show one topic with the pages that it speaks of, as far as the person may open them."""
    role, shown = _find(topic_key) or abort(404)
    position = role.topics.index(shown)
    return render_template(
        "help/topic.html",
        role=role,
        topic=shown,
        links=OwnPlaces().links(shown.places),
        following=role.topics[position + 1] if position + 1 < len(role.topics) else None,
    )


@blueprint.get("/hilfe/begriffe")
@permit(Permission.ACCOUNT)
def glossary() -> ResponseReturnValue:
    """Show all terms that a declaration explains where they occur."""
    language = current_language()
    terms = sorted(
        load_presentation(CURRENT_EDITION).glossary, key=lambda term: term.name.to(language).casefold()
    )
    return render_template("help/glossary.html", terms=[(term_anchor(term), term) for term in terms])


@blueprint.get("/hilfe/kriterien")
@permit(Permission.ACCOUNT)
def criteria() -> ResponseReturnValue:
    """Show all criteria with what each asks; they lead to the person's latest declaration."""
    return render_template("help/criteria.html", areas=areas_with_links(OwnPlaces()))


def areas_with_links(places: OwnPlaces) -> list[tuple[str, str, list[tuple[Criterion, str]]]]:
    """Key and title of each area, and its criteria with their address: the own one, or the list of all."""
    catalogue, language = load_catalogue(CURRENT_EDITION), current_language()
    areas = []
    for area in catalogue.areas:
        own = [criterion for criterion in catalogue.criteria if criterion.number in area.criteria]
        rows = [(criterion, criterion_url(criterion, places)) for criterion in own]
        areas.append((area.key, area.title.to(language), rows))
    return areas


def criterion_url(criterion: Criterion, places: OwnPlaces) -> str:
    """The criterion in the person's latest declaration that asks for it, else in the list of all."""
    declaration = places.first_declaration(Permission.SECTION_VIEW, criterion.ref)
    if declaration is None or criterion.ref not in declarations.selection_of(declaration).section_by_ref:
        return url_for("help.criteria", _anchor=f"kriterium-{criterion.number}")
    return url_for("criterion.show", declaration_id=declaration.id, section_ref=criterion.ref)


def _find(key: str) -> tuple[HelpRole, HelpTopic] | None:
    return next(((role, topic) for role in load_help() for topic in role.topics if topic.key == key), None)


def _own_roles() -> set[str]:
    """The keys of the roles that the person has."""
    actor = current_actor()
    roles = {"write"} if actor.roles else set()
    if ClusterRole.MANAGER in actor.clusters.values():
        roles.add("lead")
    return roles | {"review"} if actor.clusters else roles


@blueprint.get("/suche")
@permit(Permission.PUBLIC)
def search() -> ResponseReturnValue:
    """Search all that the person may see; a visitor the help pages."""
    typed = request.args.get("q", "").strip()[:MAX_QUERY_LENGTH]
    query, only, places = text_query(typed), request.args.get("gruppe", ""), OwnPlaces()
    groups = _groups(query, typed, only, places) if query.words else []
    whole = [group for group in groups if group.key == only]
    page = render_template(
        "help/search.html",
        typed=typed,
        query=query,
        groups=whole or groups,
        is_whole=bool(whole),
        most=MOST_OF_ONE_GROUP,
        total=sum(group.total for group in groups),
        search_url=None,  # the page has the field itself
        areas=[] if groups or _is_visitor() else areas_with_links(places),
    )
    response = make_response(page)
    response.headers["X-Robots-Tag"] = NOINDEX
    return response


def _groups(query: TextQuery, typed: str, only: str, places: OwnPlaces) -> list[HitGroup]:
    """The groups that have hits; `only` is the key of the one that is wanted as a whole."""
    groups: list[tuple[str, str, list[Hit], bool]] = []
    if not _is_visitor():
        groups = [
            ("texte", _("Ihre Texte"), *answer_hits(query, places)),
            ("zahlen", _("Ihre Kennzahlen"), *figure_hits(query, places)),
            ("rechnungen", _("Rechnungen und Listen"), bill_hits(query, places), False),
            ("kriterien", _("Kriterien und ihre Punkte"), criteria_hits(query, places), False),
        ]
    groups.append(("hilfe", _("Hilfe"), help_hits(query), False))
    if not _is_visitor():
        groups += [
            ("begriffe", _("Begriffe"), term_hits(query), False),
            ("branchen", _("Branchen"), sector_hits(query, typed, places), False),
        ]
    return [
        hit_group(query, key, title, hits, is_whole=key == only, is_cut=is_cut)
        for key, title, hits, is_cut in groups
        if hits
    ]


def _is_visitor() -> bool:
    return current_actor().user_id is None
