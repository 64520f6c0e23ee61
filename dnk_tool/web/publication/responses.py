"""Responses of public pages: cacheable, and marked noindex unless findable."""

from typing import Any

from flask import Response, abort, make_response, request

from dnk_tool.services.publication.publish import slugify
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.web.http.headers import cacheable_response
from dnk_tool.web.http.transactions import db


def public_response(content: str | Response, *, is_findable: bool = False) -> Response:
    """Add noindex unless `is_findable`, and allow caching for requests without cookies."""
    response = make_response(content)
    if not is_findable:
        response.headers["X-Robots-Tag"] = "noindex"
    return response if request.cookies else cacheable_response(response)


def public_cluster(number: int) -> Cluster:
    """The cluster; aborts with 404 unless it has a public list."""
    cluster = clusters.by_id(db(), number)
    if cluster is None or not cluster.has_public_list:
        abort(404)
    return cluster


def cluster_url_values(cluster: Cluster) -> dict[str, Any]:
    """Parameters of the cluster's public address; the number identifies it, the name is for readers."""
    return {"number": cluster.id, "name": slugify(cluster.name, otherwise="cluster")}
