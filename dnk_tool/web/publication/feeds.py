"""Atom feeds of what was published last: of the installation, and of clusters with a public list."""

import re
import uuid
from datetime import UTC, datetime

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.store.clusters.queries import Cluster
from dnk_tool.store.publication import publications
from dnk_tool.store.publication.publications import Order, Wanted
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail.mails import public_address
from dnk_tool.web.publication.labels import of_sector
from dnk_tool.web.publication.lists import blueprint
from dnk_tool.web.publication.responses import address_of, kept, public_cluster

ENTRIES = 50
NEVER = datetime(2000, 1, 1, tzinfo=UTC)  # of a feed that never had an entry
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@blueprint.get("/feed.atom")
@permit(Permission.PUBLIC)
def feed() -> ResponseReturnValue:
    return _feed(_("Veröffentlichte Erklärungen"), url_for("public.feed"), url_for("public.index"))


@blueprint.get("/cluster/<int:number>/feed.atom")
@permit(Permission.PUBLIC)
def cluster_feed(number: int) -> ResponseReturnValue:
    """Its address has no name in it, so that it outlasts a change of the name."""
    found = public_cluster(number)
    title = _("Veröffentlichte Erklärungen: %(cluster)s", cluster=found.name)
    page = url_for("public.cluster", **address_of(found))
    return _feed(title, url_for("public.cluster_feed", number=number), page, found)


def _feed(title: str, here: str, page: str, cluster: Cluster | None = None) -> Response:
    cluster_id = cluster.id if cluster else None
    entries = publications.published(db(), Wanted(cluster_id=cluster_id), Order.NEWEST, limit=ENTRIES)
    changed = publications.changed_at(db(), cluster_id) or (cluster.created_at if cluster else NEVER)
    text = render_template(
        "public/feed.xml",
        title=title,
        here=public_address() + here,
        page=public_address() + page,
        updated=_moment(changed),
        entries=[
            {
                "id": uuid.uuid5(uuid.NAMESPACE_OID, f"dnk-tool/{one.slug}").urn,
                "company": one.company,
                "title": f"{one.company} – {one.year}",
                "updated": _moment(one.published_at),
                "page": public_address() + url_for("public.show", slug=one.slug),
                "pdf": public_address() + url_for("public.pdf", slug=one.slug),
                "sector": one.sector,
                "sector_name": of_sector(one.sector, current_language()),
                "summary": _("Nachhaltigkeitserklärung nach dem DNK für %(year)s", year=one.year)
                + ", "
                + (
                    _("geprüft von %(cluster)s", cluster=one.cluster)
                    if one.cluster
                    else _("ohne Prüfung durch Dritte")
                ),
            }
            for one in entries
        ],
    )
    return kept(Response(_NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text), mimetype="application/atom+xml"))


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
