"""Which reporting year and cohort a person looks at: their own choice, which changes nobody else's page."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.clusters import cohorts as cohort_service
from dnk_tool.web.clusters.cockpit.overview import blueprint
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.transactions import db

PAGES = {"liste": "cockpit.show", "waermebild": "cockpit.heat_map"}


@blueprint.post("/ansicht")
@permit(Permission.CLUSTER_VIEW)
def choose_view(cluster_id: int) -> ResponseReturnValue:
    """Keep the chosen year and cohort; anything that is neither changes nothing."""
    year, _dash, key = request.form.get("ansicht", "").partition("-")
    asked, cohort_id = whole_number(year, digits=4), whole_number(key)
    if asked is not None and len(year) == 4 and (cohort_id is not None or not key):
        cohort_service.choose_view(db(), current_cluster(), asked, cohort_id, actor=current_actor())
    page = PAGES.get(request.form.get("seite", ""), PAGES["liste"])
    return redirect(url_for(page, cluster_id=cluster_id), 303)
