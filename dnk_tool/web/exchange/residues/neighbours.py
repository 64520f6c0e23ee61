"""The neighbouring clusters of a cluster, for its managers: proposed, accepted, ended at once."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import ValidationError

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.exchange.residues import MAX_NEIGHBOURS, MAX_PROPOSALS_A_DAY
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.exchange import neighbours as verbs
from dnk_tool.services.exchange.neighbours import (
    NeighbourBefore,
    NeighbourGone,
    NeighbourIsFull,
    NoSuchCluster,
    TooManyNeighbours,
)
from dnk_tool.services.work import Work
from dnk_tool.store.exchange import neighbours
from dnk_tool.web.exchange.residues import mails
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import LineField

blueprint = Blueprint(
    "residue_neighbours", __name__, url_prefix="/cluster/<int:cluster_id>/reststoffe/nachbarn"
)

MAX_NAME = 500


class NeighbourForm(FlaskForm):
    """The whole name of the other cluster: a list of all would tell who works on this server."""

    name = LineField(longest=MAX_NAME)

    def validate_name(self, field: LineField) -> None:
        if not field.data:
            raise ValidationError(_("Geben Sie den ganzen Namen des anderen Clusters ein."))


@blueprint.get("")
@permit(Permission.CLUSTER_LEAD)
def show(cluster_id: int) -> ResponseReturnValue:
    return _page(NeighbourForm(formdata=None))


@blueprint.post("")
@permit(Permission.CLUSTER_LEAD)
@creates
def propose(cluster_id: int) -> ResponseReturnValue:
    form, cluster = NeighbourForm(), current_cluster()
    if not form.validate():
        return _page(form), 422
    name, actor, now = form.name.data, current_actor(), datetime.now(UTC)
    try:
        other = verbs.propose_neighbour(Work(db(), actor, now), cluster, name)
    except (NoSuchCluster, NeighbourBefore, TooManyNeighbours, NeighbourIsFull) as error:
        db().rollback()
        form.name.errors = [_refusal(error)]
        return _page(form), 422
    mails.send_neighbour(other, cluster, EventKind.NEIGHBOUR_PROPOSED)
    flash(_("Vorgeschlagen. Die Leitung von „%(cluster)s“ ist gefragt.", cluster=other.name), "success")
    return redirect(url_for(".show", cluster_id=cluster_id), 303)


@blueprint.post("/<int:other_id>/annehmen")
@permit(Permission.CLUSTER_LEAD)
def accept(cluster_id: int, other_id: int) -> ResponseReturnValue:
    def answer(now: datetime) -> None:
        cluster = current_cluster()
        other, is_new = verbs.accept_neighbour(Work(db(), current_actor(), now), cluster, other_id)
        if is_new:
            mails.send_neighbour(other, cluster, EventKind.NEIGHBOUR_ACCEPTED)
        flash(_("„%(cluster)s“ ist jetzt ein Nachbarnetzwerk.", cluster=other.name), "success")

    return _answered(cluster_id, other_id, answer)


@blueprint.post("/<int:other_id>/beenden")
@permit(Permission.CLUSTER_LEAD)
def end(cluster_id: int, other_id: int) -> ResponseReturnValue:
    """End it, decline a proposal or take one back."""

    def answer(now: datetime) -> None:
        cluster = current_cluster()
        other, was_accepted = verbs.end_neighbour(Work(db(), current_actor(), now), cluster, other_id)
        if was_accepted:
            mails.send_neighbour(other, cluster, EventKind.NEIGHBOUR_ENDED)
        flash(
            _("Beendet. Kein Mitglied sieht mehr, was in „%(cluster)s“ steht.", cluster=other.name)
            if was_accepted
            else _("Der Vorschlag gilt nicht mehr."),
            "success",
        )

    return _answered(cluster_id, other_id, answer)


def _answered(cluster_id: int, other_id: int, answer: Callable[[datetime], None]) -> ResponseReturnValue:
    """Do something with a pair, 404 if it is none; say so where the own proposal waits for the other side."""
    if neighbours.find_pair(db(), cluster_id, other_id) is None:
        abort(404)
    try:
        answer(datetime.now(UTC))
    except NeighbourGone:
        db().rollback()
        flash(_("Diesen Vorschlag oder dieses Nachbarnetzwerk gibt es nicht mehr."), "warning")
    return redirect(url_for("residue_neighbours.show", cluster_id=cluster_id), 303)


def _refusal(error: Exception) -> str:
    texts = {
        NoSuchCluster: _(
            "Auf diesem Server gibt es kein anderes Cluster, das genau so heißt. Fragen Sie dessen Leitung "
            "nach dem Namen."
        ),
        NeighbourBefore: _("Dieses Cluster steht schon auf dieser Seite."),
        TooManyNeighbours: _(
            "Möglich sind %(most)s Nachbarnetzwerke und %(day)s Vorschläge am Tag. Beenden Sie eines, oder "
            "warten Sie bis morgen.",
            most=MAX_NEIGHBOURS,
            day=MAX_PROPOSALS_A_DAY,
        ),
        NeighbourIsFull: _(
            "Dieses Cluster hat schon %(most)s Nachbarnetzwerke oder Vorschläge dazu, mehr gehen nicht. "
            "Sprechen Sie mit dessen Leitung.",
            most=MAX_NEIGHBOURS,
        ),
    }
    return str(texts[type(error)])


def _page(form: NeighbourForm) -> str:
    found = neighbours.of_cluster(db(), current_cluster().id)
    return render_template(
        "exchange/residues/neighbours.html",
        cluster=current_cluster(),
        accepted=[each for each in found if each.accepted_at],
        asked=[each for each in found if not each.accepted_at and not each.is_proposing],
        proposed=[each for each in found if not each.accepted_at and each.is_proposing],
        form=form,
        errors=field_errors(form),
    )
