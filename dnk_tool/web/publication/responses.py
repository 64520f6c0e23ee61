"""How public pages are answered: kept by everybody between, and shown by search engines only where wanted."""

from typing import Any

from flask import Response, abort, make_response, request

from dnk_tool.services.publication.publish import in_address
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.clusters.queries import Cluster
from dnk_tool.web.http.access import LARGEST_ID
from dnk_tool.web.http.headers import keepable
from dnk_tool.web.http.transactions import db


def kept(content: str | Response, *, is_findable: bool = False) -> Response:
    """May be kept, if it is the page that every visitor gets; search engines are told where they may not."""
    response = make_response(content)
    if not is_findable:
        response.headers["X-Robots-Tag"] = "noindex"
    return response if request.cookies else keepable(response)


def public_cluster(number: int) -> Cluster:
    """The cluster if it wants a public list, else 404."""
    found = clusters.by_id(db(), number) if number <= LARGEST_ID else None
    if found is None or not found.has_public_list:
        abort(404)
    return found


def address_of(cluster: Cluster) -> dict[str, Any]:
    """The parts of a cluster's public address; the number says which it is, the name is to be read."""
    return {"number": cluster.id, "name": in_address(cluster.name, otherwise="cluster")}
