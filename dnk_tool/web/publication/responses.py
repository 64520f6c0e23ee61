"""How public pages are answered: kept by everybody between, and shown by search engines only where wanted."""

from typing import Any

from flask import Response, abort, make_response, request

from dnk_tool.services.publication.publish import slugify
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.web.http.access import MAX_ID
from dnk_tool.web.http.headers import cacheable_response
from dnk_tool.web.http.transactions import db


def public_response(content: str | Response, *, is_findable: bool = False) -> Response:
    """May be kept, if it is the page that every visitor gets; search engines are told where they may not."""
    response = make_response(content)
    if not is_findable:
        response.headers["X-Robots-Tag"] = "noindex"
    return response if request.cookies else cacheable_response(response)


def public_cluster(number: int) -> Cluster:
    """The cluster if it wants a public list, else 404."""
    found = clusters.by_id(db(), number) if number <= MAX_ID else None
    if found is None or not found.has_public_list:
        abort(404)
    return found


def cluster_url_values(cluster: Cluster) -> dict[str, Any]:
    """The parts of a cluster's public address; the number says which it is, the name is to be read."""
    return {"number": cluster.id, "name": slugify(cluster.name, otherwise="cluster")}
