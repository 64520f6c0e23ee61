"""An approval that is withdrawn, with a reason that the company reads."""

from datetime import UTC, datetime

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, ValidationError

from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.review.approvals import MAX_REASON_LENGTH, NoApproval, withdraw_approval
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.review import decisions
from dnk_tool.store.tables.review import Approval
from dnk_tool.web.http.access import current_actor, current_cluster, current_declaration, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails
from dnk_tool.web.review.current_round import blueprint, overview_url, round_or_404
from dnk_tool.web.review.round.decision import mail_recipients, mail_values
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import ProseField


class WithdrawalForm(FlaskForm):
    """The reason; `version`: whose approval the page named."""

    reason = ProseField(longest=MAX_REASON_LENGTH)
    version = HiddenField(default="")

    def validate_reason(self, field: ProseField) -> None:
        """Require a reason: the company is to know what to do."""
        if not field.data:
            raise ValidationError(_("Schreiben Sie, warum Sie die Freigabe zurückziehen."))


@blueprint.get("/<int:declaration_id>/freigabe-zurueckziehen")
@permit(Permission.REVIEW)
def ask_withdrawal(cluster_id: int, declaration_id: int) -> ResponseReturnValue:
    approval = _approval()
    return _page(WithdrawalForm(formdata=None), approval) if approval else _redirect_no_approval()


@blueprint.post("/<int:declaration_id>/freigabe-zurueckziehen")
@permit(Permission.REVIEW)
@creates
def withdraw(cluster_id: int, declaration_id: int) -> ResponseReturnValue:
    form, approval, now = WithdrawalForm(), _approval(), datetime.now(UTC)
    if approval is None or form.version.data != str(approval.version):
        return _redirect_no_approval()
    if not form.validate():
        return _page(form, approval), 422
    declaration = current_declaration()
    try:
        withdraw_approval(Work(db(), current_actor(), now), declaration, approval.version, form.reason.data)
    except NoApproval:
        return _redirect_no_approval()
    mails.notify_accounts(
        "review/approval_withdrawn",
        mail_recipients(now),
        version=approval.version,
        reason=approval.reason,
        is_back=declaration.state is State.SUBMITTED and declaration.version == approval.version,
        **mail_values(),
    )
    flash(_("Die Freigabe ist zurückgezogen. Das Unternehmen erhält eine Nachricht."), "success")
    return redirect(overview_url(), 303)


def _approval() -> Approval | None:
    declaration = current_declaration()
    return decisions.newest_approval(db(), declaration.id, declaration.cluster_id)


def _page(form: WithdrawalForm, approval: Approval) -> str:
    declaration = current_declaration()
    form.version.data = str(approval.version)
    return render_template(
        "review/withdraw_approval.html",
        cluster=current_cluster(),
        declaration=declaration,
        document=round_or_404().document,
        approval=approval,
        approved_by=accounts.name_of(db(), approval.approved_by),
        is_present=declaration.state is State.APPROVED,
        form=form,
        errors=field_errors(form),
    )


def _redirect_no_approval() -> ResponseReturnValue:
    flash(
        _("Diese Freigabe gibt es nicht mehr: Sie ist schon zurückgezogen, oder es gibt eine neuere."),
        "warning",
    )
    return redirect(overview_url(), 303)
