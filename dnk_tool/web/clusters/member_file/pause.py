"""A member takes no part this year, and does again: from its file."""

from datetime import UTC, datetime

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.clusters import cohorts
from dnk_tool.web.clusters.member_file.notes import blueprint, standing_consent
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.transactions import db


@blueprint.post("/aussetzen")
@permit(Permission.CLUSTER_LEAD)
def pause(cluster_id: int, organisation_id: int) -> ResponseReturnValue:
    """Let the member sit out the year shown, or take that back."""
    consent, year = standing_consent(), _asked_year()
    cluster, actor, now = current_cluster(), current_actor(), datetime.now(UTC)
    companies, name = [consent.organisation_id], str(year)
    if request.form.get("action") == "pause":
        cohorts.assign(db(), cluster, year, companies, cohort_id=None, actor=actor, now=now)
        flash(_("%(year)s nicht dabei: Es wird nicht erinnert und ist nie überfällig.", year=name), "success")
    else:
        cohorts.release(db(), cluster, year, companies, actor=actor, now=now)
        flash(_("%(year)s wieder dabei.", year=name), "success")
    address = url_for("cockpit.member", cluster_id=cluster_id, organisation_id=organisation_id, jahr=year)
    return redirect(address, 303)


def _asked_year() -> int:
    """The reporting year that the form names; aborts with 404 without one."""
    asked = request.form.get("year", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else abort(404)
