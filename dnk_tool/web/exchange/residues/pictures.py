"""Serves the photo of a notice to those who may see the notice at the time of the request."""

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from dnk_tool.domain.permissions import Permission
from dnk_tool.store.exchange import residues
from dnk_tool.web.exchange.residues.places import chosen_place
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.transactions import db

blueprint = Blueprint("residue_pictures", __name__)


@blueprint.get("/unternehmen/<int:organisation_id>/reststoffe/<int:notice_id>/foto.jpg")
@permit(Permission.ORGANISATION_VIEW)
def of_member(organisation_id: int, notice_id: int) -> ResponseReturnValue:
    """The photo as JPEG: of an own notice, or of one on the board of a cluster of the company."""
    if residues.find_own(db(), organisation_id, notice_id) is not None:
        return _answer(notice_id)
    place = chosen_place() or abort(404)
    return _shown_on_board(place.cluster.id, notice_id)


@blueprint.get("/cluster/<int:cluster_id>/reststoffe/<int:notice_id>/foto.jpg")
@permit(Permission.CLUSTER_LEAD)
def of_cluster(cluster_id: int, notice_id: int) -> ResponseReturnValue:
    """The photo of a notice on the board as JPEG."""
    return _shown_on_board(cluster_id, notice_id)


def _shown_on_board(cluster_id: int, notice_id: int) -> ResponseReturnValue:
    if residues.find_posted(db(), cluster_id, notice_id, with_neighbours=True) is None:
        abort(404)
    return _answer(notice_id)


def _answer(notice_id: int) -> ResponseReturnValue:
    content = residues.picture_of(db(), notice_id)
    return Response(content, mimetype="image/jpeg") if content else abort(404)
