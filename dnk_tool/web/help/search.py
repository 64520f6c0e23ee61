"""The search: one field, answered by hits in groups. What was typed is neither stored nor logged."""

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.text_search import MAX_QUERY_LENGTH, TextQuery, text_query
from dnk_tool.web.help.hits import MOST_OF_ONE_GROUP, Hit, HitGroup, hit_group
from dnk_tool.web.help.own_texts import answer_hits, figure_hits
from dnk_tool.web.help.pages import areas_with_links, blueprint
from dnk_tool.web.help.places import OwnPlaces
from dnk_tool.web.help.shared_texts import bill_hits, criteria_hits, help_hits, sector_hits, term_hits
from dnk_tool.web.http.access import current_actor, permit
from dnk_tool.web.http.headers import NOINDEX


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
