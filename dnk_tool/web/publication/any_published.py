"""Caches whether anything is published, for the footer of every page."""

import time

from flask import Flask, current_app, g
from sqlalchemy.exc import SQLAlchemyError

from dnk_tool.store.publication import publications
from dnk_tool.web.http.transactions import db, is_safe

CACHE_SECONDS = 300


def init_app(app: Flask) -> None:
    """Create the cache."""
    app.extensions["dnk_published"] = (None, False)


def expire_published_flag() -> None:
    """Invalidate the cache after a publication or withdrawal."""
    current_app.extensions["dnk_published"] = (None, True)


def is_anything_published() -> bool:
    """Whether anything is published, up to five minutes old.

    Queries the database only on safe requests and never on an error page.
    """
    seen, known = current_app.extensions["dnk_published"]
    is_fresh = seen is not None and time.monotonic() - seen < CACHE_SECONDS
    if is_fresh or not is_safe() or g.get("error_page"):
        return bool(known)
    try:
        known = publications.any_published(db())
    except SQLAlchemyError:
        return bool(known)
    current_app.extensions["dnk_published"] = (time.monotonic(), known)
    return known
