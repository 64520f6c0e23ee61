"""The start page: an introduction for visitors, companies and clusters for signed-in people; and help."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from dnk_tool.catalogue import load_catalogue
from dnk_tool.domain.permissions import Permission, Subject, can
from dnk_tool.language import format_alternatives
from dnk_tool.services.accounts import second_factor
from dnk_tool.web.declarations.settings import CURRENT_EDITION
from dnk_tool.web.http.access import current_account, current_actor, current_affiliations, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.people import dashboard
from dnk_tool.web.people.affiliations import home_url

blueprint = Blueprint("start", __name__)


@blueprint.get("/")
@permit(Permission.PUBLIC)
def show() -> ResponseReturnValue:
    actor, places = current_actor(), current_affiliations()
    if actor.user_id is None:
        return render_template("people/start/welcome.html")
    works = dashboard.dashboard_items(actor, places.organisations)
    return render_template(
        "people/start/declarations.html",
        first=dashboard.most_urgent_item(
            work for work in works if work.declaration.organisation.archived_at is None
        ),
        offers_second_factor=second_factor.should_offer(db(), current_account(), actor),
        organisations=[
            {
                "id": key,
                "name": name,
                "role": actor.roles[key],
                "is_archived": key in actor.archived_companies,
                "may_begin": can(Permission.ORGANISATION_EDIT, actor, Subject(key)),
                "works": [work for work in works if work.declaration.organisation_id == key],
                "next_year": dashboard.declaration_to_continue(actor, works, key),
            }
            for key, name in places.organisations.items()
        ],
        clusters=[
            {
                "name": name,
                "role": actor.clusters[key],
                "href": home_url(None, key),
                "is_archived": key in actor.archived_clusters,
            }
            for key, name in places.clusters.items()
        ],
    )


@blueprint.get("/hilfe")
@permit(Permission.PUBLIC)
def help_page() -> ResponseReturnValue:
    sets = [indicator_set.abbreviation for indicator_set in load_catalogue(CURRENT_EDITION).indicator_sets]
    return render_template(
        "people/start/help.html",
        set_names=format_alternatives(sets, current_language()),
        set_count=len(sets),
    )
