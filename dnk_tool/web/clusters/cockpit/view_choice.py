"""Which reporting year and cohort a person looks at: their own choice, which changes nobody else's page."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.clusters import cohorts as cohort_service
from dnk_tool.web.clusters.cockpit.overview import blueprint
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.transactions import db

PAGES = {"liste": "cockpit.show", "waermebild": "cockpit.heat_map"}


@blueprint.post("/ansicht")
@permit(Permission.CLUSTER_VIEW)
def choose_view(cluster_id: int) -> ResponseReturnValue:
    """Keep the chosen year and cohort; anything that is neither changes nothing."""
    year, _dash, key = request.form.get("ansicht", "").partition("-")
    if _is_number(year, 4) and len(year) == 4 and (not key or _is_number(key, 9)):
        cohort_id = int(key) if key else None
        cohort_service.choose_view(db(), current_cluster(), int(year), cohort_id, actor=current_actor())
    page = PAGES.get(request.form.get("seite", ""), PAGES["liste"])
    return redirect(url_for(page, cluster_id=cluster_id), 303)


def _is_number(text: str, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= most
