"""The messages that a cluster sent: their text, to whom they went, and what became of each mail."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from dnk_tool.domain.permissions import Permission
from dnk_tool.store.mail import cluster_messages
from dnk_tool.web.http.access import current_cluster, permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails
from dnk_tool.web.mail.outcomes import delivery_text
from dnk_tool.web.text import paging

blueprint = Blueprint("sent_messages", __name__, url_prefix="/cluster/<int:cluster_id>/nachrichten")

ROWS_PER_PAGE = 30


@blueprint.get("")
@permit(Permission.CLUSTER_LEAD)
def show(cluster_id: int) -> ResponseReturnValue:
    part = paging.paginate(cluster_messages.count_sent(db(), cluster_id), "seite", size=ROWS_PER_PAGE)
    sent = cluster_messages.list_sent(db(), cluster_id, offset=part.offset, limit=ROWS_PER_PAGE)
    return render_template("clusters/sent_messages.html", cluster=current_cluster(), messages=sent, part=part)


@blueprint.get("/<int:message_id>")
@permit(Permission.CLUSTER_LEAD)
def message(cluster_id: int, message_id: int) -> ResponseReturnValue:
    found = cluster_messages.find_sent(db(), cluster_id, message_id)
    if found is None:
        abort(404)
    sent, sender = found
    count = cluster_messages.count_copies(db(), sent.id)
    part = paging.paginate(count, "seite", size=ROWS_PER_PAGE)
    copies = cluster_messages.copies_of(db(), sent.id, offset=part.offset, limit=ROWS_PER_PAGE)
    return render_template(
        "clusters/sent_message.html",
        cluster=current_cluster(),
        message=sent,
        sender=sender,
        copies=[
            {
                "company": company,
                "person": account,
                "outcome": delivery_text(copy.delivery, copy.refusal, has_server=mails.is_sending()),
            }
            for copy, company, account in copies
        ],
        gone=sent.mails - count,
        part=part,
    )
