"""The days of a cohort as calendar files, for the companies in it."""

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue

from dnk_tool.domain.permissions import Permission
from dnk_tool.store.clusters import cohorts
from dnk_tool.store.tables.clusters import Cluster, Cohort
from dnk_tool.web.clusters.cohorts.calendars import calendar_file
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.transactions import db

blueprint = Blueprint(
    "firm_calendar", __name__, url_prefix="/unternehmen/<int:organisation_id>/kohorten/<int:cohort_id>"
)


@blueprint.get("/termine.ics")
@permit(Permission.DECLARATION_ENTER)
def all_days(organisation_id: int, cohort_id: int) -> ResponseReturnValue:
    cluster, cohort = _cohort_of_company_or_404(organisation_id, cohort_id)
    return calendar_file(cluster, cohort, None, _company_address(organisation_id))


@blueprint.get("/termine/<int:milestone_id>.ics")
@permit(Permission.DECLARATION_ENTER)
def milestone(organisation_id: int, cohort_id: int, milestone_id: int) -> ResponseReturnValue:
    cluster, cohort = _cohort_of_company_or_404(organisation_id, cohort_id)
    return calendar_file(cluster, cohort, milestone_id, _company_address(organisation_id))


def _cohort_of_company_or_404(organisation_id: int, cohort_id: int) -> tuple[Cluster, Cohort]:
    """The cohort if the company is in it today."""
    found = cohorts.of_company(db(), organisation_id)
    own = next(((one.cluster, one.cohort) for one in found if one.cohort.id == cohort_id), None)
    if own is None:
        abort(404)
    return own


def _company_address(organisation_id: int) -> str:
    return url_for("company.show", organisation_id=organisation_id)
