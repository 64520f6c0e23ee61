"""Forms about clusters: name, staff, invited companies."""

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, ValidationError

from dnk_tool.domain.clusters.company_list.rows import LONGEST_COMPANY, LONGEST_NAME
from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.language import Language, known_language
from dnk_tool.services.clusters.administration import MAX_CONTACT_LENGTH
from dnk_tool.services.clusters.administration import MAX_NAME_LENGTH as LONGEST_CLUSTER
from dnk_tool.services.clusters.company_invitations import MAX_MESSAGE_LENGTH
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import is_safe
from dnk_tool.web.text.form_fields import LineField, ProseField
from dnk_tool.web.text.mail_address import MailAddressField

NO_NAME = _l("Geben Sie dem Cluster einen Namen.")
NAME_TAKEN = _l("So heißt schon ein anderes Cluster. Wählen Sie einen anderen Namen.")


class ShortProseField(ProseField):
    """A text of at most `longest` characters."""

    def __init__(self, *given: Any, longest: int, **named: Any) -> None:
        super().__init__(*given, **named)
        self.longest = longest

    def pre_validate(self, form: Any) -> None:
        if len(self.data or "") > self.longest:
            raise ValidationError(
                _("Bitte kürzen Sie diesen Text auf höchstens %(most)s Zeichen.", most=self.longest)
            )


class ClusterInvitationForm(FlaskForm):
    """Recipient and language of an invitation."""

    email = MailAddressField()
    name = LineField(longest=LONGEST_NAME)
    language = RadioField(choices=["de", "en"], validate_choice=False)

    @property
    def mail_language(self) -> Language:
        return known_language(self.language.data)


class ClusterNameForm(FlaskForm):
    """The cluster's name."""

    cluster_name = LineField(longest=LONGEST_CLUSTER)

    def validate_cluster_name(self, field: LineField) -> None:
        if not (field.data or "").strip():
            raise ValidationError(str(NO_NAME))


class NewClusterForm(ClusterInvitationForm, ClusterNameForm):
    """A new cluster and the invitation of its first manager."""


class ClusterDetailsForm(ClusterNameForm):
    """What members see of a cluster, and whether it has a public list."""

    contact = ShortProseField(longest=MAX_CONTACT_LENGTH)
    public_list = RadioField(choices=["no", "yes"], validate_choice=False)

    @property
    def has_public_list(self) -> bool | None:
        """None if nothing was chosen: then the setting stays."""
        return {"no": False, "yes": True}.get(self.public_list.data or "")


class StaffInvitationForm(ClusterInvitationForm):
    """An invitation to a cluster's team."""

    role = RadioField(choices=[role.value for role in ClusterRole], validate_choice=False)

    @property
    def offered(self) -> ClusterRole:
        """The offered role; reviewer unless manager was chosen."""
        return ClusterRole.MANAGER if self.role.data == ClusterRole.MANAGER else ClusterRole.REVIEWER


class InvitationMessageForm(FlaskForm):
    """The sender's own message."""

    message = ShortProseField(longest=MAX_MESSAGE_LENGTH)


class CompanyInvitationForm(ClusterInvitationForm, InvitationMessageForm):
    """An invitation of a company."""

    company = LineField(longest=LONGEST_COMPANY)
    cohort = SelectField(default="", validate_choice=False)

    def validate_company(self, field: LineField) -> None:
        if not (field.data or "").strip():
            raise ValidationError(_("Geben Sie den Namen des Unternehmens ein."))


def form_from_request(form: type[FlaskForm], **data: Any) -> Any:
    """The form with the posted data; on GET with `data` and the page's language for mails."""
    if is_safe():
        return form(formdata=None, data={"language": current_language()} | data)
    return form(formdata=request.form, data=data)
