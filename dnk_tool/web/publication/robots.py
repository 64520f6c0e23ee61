"""What search engines are told: they may read all that is public, and show only what companies let them.

Where the operator wants nothing shown, there is no sitemap, and each answer says `noindex` (`web/headers`).
"""

from flask import Blueprint, Response, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from dnk_tool.domain.permissions import Permission
from dnk_tool.store.publication import publications
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail.mails import public_address
from dnk_tool.web.publication.indexing import may_be_indexed
from dnk_tool.web.publication.responses import kept

blueprint = Blueprint("robots", __name__)

MOST_IN_A_SITEMAP = 50_000  # what the protocol allows


@blueprint.get("/robots.txt")
@permit(Permission.PUBLIC)
def show() -> ResponseReturnValue:
    """Nothing is closed here: a page that must not be read could not say that it must not be shown."""
    lines = [
        "# Which declaration may be shown, each page says itself (X-Robots-Tag); to know, it must be read.",
        "User-agent: *",
        "Disallow:",
    ]
    if may_be_indexed():
        lines.append(f"Sitemap: {public_address()}{url_for('robots.sitemap')}")
    return kept(Response("\n".join(lines) + "\n", mimetype="text/plain"))


@blueprint.get("/sitemap.xml")
@permit(Permission.PUBLIC)
def sitemap() -> ResponseReturnValue:
    if not may_be_indexed():
        abort(404)
    pages = [
        {"address": public_address() + url_for("public.show", slug=slug), "day": at.date().isoformat()}
        for slug, at in publications.findable(db(), limit=MOST_IN_A_SITEMAP)
    ]
    return kept(Response(render_template("public/sitemap.xml", pages=pages), mimetype="application/xml"))
