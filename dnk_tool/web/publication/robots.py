"""robots.txt and sitemap: crawlers may read all public pages but index only findable ones.

If the operator forbids indexing, there is no sitemap and responses say `noindex` (`web/http/headers`).
"""

from flask import Blueprint, Response, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from dnk_tool.domain.permissions import Permission
from dnk_tool.store.publication import publications
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.headers import is_indexing_allowed
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail.mails import public_base_url
from dnk_tool.web.publication.responses import public_response

blueprint = Blueprint("robots", __name__)

MAX_SITEMAP_URLS = 50_000  # the protocol's limit


@blueprint.get("/robots.txt")
@permit(Permission.PUBLIC)
def show() -> ResponseReturnValue:
    """Disallow nothing: a page that must not be crawled could not deliver its noindex."""
    lines = [
        "# Which declaration may be shown, each page says itself (X-Robots-Tag); to know, it must be read.",
        "User-agent: *",
        "Disallow:",
    ]
    if is_indexing_allowed():
        lines.append(f"Sitemap: {public_base_url()}{url_for('robots.sitemap')}")
    return public_response(Response("\n".join(lines) + "\n", mimetype="text/plain"))


@blueprint.get("/sitemap.xml")
@permit(Permission.PUBLIC)
def sitemap() -> ResponseReturnValue:
    if not is_indexing_allowed():
        abort(404)
    pages = [
        {"address": public_base_url() + url_for("public.show", slug=slug), "day": at.date().isoformat()}
        for slug, at in publications.search_engine_slugs(db(), limit=MAX_SITEMAP_URLS)
    ]
    return public_response(
        Response(render_template("publication/sitemap.xml", pages=pages), mimetype="application/xml")
    )
