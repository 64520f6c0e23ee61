"""What reviewers learn when a company takes back the version that they are reading."""

from flask import g, request
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.review import remarks, rounds
from dnk_tool.web.http.access import current_actor
from dnk_tool.web.http.transactions import db


def recall_message() -> str:
    """Why the review in the address is gone, and what stays of it; "" unless the company took it back."""
    cluster, declaration = g.get("cluster"), g.get("declaration")
    if not (request.endpoint or "").startswith("review.") or cluster is None or declaration is None:
        return ""
    actor, company = current_actor(), declaration.organisation_id
    is_reader = cluster.id in actor.clusters and company not in actor.roles
    if not is_reader or cluster.id not in clusters.cluster_ids_of_company(db(), company):
        return ""
    if not rounds.is_recalled(db(), declaration.id, cluster.id):
        return ""
    text = _(
        "Das Unternehmen hat die Erklärung zurückgeholt und arbeitet wieder daran. Sie können die Version "
        "nicht mehr lesen und müssen nichts tun."
    )
    count = len(remarks.drafts(db(), declaration.id, cluster.id))
    if not count:
        return str(text)
    kept = ngettext(
        "%(num)d Entwurf Ihres Teams bleibt und steht wieder da, wenn das Unternehmen neu einreicht.",
        "%(num)d Entwürfe Ihres Teams bleiben und stehen wieder da, wenn das Unternehmen neu einreicht.",
        count,
    )
    return f"{text} {kept}"
