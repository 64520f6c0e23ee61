"""Health check for supervisors."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from dnk_tool.domain.permissions import Permission
from dnk_tool.store.database import ping
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.transactions import db

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@permit(Permission.PUBLIC)
def show() -> ResponseReturnValue:
    """Return 200 if the database answers; otherwise the error handler returns 503."""
    ping(db())
    return jsonify(status="ok")
