"""The operator's list of companies, and the page of each: names, numbers, people, and nothing else.

The operator invites an owner into a company that has none left, and asks owners to close theirs.
"""

from datetime import UTC, datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from dnk_tool.domain.permissions import Permission, Role
from dnk_tool.services.accounts.lifecycle import one_line
from dnk_tool.services.operation import company_deletion
from dnk_tool.services.operation.company_deletion import TIME_TO_EXPORT, AskedJustNow, NobodyToAsk
from dnk_tool.services.people import member_invitations
from dnk_tool.services.people.member_invitations import (
    CompanyInvitationLimitReached,
    MemberAlreadyInvited,
    OwnAddress,
    OwnerLeft,
)
from dnk_tool.services.work import Work
from dnk_tool.store import people as memberships
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.invitations import queries as invitations
from dnk_tool.store.operation import companies as company_lists
from dnk_tool.store.operation import company_closing
from dnk_tool.store.operation.companies import CompanyFilter, CompanyGroup
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.accounts.step_up import requires_step_up
from dnk_tool.web.clusters.forms import ClusterInvitationForm
from dnk_tool.web.http.access import current_actor, current_work, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail.mails import public_base_url
from dnk_tool.web.operation import mails
from dnk_tool.web.operation.overview import blueprint
from dnk_tool.web.people import invitation_notices
from dnk_tool.web.people import mails as people_mails
from dnk_tool.web.people.invitation_notices import Refusal
from dnk_tool.web.text.form_errors import form_errors
from dnk_tool.web.text.options import pair_options
from dnk_tool.web.text.paging import PAGE_SIZE, paginate

MAX_SEARCH_LENGTH = 200
GROUPS = {
    CompanyGroup.IN_USE: _l("in Gebrauch"),
    CompanyGroup.ARCHIVED: _l("archiviert"),
    CompanyGroup.WITHOUT_OWNER: _l("ohne Leitung"),
    CompanyGroup.EMPTY: _l("ohne Erklärung"),
}


@blueprint.get("/unternehmen")
@permit(Permission.INSTALLATION_RUN)
def companies() -> ResponseReturnValue:
    wanted = _requested_filter()
    part = paginate(company_lists.count(db(), wanted), "seite")
    return render_template(
        "operation/companies.html",
        wanted=wanted,
        groups=pair_options(((group.value, label) for group, label in GROUPS.items()), str(_l("alle"))),
        companies=company_lists.list_page(db(), wanted, offset=part.offset, limit=PAGE_SIZE),
        part=part,
    )


@blueprint.get("/unternehmen/<int:key>")
@permit(Permission.INSTALLATION_RUN)
def company(key: int) -> ResponseReturnValue:
    return render_company_page(company_or_404(key))


def company_or_404(key: int) -> Organisation:
    """The company. Its address has `key`, not `organisation_id`, as the operator does not act for it."""
    return declarations.find_organisation(db(), key) or abort(404)


def redirect_to_company(organisation: Organisation) -> ResponseReturnValue:
    """Redirect to the operator's page of the company."""
    return redirect(url_for("operation.company", key=organisation.id), 303)


def render_company_page(organisation: Organisation, **values: object) -> str:
    """Render the company's facts, its people and what the operator can do."""
    open_invitations = invitations.open_of_organisation(db(), organisation.id)
    return render_template(
        "operation/company.html",
        company=company_lists.summary_of(db(), organisation.id),
        people=memberships.of_organisation(db(), organisation.id),
        clusters=[cluster for cluster, _consent in clusters.of_organisation(db(), organisation.id)],
        invited_owners=[it for it in open_invitations if it.role == Role.OWNER],
        today=datetime.now(UTC).date(),
        **{"errors": [], "form": None, **values},
    )


def _requested_filter() -> CompanyFilter:
    """The filter of the address; a group that is none means all."""
    group = request.args.get("gruppe")
    return CompanyFilter(
        one_line(request.args.get("suche", ""))[:MAX_SEARCH_LENGTH],
        CompanyGroup(group) if group in set(CompanyGroup) else None,
    )


REFUSALS: invitation_notices.Refusals = {
    OwnerLeft: Refusal(_l("Dieses Unternehmen hat eine Leitung. Sie lädt selbst weitere Personen ein.")),
    OwnAddress: Refusal(
        _l("Wer die Installation betreibt, leitet kein fremdes Unternehmen. Laden Sie jemanden von dort ein.")
    ),
    MemberAlreadyInvited: Refusal(invitation_notices.ALREADY_INVITED),
}


@blueprint.post("/unternehmen/<int:key>/leitung")
@permit(Permission.INSTALLATION_RUN)
@creates
@requires_step_up
def invite_owner(key: int) -> ResponseReturnValue:
    organisation, form = company_or_404(key), ClusterInvitationForm()
    if not form.validate():
        return render_company_page(organisation, form=form, errors=form_errors(form)), 422
    try:
        invitation, token = member_invitations.invite_owner(
            current_work(), organisation.id, email=form.email.data, language=form.mail_language
        )
    except CompanyInvitationLimitReached:
        flash(
            _("In der letzten Stunde gingen schon zu viele Einladungen hinaus. Warten Sie etwas."), "warning"
        )
        return redirect_to_company(organisation)
    except tuple(REFUSALS) as error:
        status = invitation_notices.show_refusal(form, REFUSALS[type(error)])
        return render_company_page(organisation, form=form, errors=form_errors(form)), status
    people_mails.send_invitation(invitation, token, place=organisation.name)
    invitation_notices.flash_sent(form.email.data)
    return redirect_to_company(organisation)


@blueprint.post("/unternehmen/<int:key>/bitte")
@permit(Permission.INSTALLATION_RUN)
@creates
@requires_step_up
def ask_owners(key: int) -> ResponseReturnValue:
    """Ask the owners by mail to take everything along and to delete their declarations."""
    organisation, actor, now = company_or_404(key), current_actor(), datetime.now(UTC)
    try:
        company_deletion.ask_owners_to_close(Work(db(), actor, now), organisation)
    except NobodyToAsk:
        flash(
            _("Dieses Unternehmen hat niemanden, der es leitet. Laden Sie zuerst eine Leitung ein."),
            "warning",
        )
        return redirect_to_company(organisation)
    except AskedJustNow:
        flash(_("Die Bitte ging in den letzten 24 Stunden schon hinaus."), "info")
        return redirect_to_company(organisation)
    count = mails.tell_owners(
        "operation/close_request",
        organisation,
        years=[year for year, _state in company_closing.declarations_left(db(), organisation.id)],
        days=TIME_TO_EXPORT.days,
        link=public_base_url() + url_for("company_export.show", organisation_id=organisation.id),
    )
    flash(
        ngettext(
            "Die Bitte ist unterwegs an %(num)d Person.",
            "Die Bitte ist unterwegs an %(num)d Personen.",
            count,
        ),
        "success",
    )
    return redirect_to_company(organisation)
