"""One member of a company: role changed or membership ended by an owner, or left by the member."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission, Role
from dnk_tool.services.people import members
from dnk_tool.services.people.members import LastOwner
from dnk_tool.store import people as memberships
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.organisations import Membership
from dnk_tool.web.accounts.step_up import ask_for_proof, has_recent_proof
from dnk_tool.web.http.access import current_actor, current_organisation, current_work, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.people import mails as people_mails
from dnk_tool.web.people.forms import RoleGrantForm, section_choices
from dnk_tool.web.text.form_errors import form_errors

blueprint = Blueprint("member", __name__, url_prefix="/unternehmen/<int:organisation_id>")


@blueprint.get("/personen/<int:account_id>")
@permit(Permission.ORGANISATION_OWN)
def edit(organisation_id: int, account_id: int) -> ResponseReturnValue:
    account, row = _member(organisation_id, account_id)
    data = {"role": row.role.value, "sections": row.sections, "until": row.until}
    return _page(account, RoleGrantForm(formdata=None, data=data))


@blueprint.post("/personen/<int:account_id>")
@permit(Permission.ORGANISATION_OWN)
def change(organisation_id: int, account_id: int) -> ResponseReturnValue:
    account, row = _member(organisation_id, account_id)
    form = RoleGrantForm()
    place = form.to_role_grant(memberships.role_grant_of(row))
    if place is None:
        return _page(account, form), 422
    if place.role is Role.OWNER and row.role is not Role.OWNER and not has_recent_proof():
        return ask_for_proof()
    try:
        members.change_member(current_work(), organisation_id, account_id, place)
    except LastOwner:
        form.role.errors = [_last_owner()]
        return _page(account, form), 422
    flash(_("Gespeichert. Das gilt ab sofort."), "success")
    return _redirect_after(organisation_id, account_id)


@blueprint.get("/personen/<int:account_id>/entfernen")
@permit(Permission.ORGANISATION_OWN)
def ask_to_remove(organisation_id: int, account_id: int) -> ResponseReturnValue:
    account, _row = _member(organisation_id, account_id)
    return _ending_page(account)


@blueprint.post("/personen/<int:account_id>/entfernen")
@permit(Permission.ORGANISATION_OWN)
def remove(organisation_id: int, account_id: int) -> ResponseReturnValue:
    account, _row = _member(organisation_id, account_id)
    try:
        members.remove_member(current_work(), organisation_id, account_id)
    except LastOwner:
        return _ending_page(account, is_refused=True), 422
    if account_id != current_actor().user_id:
        people_mails.send_removal_mail(account, place=current_organisation().name)
    name = account.name or account.email
    flash(_("%(name)s arbeitet nicht mehr hier. Das gilt ab sofort.", name=name), "success")
    return _redirect_after(organisation_id, account_id)


@blueprint.get("/verlassen")
@permit(Permission.DECLARATION_ENTER)
def ask_to_leave(organisation_id: int) -> ResponseReturnValue:
    account, _row = _member(organisation_id, current_actor().user_id or 0)
    return _ending_page(account)


@blueprint.post("/verlassen")
@permit(Permission.DECLARATION_ENTER)
def leave(organisation_id: int) -> ResponseReturnValue:
    account, _row = _member(organisation_id, current_actor().user_id or 0)
    try:
        members.remove_member(current_work(), organisation_id, account.id)
    except LastOwner:
        return _ending_page(account, is_refused=True), 422
    flash(_("Sie arbeiten nicht mehr für %(name)s.", name=current_organisation().name), "success")
    return redirect(url_for("start.show"), 303)


def _member(organisation_id: int, account_id: int) -> tuple[Account, Membership]:
    row = memberships.find(db(), organisation_id, account_id) or abort(404)
    return db().get_one(Account, account_id), row


def _redirect_after(organisation_id: int, account_id: int) -> ResponseReturnValue:
    """Redirect to the list, or to the start page after changes to one's own rights."""
    if account_id == current_actor().user_id:
        return redirect(url_for("start.show"), 303)
    return redirect(url_for("people.show", organisation_id=organisation_id), 303)


def _last_owner() -> str:
    return str(_("Mindestens eine Person muss die Leitung haben. Geben Sie sie zuerst jemand anderem."))


def _page(account: Account, form: RoleGrantForm) -> str:
    return render_template(
        "people/member.html",
        organisation=current_organisation(),
        account=account,
        form=form,
        errors=form_errors(form),
        roles=list(Role),
        sections=section_choices(current_language()),
    )


def _ending_page(account: Account, *, is_refused: bool = False) -> str:
    """Ask before an access ends. Tells the last owner to appoint another one first."""
    errors = [{"text": _last_owner(), "href": ""}] if is_refused else []
    organisation, is_own = current_organisation(), account.id == current_actor().user_id
    is_last_owner = is_own and memberships.active_owners(db(), organisation.id) == {account.id}
    people = memberships.of_organisation(db(), organisation.id) if is_last_owner else []
    return render_template(
        "people/member_ending.html",
        organisation=organisation,
        account=account,
        is_own=is_own,
        is_last_owner=is_last_owner,
        successors=[other for other, _row in people if other.id != account.id and other.active],
        errors=errors,
    )
