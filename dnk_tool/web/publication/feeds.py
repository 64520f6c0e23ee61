"""Atom feeds of the latest publications: of the installation, and of clusters with a public list."""

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.store.publication import public_list
from dnk_tool.store.publication.public_list import PublicationFilter, PublicationSortOrder, PublicationSummary
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail.mails import public_base_url
from dnk_tool.web.publication.labels import sector_name
from dnk_tool.web.publication.lists import blueprint
from dnk_tool.web.publication.responses import cluster_url_values, public_cluster, public_response

MAX_ENTRIES = 50
EMPTY_FEED_UPDATED = datetime(2000, 1, 1, tzinfo=UTC)  # for a feed that never had an entry
_OPTIONAL = {"pdf": "", "sector": "", "sector_name": ""}  # what an entry may lack
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@blueprint.get("/feed.atom")
@permit(Permission.PUBLIC)
def feed() -> ResponseReturnValue:
    return _feed(_("Veröffentlichte Erklärungen"), url_for("public.feed"), url_for("public.index"))


@blueprint.get("/cluster/<int:number>/feed.atom")
@permit(Permission.PUBLIC)
def cluster_feed(number: int) -> ResponseReturnValue:
    """The feed of a cluster. Its address has no name, so that it survives a renaming."""
    cluster = public_cluster(number)
    title = _("Veröffentlichte Erklärungen: %(cluster)s", cluster=cluster.name)
    page = url_for("public.cluster", **cluster_url_values(cluster))
    return _feed(title, url_for("public.cluster_feed", number=number), page, cluster)


def _feed(title: str, here: str, page: str, cluster: Cluster | None = None) -> Response:
    cluster_id = cluster.id if cluster else None
    entries = public_list.list_published(
        db(), PublicationFilter(cluster_id=cluster_id), PublicationSortOrder.NEWEST, limit=MAX_ENTRIES
    )
    changed = public_list.last_changed_at(db(), cluster_id) or (
        cluster.created_at if cluster else EMPTY_FEED_UPDATED
    )
    return feed_response(
        title=title,
        here=public_base_url() + here,
        page=public_base_url() + page,
        updated=feed_time(changed),
        entries=[_entry(entry) for entry in entries],
    )


def _entry(entry: PublicationSummary) -> dict[str, str]:
    """A published declaration as an entry of a feed."""
    return {
        "key": entry.slug,
        "company": entry.company,
        "title": f"{entry.company} – {entry.year}",
        "updated": feed_time(entry.published_at),
        "page": public_base_url() + url_for("public.show", slug=entry.slug),
        "pdf": public_base_url() + url_for("public.pdf", slug=entry.slug),
        "sector": entry.sector,
        "sector_name": sector_name(entry.sector, current_language()),
        "summary": _("Nachhaltigkeitserklärung nach dem DNK für %(year)s", year=entry.year)
        + ", "
        + (
            _("geprüft von %(cluster)s", cluster=entry.cluster)
            if entry.cluster
            else _("ohne Prüfung durch Dritte")
        ),
    }


def feed_response(
    *, title: str, here: str, page: str, updated: str, entries: Sequence[Mapping[str, str]]
) -> Response:
    """An Atom feed; the `key` of an entry gives its id, which never changes."""
    text = render_template(
        "publication/feed.xml",
        title=title,
        here=here,
        page=page,
        updated=updated,
        entries=[{**_OPTIONAL, **entry, "id": _entry_id(entry["key"])} for entry in entries],
    )
    return public_response(
        Response(_NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text), mimetype="application/atom+xml")
    )


def _entry_id(key: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"dnk-tool/{key}").urn


def feed_time(value: datetime) -> str:
    """A moment as Atom writes it."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
