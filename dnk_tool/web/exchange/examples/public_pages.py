"""Good examples for everybody: those whose company agreed to it, as a page, a feed and a card to embed."""

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.exchange.examples import ExampleState
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.exchange import examples
from dnk_tool.store.exchange.examples import ShownExample
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.web.exchange.examples.example_view import example_cards, shown_view
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.headers import allow_frames
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail.mails import public_base_url
from dnk_tool.web.publication.feeds import feed_response, feed_time
from dnk_tool.web.publication.responses import cluster_url_values, public_response

blueprint = Blueprint("public_examples", __name__, url_prefix="/beispiele")

MOST_SHOWN = 50
MOST_ON_CARD = 3


@blueprint.get("/<int:number>")
@permit(Permission.PUBLIC)
def by_number(number: int) -> ResponseReturnValue:
    """Redirect from the short address to the one with the cluster's name."""
    cluster, _shown = _public_or_404(number)
    return redirect(url_for(".show", **cluster_url_values(cluster)), 302)


@blueprint.get("/<int:number>-<name>")
@permit(Permission.PUBLIC)
def show(number: int, name: str) -> ResponseReturnValue:
    cluster, shown = _public_or_404(number)
    address = cluster_url_values(cluster)
    if name != address["name"]:
        return redirect(url_for(".show", **address), 302)
    return public_response(
        render_template(
            "exchange/examples/public.html",
            cluster=cluster,
            cards=example_cards(shown, ".read", number=number),
        )
    )


@blueprint.get("/<int:number>/<int:example_id>")
@permit(Permission.PUBLIC)
def read(number: int, example_id: int) -> ResponseReturnValue:
    cluster, shown = _one_or_404(number, example_id)
    return public_response(
        render_template(
            "exchange/examples/public_example.html",
            cluster=cluster,
            shown=shown,
            view=shown_view(shown),
            list_url=url_for(".show", **cluster_url_values(cluster)),
        )
    )


@blueprint.get("/<int:number>/<int:example_id>/bild.jpg")
@permit(Permission.PUBLIC)
def picture(number: int, example_id: int) -> ResponseReturnValue:
    """The picture of an example for everybody, as JPEG."""
    _cluster, shown = _one_or_404(number, example_id)
    content = (examples.picture_of(db(), shown.id) if shown.picture else b"") or abort(404)
    return public_response(Response(content, mimetype="image/jpeg"))


@blueprint.get("/<int:number>/feed.atom")
@permit(Permission.PUBLIC)
def feed(number: int) -> ResponseReturnValue:
    """The latest examples as Atom. Its address has no name, so that it survives a renaming."""
    cluster, shown = _public_or_404(number)
    base = public_base_url()
    return feed_response(
        title=_("Gute Beispiele: %(cluster)s", cluster=cluster.name),
        here=base + url_for(".feed", number=number),
        page=base + url_for(".show", **cluster_url_values(cluster)),
        updated=feed_time(max((one.at for one in shown), default=cluster.created_at)),
        entries=[_entry(number, one) for one in shown],
    )


@blueprint.get("/<int:number>/karte")
@permit(Permission.PUBLIC)
def card(number: int) -> ResponseReturnValue:
    """A small page that other sites may frame: no script, no form, nothing of who is signed in."""
    cluster, shown = _public_or_404(number)
    text = render_template(
        "exchange/examples/card.html",
        cluster=cluster,
        cards=example_cards(shown[:MOST_ON_CARD], ".read", number=number),
        page=public_base_url() + url_for(".show", **cluster_url_values(cluster)),
    )
    return public_response(allow_frames(Response(text)))


def _public_or_404(number: int) -> tuple[Cluster, list[ShownExample]]:
    """The cluster and its examples for everybody.

    Aborts with 404 without any, unless everybody may know of the cluster by its public list.
    """
    cluster = clusters.by_id(db(), number) or abort(404)
    today = local_day(datetime.now(UTC))
    shown = examples.list_shown(
        db(), [number], ExampleState.PUBLISHED, today=today, is_public=True, limit=MOST_SHOWN
    )
    if not shown and not cluster.has_public_list:
        abort(404)
    return cluster, shown


def _one_or_404(number: int, example_id: int) -> tuple[Cluster, ShownExample]:
    cluster = clusters.by_id(db(), number) or abort(404)
    shown = examples.find_shown(db(), [number], example_id, today=local_day(datetime.now(UTC)))
    if shown is None or not shown.is_published or not shown.content.is_public:
        abort(404)
    return cluster, shown


def _entry(number: int, shown: ShownExample) -> dict[str, str]:
    view, address = shown_view(shown), url_for(".read", number=number, example_id=shown.id)
    summary = " ".join(part for part in (view.headline, view.saved) if part)
    return {
        "key": f"example/{shown.id}",
        "company": shown.company,
        "title": shown.content.title,
        "updated": feed_time(shown.at),
        "page": public_base_url() + address,
        "summary": f"{summary}. {shown.content.idea}" if summary else shown.content.idea,
    }
