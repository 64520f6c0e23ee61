"""Good examples of a cluster: what waits for the manager, what is published, and how one goes back."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.exchange.examples import MAX_RETURN_LENGTH, ExampleState, plain_text
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.services.exchange import examples as verbs
from dnk_tool.services.exchange.examples import ExampleGone, ExampleNotOpen
from dnk_tool.services.work import Work
from dnk_tool.store.exchange import examples
from dnk_tool.store.exchange.examples import ShownExample
from dnk_tool.web.exchange.examples import mails
from dnk_tool.web.exchange.examples.example_view import example_cards, shown_view
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.cluster_pages import ClusterTab, cluster_page
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail.mails import public_base_url
from dnk_tool.web.publication.responses import cluster_url_values

blueprint = Blueprint("examples", __name__, url_prefix="/cluster/<int:cluster_id>/beispiele")


@blueprint.get("")
@cluster_page(_l("Gute Beispiele"), Permission.CLUSTER_LEAD, position=45, tab=ClusterTab.EXCHANGE)
def show(cluster_id: int) -> ResponseReturnValue:
    today = local_day(datetime.now(UTC))
    waiting = examples.list_shown(db(), [cluster_id], ExampleState.OFFERED, today=today)
    published = examples.list_shown(db(), [cluster_id], ExampleState.PUBLISHED, today=today)
    marks = {one.id: _("für jeden im Netz") for one in published if one.content.is_public}
    return render_template(
        "exchange/examples/cluster.html",
        cluster=current_cluster(),
        waiting=example_cards(waiting, ".read", cluster_id=cluster_id),
        published=example_cards(published, ".read", cluster_id=cluster_id, marks=marks),
        public=len(marks),
        public_url=cluster_url_values(current_cluster()),
        card_code=_card_code(),
    )


@blueprint.get("/<int:example_id>")
@permit(Permission.CLUSTER_LEAD)
def read(cluster_id: int, example_id: int) -> ResponseReturnValue:
    return _page(_shown_or_404(cluster_id, example_id))


@blueprint.post("/<int:example_id>/veroeffentlichen")
@permit(Permission.CLUSTER_LEAD)
def publish(cluster_id: int, example_id: int) -> ResponseReturnValue:
    def act(seen: int, now: datetime) -> None:
        verbs.publish_example(Work(db(), current_actor(), now), current_cluster(), example_id, seen=seen)

    if _led(example_id, act, is_published=True):
        flash(_("Veröffentlicht. Die Mitglieder sehen das Beispiel jetzt."), "success")
    return redirect(url_for(".show", cluster_id=cluster_id), 303)


@blueprint.post("/<int:example_id>/zurueckgeben")
@permit(Permission.CLUSTER_LEAD)
def give_back(cluster_id: int, example_id: int) -> ResponseReturnValue:
    """Give the example back with a word, which its company reads."""
    reason = plain_text(request.form.get("reason", ""))
    if error := _reason_error(reason):
        return _page(_shown_or_404(cluster_id, example_id), reason, error), 422

    def act(seen: int, now: datetime) -> None:
        verbs.return_example(
            Work(db(), current_actor(), now), current_cluster(), example_id, reason, seen=seen
        )

    if _led(example_id, act, is_published=False):
        flash(_("Zurückgegeben. Das Unternehmen liest Ihre Worte bei seinem Beispiel."), "success")
    return redirect(url_for(".show", cluster_id=cluster_id), 303)


@blueprint.get("/<int:example_id>/bild.jpg")
@permit(Permission.CLUSTER_LEAD)
def picture(cluster_id: int, example_id: int) -> ResponseReturnValue:
    """The picture of an example that the cluster has now, as JPEG."""
    shown = _shown_or_404(cluster_id, example_id)
    content = examples.picture_of(db(), shown.id) if shown.picture else b""
    return Response(content, mimetype="image/jpeg") if content else abort(404)


def _card_code() -> str:
    """What a website takes in to show the card."""
    address = public_base_url() + url_for("public_examples.card", number=current_cluster().id)
    title = _("Gute Beispiele")
    return f'<iframe src="{address}" title="{title}" width="360" height="480" loading="lazy"></iframe>'


def _shown_or_404(cluster_id: int, example_id: int) -> ShownExample:
    today = local_day(datetime.now(UTC))
    return examples.find_shown(db(), [cluster_id], example_id, today=today) or abort(404)


def _led(example_id: int, act: Callable[[int, datetime], None], *, is_published: bool) -> bool:
    """Do what a manager decided, and mail its company.

    False, with words about it, if the example is no longer as it was seen.
    """
    cluster, now = current_cluster(), datetime.now(UTC)
    shown = _shown_or_404(cluster.id, example_id)
    try:
        act(whole_number(request.form.get("version")) or 0, now)
    except (ExampleGone, ExampleNotOpen):
        db().rollback()
        flash(_("Das Unternehmen hat dieses Beispiel gerade geändert oder zurückgezogen."), "warning")
        return False
    mails.tell_company(cluster, shown, is_published=is_published)
    return True


def _reason_error(reason: str) -> str:
    if not reason:
        return str(_("Schreiben Sie in einem Satz, was Sie sich anders wünschen."))
    if len(reason) > MAX_RETURN_LENGTH:
        most = MAX_RETURN_LENGTH
        return str(
            _("Dieser Text ist zu lang. Bitte kürzen Sie ihn auf höchstens %(most)s Zeichen.", most=most)
        )
    return ""


def _page(shown: ShownExample, reason: str = "", error: str = "") -> str:
    return render_template(
        "exchange/examples/lead.html",
        cluster=current_cluster(),
        shown=shown,
        view=shown_view(shown),
        reason=reason,
        errors=[{"text": error, "href": "#reason"}] if error else [],
        error=error,
    )
