"""Help pages: questions about the DNK, topics by what somebody does, the glossary, and all criteria.

The search: one field, answered by hits in groups. What was typed is neither stored nor logged.
"""

from flask import Blueprint, abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.catalogue import Criterion, load_catalogue
from dnk_tool.catalogue.help_topics import HelpRole, HelpTopic, load_help
from dnk_tool.catalogue.presentation import load_presentation
from dnk_tool.domain.permissions import ClusterRole, Permission
from dnk_tool.domain.text_search import MAX_QUERY_LENGTH, TextQuery, text_query
from dnk_tool.language import format_alternatives
from dnk_tool.report.view.glossary import term_anchor
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.declarations.settings import CURRENT_EDITION
from dnk_tool.web.help.hits import MOST_OF_ONE_GROUP, Hit, HitGroup, hit_group
from dnk_tool.web.help.own_texts import answer_hits, figure_hits
from dnk_tool.web.help.places import OwnPlaces
from dnk_tool.web.help.shared_texts import bill_hits, criteria_hits, help_hits, sector_hits, term_hits
from dnk_tool.web.http.access import current_actor, permit
from dnk_tool.web.http.headers import NOINDEX
from dnk_tool.web.http.languages import current_language

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
