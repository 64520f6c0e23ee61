"""What reviewers learn when a company takes back the version that they are reading."""

from flask import g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import NotFound

from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.review import remarks, rounds
from dnk_tool.web.http import interrupted_forms
from dnk_tool.web.http.access import current_actor
from dnk_tool.web.http.errors import inaccessible_page
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.current_round import blueprint


@blueprint.errorhandler(NotFound)
def show_recall(_error: NotFound) -> ResponseReturnValue:
    """Say that the version was taken back, with the typed text if there is any; else show the usual page."""
    text = recall_message()
    if not text:
        return inaccessible_page(404)
    g.error_page = True
    typed = interrupted_forms.typed_text_page(text)
    title = _("Die Erklärung ist zurückgeholt")
    return typed or render_template("error.html", title=title, text=text, request_id="", status=404), 404


def recall_message() -> str:
    """Why the review in the address is gone, and what stays of it; "" unless the company took it back."""
    cluster, declaration = g.get("cluster"), g.get("declaration")
    if cluster is None or declaration is None:
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
