"""Begins the declaration of the next year from an existing one, and takes over all answers at once."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.answers.values import YEARS_AHEAD
from dnk_tool.domain.declarations.states import DONE_STATES
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.services.answers import take_over
from dnk_tool.services.declarations import next_year
from dnk_tool.services.declarations.start import YearAhead, YearTaken
from dnk_tool.services.editing.settings import settings_of
from dnk_tool.store import people as memberships
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.invitations import contribution_requests
from dnk_tool.web.declarations.last_year_summary import flash_taken_over
from dnk_tool.web.http.access import current_declaration, current_work, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db

blueprint = Blueprint("next_year", __name__, url_prefix="/erklaerungen/<int:declaration_id>")


@blueprint.get("/naechstes-jahr")
@permit(Permission.ORGANISATION_EDIT)
def show(declaration_id: int) -> ResponseReturnValue:
    return _page()


@blueprint.post("/naechstes-jahr")
@permit(Permission.ORGANISATION_EDIT)
@creates
def begin(declaration_id: int) -> ResponseReturnValue:
    try:
        begun = next_year.begin_next_year(current_work(), current_declaration())
    except YearTaken as taken:
        flash(_("Für %(year)s gibt es schon eine Erklärung.", year=taken.existing.reporting_year), "info")
        return redirect(url_for("overview.show", declaration_id=taken.existing.id), 303)
    except YearAhead:
        return _page(), 422
    flash(_("Die Erklärung für %(year)s ist angelegt.", year=begun.reporting_year), "success")
    return redirect(url_for("overview.show", declaration_id=begun.id), 303)


@blueprint.post("/uebernehmen")
@permit(Permission.DECLARATION_EDIT)
def take_all(declaration_id: int) -> ResponseReturnValue:
    taken = take_over.take_over_all(current_work(), current_declaration())
    flash_taken_over(len(taken))
    return redirect(url_for("overview.show", declaration_id=declaration_id), 303)


def _page() -> str:
    declaration, today = current_declaration(), local_day(datetime.now(UTC))
    wanted = declaration.reporting_year + 1
    catalogue, settings = declarations.selection_of(declaration).catalogue, settings_of(declaration)
    return render_template(
        "declarations/next_year.html",
        declaration=declaration,
        wanted=wanted,
        latest=today.year + YEARS_AHEAD,
        existing=declarations.of_year(db(), declaration.organisation_id, declaration.edition, wanted),
        is_finished=declaration.state in DONE_STATES,
        settings=settings,
        indicator_set=catalogue.indicator_set(settings.indicator_set),
        options=[option for option in catalogue.options if option.key in settings.options],
        carried=next_year.assessment_carry_over(db(), declaration, today=today),
        asked=len(
            {
                contribution_request.email
                for contribution_request in contribution_requests.of_declaration(db(), declaration.id)
            }
        ),
        people=len(memberships.of_organisation(db(), declaration.organisation_id)),
    )
