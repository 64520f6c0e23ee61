"""The first page: what the product does for a visitor, and a signed-in person's own declarations."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from dnk_tool.domain import completeness
from dnk_tool.domain.permissions import Permission
from dnk_tool.store import declarations
from dnk_tool.web.access import current_actor, permit
from dnk_tool.web.transactions import db

blueprint = Blueprint("start", __name__)


@blueprint.get("/")
@permit(Permission.PUBLIC)
def show() -> ResponseReturnValue:
    user_id = current_actor().user_id
    if user_id is None:
        return render_template("start/welcome.html")
    organisations = declarations.organisations_of(db(), user_id)
    found = declarations.of_organisations(db(), [organisation.id for organisation, _ in organisations])
    contents = declarations.contents(db(), found)
    return render_template(
        "start/declarations.html",
        organisations=[
            {
                "organisation": organisation,
                "role": role,
                "profile": declarations.profile_of(organisation),
                "declarations": [one for one in found if one.organisation_id == organisation.id],
            }
            for organisation, role in organisations
        ],
        done={key: completeness.criteria_done(one.sheet) for key, one in contents.items()},
        totals={key: len(one.sheet.selection.criteria) for key, one in contents.items()},
    )


@blueprint.get("/hilfe")
@permit(Permission.PUBLIC)
def help_page() -> ResponseReturnValue:
    return render_template("start/help.html")
