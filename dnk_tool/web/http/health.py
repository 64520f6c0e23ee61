"""Health checks for supervisors: whether the server answers, and whether people can work with it."""

import logging
import os

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from dnk_tool.domain.permissions import Permission
from dnk_tool.store.database import ping
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db, discard_transaction

log = logging.getLogger(__name__)

# Room for the write-ahead log, an upload and a PDF; saves go on until the last byte.
LEAST_FREE_BYTES = 64_000_000

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@permit(Permission.PUBLIC)
def show() -> ResponseReturnValue:
    """Return 200 if the database answers; otherwise the error handler returns 503."""
    ping(db())
    return jsonify(status="ok")


@blueprint.get("/health/ready")
@permit(Permission.PUBLIC)
def ready() -> ResponseReturnValue:
    """Return 200, or 503 with what is missing: `database`, `disk` (full or read-only). Writes nothing.

    The log says so once, when it changes.
    """
    problems = [name for name, is_missing in (("database", _is_away()), ("disk", _is_full())) if is_missing]
    before = current_app.extensions.get("dnk_readiness", [])
    if problems != before:
        current_app.extensions["dnk_readiness"] = problems
        log.log(logging.ERROR if problems else logging.INFO, "ready but for: %s", ", ".join(problems) or "-")
    if problems:
        return jsonify(status="unavailable", problems=problems), 503, {"Retry-After": "10"}
    return jsonify(status="ok")


def _is_away() -> bool:
    """Whether the database does not answer."""
    try:
        ping(db())
    except SQLAlchemyError:
        discard_transaction()
        return True
    return False


def _is_full() -> bool:
    """Whether the disk of the instance has hardly any room left, or cannot be written."""
    try:
        disk = os.statvfs(current_settings().instance)
    except OSError:
        return True
    is_read_only = bool(disk.f_flag & os.ST_RDONLY)
    return is_read_only or disk.f_bavail * disk.f_frsize < LEAST_FREE_BYTES
