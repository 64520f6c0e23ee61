"""A conflict of interest with a company: marked for oneself or by a manager, taken back by a manager."""

from datetime import UTC, datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from dnk_tool.domain.permissions import NotPermitted, Permission, can, companies_kept_from
from dnk_tool.services.review import interest_conflicts
from dnk_tool.services.review.interest_conflicts import MAX_REASON_LENGTH, OwnConflict
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.review import team
from dnk_tool.web.http.access import (
    current_account,
    current_actor,
    current_cluster,
    current_organisation,
    current_subject,
    current_work,
    permit,
)
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.current_round import blueprint
from dnk_tool.web.review.team.form_values import account_number
from dnk_tool.web.text.form_errors import form_errors
from dnk_tool.web.text.form_fields import ProseField
from dnk_tool.web.text.options import Option, pair_options

ADDRESS = "/interessenkonflikt/<int:organisation_id>"


class ConflictForm(FlaskForm):
    """Why the person keeps out, for the managers."""

    reason = ProseField(longest=MAX_REASON_LENGTH)


@blueprint.get(ADDRESS)
@permit(Permission.CLUSTER_VIEW)
def conflict(cluster_id: int, organisation_id: int) -> ResponseReturnValue:
    return _page(ConflictForm(formdata=None))


@blueprint.post(ADDRESS)
@permit(Permission.CLUSTER_VIEW)
def mark_conflict(cluster_id: int, organisation_id: int) -> ResponseReturnValue:
    """Mark it for the person that the form names."""
    form, now = ConflictForm(formdata=request.form), datetime.now(UTC)
    if not form.validate():
        return _page(form), 422
    account_id = account_number(request.form.get("person", ""))
    if account_id is None:
        return _page(form, error=_("Wählen Sie, für wen der Interessenkonflikt gilt.")), 422
    try:
        is_new = interest_conflicts.mark_conflict(
            Work(db(), current_actor(), now),
            cluster_id,
            current_organisation(),
            account_id,
            reason=form.reason.data or "",
        )
    except LookupError:
        return _page(form, error=_("Diese Person arbeitet nicht mehr für das Cluster.")), 422
    except NotPermitted:
        abort(404)
    flash(_marked_text(account_id, is_new=is_new), "success")
    if interest_conflicts.is_review_left_to_nobody(db(), cluster_id, organisation_id, now=now):
        flash(_nobody_left_text(), "warning")
    if account_id == current_account().id:
        return redirect(url_for("review.queue", cluster_id=cluster_id), 303)
    return _redirect_to_page()


@blueprint.post(f"{ADDRESS}/<int:account_id>/zuruecknehmen")
@permit(Permission.CLUSTER_LEAD)
def end_conflict(cluster_id: int, organisation_id: int, account_id: int) -> ResponseReturnValue:
    """Open the review to the person again; lead to where it is assigned if nobody has it."""
    is_marked = team.conflict(db(), cluster_id, organisation_id, account_id) is not None
    if not is_marked and all(one.id != account_id for one, _role in clusters.staff(db(), cluster_id)):
        abort(404)
    try:
        is_ended = interest_conflicts.end_conflict(
            current_work(), cluster_id, current_organisation(), account_id
        )
    except OwnConflict:
        flash(_("Ihren eigenen Eintrag nimmt jemand anderes aus dem Clustermanagement zurück."), "warning")
        return _redirect_to_page()
    if not is_ended:
        flash(_("Dieser Interessenkonflikt ist schon zurückgenommen."), "info")
        return _redirect_to_page()
    waiting = team.unassigned(db(), cluster_id)
    free = [one.declaration_id for one in waiting if one.organisation_id == organisation_id]
    flash(_ended_text(account_id, is_free=bool(free)), "success")
    if not free or organisation_id in companies_kept_from(current_actor(), cluster_id):
        return _redirect_to_page()
    return redirect(url_for("review.show", cluster_id=cluster_id, declaration_id=free[0]), 303)


def _marked_text(account_id: int, *, is_new: bool) -> str:
    company = current_organisation().name
    if not is_new:
        return str(_("Der Interessenkonflikt war schon eingetragen."))
    if account_id == current_account().id:
        return str(
            _("Eingetragen. %(company)s prüft ab sofort jemand anderes aus dem Team.", company=company)
        )
    name = accounts.name_of(db(), account_id)
    return str(_("Eingetragen. %(name)s prüft %(company)s ab sofort nicht mehr.", name=name, company=company))


def _ended_text(account_id: int, *, is_free: bool) -> str:
    """Who may review again, and that what was assigned before does not come back by itself."""
    name, company = accounts.name_of(db(), account_id), current_organisation().name
    told = _("%(name)s kann %(company)s ab sofort wieder prüfen.", name=name, company=company)
    return f"{told} {_('Zugewiesen ist diese Prüfung noch niemandem.')}" if is_free else str(told)


def _nobody_left_text() -> str:
    return str(
        _(
            "Jetzt kann niemand aus dem Team %(company)s prüfen. Laden Sie unter „Team“ jemanden dafür ein, "
            "oder bitten Sie das Clustermanagement darum.",
            company=current_organisation().name,
        )
    )


def _redirect_to_page() -> ResponseReturnValue:
    address = url_for(
        "review.conflict", cluster_id=current_cluster().id, organisation_id=current_organisation().id
    )
    return redirect(address, 303)


def _page(form: ConflictForm, *, error: str = "") -> str:
    cluster_id, company = current_cluster().id, current_organisation()
    marked, own = team.conflicts_with(db(), cluster_id, company.id), current_account().id
    is_lead = can(Permission.CLUSTER_LEAD, current_actor(), current_subject())
    known = {account.id for _row, account in marked}
    staff = [account for account, _role in clusters.staff(db(), cluster_id) if account.id not in known]
    people: list[Option] = pair_options(
        (str(account.id), _("mich selbst") if account.id == own else account.name or account.email)
        for account in sorted(staff, key=lambda one: one.id != own)
        if is_lead or account.id == own
    )
    return render_template(
        "review/team/interest_conflict.html",
        cluster=current_cluster(),
        company=company,
        form=form,
        people=people,
        marked=marked if is_lead else [],
        is_own_marked=own in known,
        chosen=request.form.get("person", ""),
        is_last=interest_conflicts.is_review_left_to_nobody(
            db(), cluster_id, company.id, without=own, now=datetime.now(UTC)
        ),
        errors=form_errors(form) or ([{"text": error, "href": "#person"}] if error else []),
    )
