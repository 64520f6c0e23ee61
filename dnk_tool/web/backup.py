"""Whether this is a restored copy that is still quiet, for every page."""

from datetime import datetime

from flask import Flask, current_app, g
from sqlalchemy.exc import SQLAlchemyError

from dnk_tool.store import installation_state
from dnk_tool.web.http.transactions import db, is_safe


def init_app(app: Flask) -> None:
    """Create the cache: a server that is not quiet stays so, as it must be stopped for a restore."""
    app.extensions["dnk_quiet"] = (False, None)


def quiet_since() -> datetime | None:
    """When the backup began from which this quiet copy was restored; None for any other installation.

    Queries the database only on safe requests, never on an error page, and not again once it said no.
    """
    is_known, since = current_app.extensions["dnk_quiet"]
    known: datetime | None = since
    if (is_known and since is None) or not is_safe() or g.get("error_page"):
        return known
    try:
        known = installation_state.quiet_since(db())
    except SQLAlchemyError:
        return known
    current_app.extensions["dnk_quiet"] = (True, known)
    return known
