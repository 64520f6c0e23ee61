"""The page about a cluster's numbers of a year, and the buttons that release and withdraw them."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.aggregates.entering_versions import ReleaseState
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.aggregates import releases as release_service
from dnk_tool.services.aggregates.releases import MAX_REASON_LENGTH, NoReason, ReleaseChanged, ReleaseOutdated
from dnk_tool.services.work import Work
from dnk_tool.store.aggregates.entering_members import entering_members
from dnk_tool.store.tables.aggregates import ReleaseRow
from dnk_tool.web.aggregates.releases.confirmation_mail import ask_operators
from dnk_tool.web.aggregates.releases.year_page import FIRST_YEAR, LAST_YEAR, year_page
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.cluster_pages import ClusterTab, cluster_page
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import after_commit, db, wake_background

blueprint = Blueprint("aggregate_releases", __name__, url_prefix="/cluster/<int:cluster_id>/zahlen")


@blueprint.get("")
@cluster_page(_l("Zahlen"), Permission.CLUSTER_VIEW, position=40, tab=ClusterTab.RESULTS)
def show(cluster_id: int) -> ResponseReturnValue:
    return _page(request.args.get("jahr", type=int))


@blueprint.post("/<int:year>")
@permit(Permission.CLUSTER_LEAD)
def order(cluster_id: int, year: int) -> ResponseReturnValue:
    """Have a release of the year prepared in the background."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        abort(404)
    _order(year)
    return _back(year)


@blueprint.post("/freigabe/<int:release_id>")
@permit(Permission.CLUSTER_LEAD)
def make(cluster_id: int, release_id: int) -> ResponseReturnValue:
    """Release the prepared numbers; prepare them anew if something changed meanwhile."""

    def release(row: ReleaseRow, now: datetime) -> None:
        digest = request.form.get("sha256", "")
        try:
            release_service.make_release(Work(db(), current_actor(), now), current_cluster(), row.id, digest)
        except ReleaseOutdated:
            _order(row.reporting_year)
            flash(
                _(
                    "Seit der Vorschau hat sich etwas geändert, etwa eine Einwilligung oder eine Erklärung. "
                    "Wir bereiten die Zahlen neu vor; sehen Sie sich die Vorschau noch einmal an."
                ),
                "warning",
            )
        else:
            flash(_("Die Zahlen für %(year)s sind freigegeben.", year=row.reporting_year), "success")

    return _change(release_id, release)


@blueprint.post("/freigabe/<int:release_id>/verwerfen")
@permit(Permission.CLUSTER_LEAD)
def discard(cluster_id: int, release_id: int) -> ResponseReturnValue:
    """Discard what was prepared and is not released."""

    def remove(row: ReleaseRow, now: datetime) -> None:
        release_service.discard_release(db(), current_cluster(), row.id, actor=current_actor())
        flash(_("Die Vorschau ist verworfen. Es wurde nichts freigegeben."), "success")

    return _change(release_id, remove)


@blueprint.post("/freigabe/<int:release_id>/zurueckziehen")
@permit(Permission.CLUSTER_LEAD)
def withdraw(cluster_id: int, release_id: int) -> ResponseReturnValue:
    """Withdraw the numbers, with a reason that members can read."""
    year, reason = _release_or_404(release_id).reporting_year, request.form.get("reason", "")
    if len(reason.strip()) > MAX_REASON_LENGTH:
        error = _("Bitte kürzen Sie den Grund auf höchstens %(most)s Zeichen.", most=MAX_REASON_LENGTH)
        return _page(year, error, reason), 422

    def take_back(row: ReleaseRow, now: datetime) -> None:
        release_service.withdraw_release(Work(db(), current_actor(), now), current_cluster(), row.id, reason)
        flash(_("Die Zahlen für %(year)s sind zurückgezogen.", year=row.reporting_year), "success")

    try:
        return _change(release_id, take_back)
    except NoReason:
        return _page(year, _("Sagen Sie kurz, warum Sie die Zahlen zurückziehen."), reason), 422


def _change(release_id: int, action: Callable[[ReleaseRow, datetime], None]) -> ResponseReturnValue:
    """Do something with a release of the cluster; say so where somebody else was faster."""
    row = _release_or_404(release_id)
    year = row.reporting_year
    try:
        action(row, datetime.now(UTC))
    except ReleaseChanged:
        flash(
            _(
                "Inzwischen hat jemand anders diese Zahlen freigegeben, verworfen oder zurückgezogen. "
                "Hier steht, wie es jetzt ist."
            ),
            "warning",
        )
    return _back(year)


def _order(year: int) -> None:
    now = datetime.now(UTC)
    cluster = current_cluster()
    release_service.order_release(Work(db(), current_actor(), now), cluster, year)
    if entering_members(db(), cluster.id, year).unconfirmed:
        ask_operators()
    after_commit(wake_background)


def _release_or_404(release_id: int) -> ReleaseRow:
    row = db().get(ReleaseRow, release_id)
    return row if row is not None and row.cluster_id == current_cluster().id else abort(404)


def _page(year: int | None, error: str = "", reason: str = "") -> str:
    page = year_page(db(), current_cluster(), year, current_language(), now=datetime.now(UTC))
    return render_template(
        "aggregates/releases/show.html",
        cluster=current_cluster(),
        page=page,
        State=ReleaseState,
        typed=reason,
        errors=[{"text": error, "href": "#reason"}] if error else [],
    )


def _back(year: int | None) -> ResponseReturnValue:
    return redirect(url_for("aggregate_releases.show", cluster_id=current_cluster().id, jahr=year), 303)
