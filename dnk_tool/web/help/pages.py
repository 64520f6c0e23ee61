"""Help pages: questions about the DNK, topics by what somebody does, the glossary, and all criteria."""

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from dnk_tool.catalogue import Criterion, load_catalogue
from dnk_tool.catalogue.help_topics import HelpRole, HelpTopic, load_help
from dnk_tool.catalogue.presentation.loader import load_presentation
from dnk_tool.domain.permissions import ClusterRole, Permission
from dnk_tool.language import format_alternatives
from dnk_tool.report.view.glossary import term_anchor
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.declarations.settings import CURRENT_EDITION
from dnk_tool.web.help.places import OwnPlaces
from dnk_tool.web.http.access import current_actor, permit
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
