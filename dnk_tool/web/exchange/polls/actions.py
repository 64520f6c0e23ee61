"""A manager opens, closes, repeats and deletes a poll, and decides what everybody may see of it."""

from datetime import UTC, datetime

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.exchange import polls as poll_service
from dnk_tool.services.exchange.polls import MOST_POLLS, TooManyPolls
from dnk_tool.web.exchange.polls.pages import blueprint, poll_or_404
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.transactions import db


@blueprint.post("/<int:poll_id>/oeffnen")
@permit(Permission.CLUSTER_LEAD)
def open_it(cluster_id: int, poll_id: int) -> ResponseReturnValue:
    poll_or_404(cluster_id, poll_id)
    poll_service.open_poll(db(), current_cluster(), poll_id, actor=current_actor(), now=datetime.now(UTC))
    flash(_("Die Umfrage ist offen. Zeigen Sie den Code an der Wand, oder schicken Sie den Link."), "success")
    return poll_page(cluster_id, poll_id)


@blueprint.post("/<int:poll_id>/schliessen")
@permit(Permission.CLUSTER_LEAD)
def close(cluster_id: int, poll_id: int) -> ResponseReturnValue:
    poll_or_404(cluster_id, poll_id)
    poll_service.close_poll(db(), current_cluster(), poll_id, actor=current_actor(), now=datetime.now(UTC))
    flash(_("Die Umfrage ist geschlossen. Sie nimmt keine Antworten mehr an."), "success")
    return poll_page(cluster_id, poll_id)


@blueprint.post("/<int:poll_id>/loeschen")
@permit(Permission.CLUSTER_LEAD)
def delete(cluster_id: int, poll_id: int) -> ResponseReturnValue:
    poll_service.delete_poll(db(), current_cluster(), poll_id, actor=current_actor(), now=datetime.now(UTC))
    flash(_("Die Umfrage ist mit allen Antworten gelöscht."), "success")
    return redirect(url_for("polls.show", cluster_id=cluster_id), 303)


@blueprint.post("/<int:poll_id>/nachher")
@permit(Permission.CLUSTER_LEAD)
def ask_again(cluster_id: int, poll_id: int) -> ResponseReturnValue:
    """Make the poll that asks the same after the meeting; pressed twice, it leads to the one."""
    poll_or_404(cluster_id, poll_id)
    try:
        later = poll_service.ask_again(
            db(), current_cluster(), poll_id, actor=current_actor(), now=datetime.now(UTC)
        )
    except TooManyPolls:
        return sorry_too_many(cluster_id)
    return poll_page(cluster_id, later.id)


@blueprint.post("/<int:poll_id>/bericht")
@permit(Permission.CLUSTER_LEAD)
def put_in_report(cluster_id: int, poll_id: int) -> ResponseReturnValue:
    poll_or_404(cluster_id, poll_id)
    wanted = request.form.get("to") == "1"
    poll_service.put_in_report(db(), current_cluster(), poll_id, is_in_report=wanted, actor=current_actor())
    flash(
        _("Die Umfrage steht im Bericht des Clusters, sobald sie fünf Antworten hat.")
        if wanted
        else _("Die Umfrage steht nicht mehr im Bericht des Clusters."),
        "success",
    )
    return poll_page(cluster_id, poll_id)


@blueprint.post("/<int:poll_id>/text")
@permit(Permission.CLUSTER_LEAD)
def judge_text(cluster_id: int, poll_id: int) -> ResponseReturnValue:
    """Release a text for everybody, or show it nowhere."""
    poll_or_404(cluster_id, poll_id)
    judge = poll_service.release_text if request.form.get("to") == "1" else poll_service.discard_text
    key = request.form.get("text", "")[:40]
    if not judge(db(), current_cluster(), poll_id, key, actor=current_actor()):
        flash(_("Diesen Text gibt es nicht mehr."), "warning")
    return poll_page(cluster_id, poll_id, anchor="texte")


def poll_page(cluster_id: int, poll_id: int, *, anchor: str | None = None) -> ResponseReturnValue:
    """Lead to the page of a poll."""
    return redirect(url_for("polls.poll", cluster_id=cluster_id, poll_id=poll_id, _anchor=anchor), 303)


def sorry_too_many(cluster_id: int) -> ResponseReturnValue:
    """Lead to the list, which is full."""
    flash(
        _("Ein Cluster hat höchstens %(most)s Umfragen. Löschen Sie zuerst eine alte.", most=MOST_POLLS),
        "warning",
    )
    return redirect(url_for("polls.show", cluster_id=cluster_id), 303)
