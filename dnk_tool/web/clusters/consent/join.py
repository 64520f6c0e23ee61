"""A company's invitation to a cluster: explains what joining means, and takes the consent."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import BooleanField, RadioField

from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import Permission, Role
from dnk_tool.language import local_day
from dnk_tool.services.clusters import consent as cluster_joins
from dnk_tool.services.clusters.consent import ConsentAlreadyGranted, ConsentWording
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.invitations.secret_links import InvalidInvitationLink
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.clusters import mails as cluster_mails
from dnk_tool.web.clusters.consent import wording as consent_wording
from dnk_tool.web.clusters.consent.form import ConsentAnswersForm, consent_form_data
from dnk_tool.web.http.access import current_actor, current_affiliations, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db, is_safe
from dnk_tool.web.invitations import visitor
from dnk_tool.web.invitations.account import accepting_account, sign_in_new_account
from dnk_tool.web.invitations.visitor import InvitationVisitor
from dnk_tool.web.mail.invalid_links import invalid_link_page
from dnk_tool.web.text.form_errors import form_errors
from dnk_tool.web.text.form_fields import LineField

blueprint = Blueprint("company_invitation", __name__)

NEW_COMPANY = "new"


class JoinClusterForm(ConsentAnswersForm):
    """Which company joins, what it allows, and the consent, which is never ticked in advance."""

    company = RadioField(validate_choice=False)
    new_name = LineField()
    agrees = BooleanField()

    def check(self, owned: dict[int, str]) -> bool:
        """Validate all fields and put messages at them; True if the invitation can be accepted."""
        self.validate()  # reports texts that are too long
        self.check_figures()
        if self.company.data not in {NEW_COMPANY, *map(str, owned)}:
            self.company.errors = [_("Wählen Sie ein Unternehmen.")]
        elif self.company.data == NEW_COMPANY and not (self.new_name.data or "").strip():
            self.new_name.errors = [_("Geben Sie den Namen des Unternehmens ein.")]
        if not self.agrees.data:
            self.agrees.errors = [_("Setzen Sie das Häkchen, wenn Ihr Unternehmen beitreten soll.")]
        return not any(field.errors for field in self)

    @property
    def organisation_id(self) -> int | None:
        """The chosen company; None for a new one."""
        return None if self.company.data == NEW_COMPANY else int(self.company.data)


@blueprint.route("/einladung/unternehmen/<token>", methods=["GET", "POST"])
@permit(Permission.BY_LINK)
@creates
def show(token: str) -> ResponseReturnValue:
    """GET grants nothing. POST creates account and company, as needed, and the consent in one transaction."""
    try:
        invitation = secret_links.usable_invitation(
            db(), token, InvitationKind.COMPANY, now=datetime.now(UTC)
        )
        guest, owned = visitor.invitation_visitor(invitation), _owned_companies()
        form = _join_form(invitation, owned)
        if is_safe():
            visitor.note_visit(guest)
            return _page(guest, form, owned)
        if not all([guest.is_ready(), form.check(owned)]):
            return _page(guest, form, owned), guest.status if guest.status != 200 else 422
        return _join(guest, form, token)
    except InvalidInvitationLink as over:
        return invalid_link_page(over.why)
    except ConsentAlreadyGranted:
        form.company.errors = [_("Dieses Unternehmen gehört schon zum Cluster.")]
        return _page(guest, form, owned), 422


def _join(guest: InvitationVisitor, form: JoinClusterForm, token: str) -> ResponseReturnValue:
    account, now = accepting_account(guest, token), datetime.now(UTC)
    consent = cluster_joins.accept_company_invitation(
        db(),
        token,
        account=account,
        organisation_id=form.organisation_id,
        new_name=form.new_name.data or "",
        aggregates_from=form.aggregates_from,
        choices=form.choices,
        wording=ConsentWording(consent_wording.EDITION, current_language()),
        now=now,
    )
    organisation = db().get_one(Organisation, consent.organisation_id)
    sign_in_new_account(guest, account)
    if consent.granted_at == now:
        cluster_mails.tell_of_new_member(consent, organisation, by=account)
        flash(_welcome_text(consent, organisation), "success")
    else:
        flash(
            _(
                "Dieses Unternehmen gehörte schon zum Cluster und ist jetzt auch in dessen Kohorte. "
                "An der Einwilligung ändert sich nichts."
            ),
            "success",
        )
    return redirect(url_for("company.show", organisation_id=organisation.id), 303)


def _welcome_text(consent: Consent, organisation: Organisation) -> str:
    cluster = clusters.by_id(db(), consent.cluster_id)
    return str(
        _(
            "%(company)s gehört jetzt zum Cluster „%(cluster)s“.",
            company=organisation.name,
            cluster=cluster.name if cluster else "",
        )
    )


def _owned_companies() -> dict[int, str]:
    """Names of the companies that the person owns, by id, without archived ones."""
    actor = current_actor()
    return {
        key: name
        for key, name in current_affiliations().organisations.items()
        if actor.roles[key] is Role.OWNER and key not in actor.archived_companies
    }


def _join_form(invitation: Invitation, owned: dict[int, str]) -> JoinClusterForm:
    same = [key for key, name in owned.items() if name.casefold() == invitation.company.casefold()]
    company = str(same[0]) if same else NEW_COMPANY if not owned else ""
    if is_safe():
        data = {"company": company, "new_name": invitation.company, **consent_form_data(None)}
        return JoinClusterForm(formdata=None, data=data)
    form = JoinClusterForm(formdata=request.form)
    if not owned:
        form.company.data = NEW_COMPANY
    return form


def _page(guest: InvitationVisitor, form: JoinClusterForm, owned: dict[int, str]) -> str:
    invitation = guest.invitation
    others = [name for key, name in current_affiliations().organisations.items() if key not in owned]
    return render_template(
        "clusters/consent/join.html",
        guest=guest,
        form=form,
        errors=[] if is_safe() else [*guest.errors, *form_errors(form)],
        cluster=clusters.by_id(db(), invitation.cluster_id or 0),
        consent_words=consent_wording,
        invitation=invitation,
        sender=accounts.name_of(db(), invitation.created_by),
        expires_on=local_day(invitation.expires_at),
        owned=owned,
        others=others,
    )
