"""The form of a contribution request."""

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, RadioField, SelectField, SelectMultipleField, ValidationError

from dnk_tool.catalogue import Section
from dnk_tool.language import LANGUAGES
from dnk_tool.services.accounts.lifecycle import MAX_NAME_LENGTH
from dnk_tool.services.invitations.contribution_requests import MAX_MESSAGE_LENGTH
from dnk_tool.web.text.form_fields import LineField, ProseField
from dnk_tool.web.text.mail_address import checked_address


class ContributionRequestForm(FlaskForm):
    """Points, person and message. `known`: the address of somebody asked before."""

    points = SelectMultipleField(validate_choice=False)
    known = SelectField(validate_choice=False)
    name = LineField(longest=MAX_NAME_LENGTH)
    email = EmailField()
    message = ProseField()
    language = RadioField(choices=list(LANGUAGES), default="de")

    section: Section
    people: dict[str, str]

    def validate_points(self, field: SelectMultipleField) -> None:
        if not self.refs:
            raise ValidationError(_("Wählen Sie aus, worum Sie bitten möchten."))

    def validate_name(self, field: LineField) -> None:
        if not self.is_known and not (field.data or "").strip():
            raise ValidationError(_("Geben Sie den Namen der Person ein."))

    def validate_email(self, field: EmailField) -> None:
        typed = (field.data or "").strip()
        if self.is_known and typed and typed.lower() != self.known.data:
            raise ValidationError(
                _("Wählen Sie oben jemanden aus, oder geben Sie hier eine andere Adresse ein.")
            )
        if self.is_known:
            return
        checked_address(typed)

    def validate_message(self, field: ProseField) -> None:
        if len(field.data or "") > MAX_MESSAGE_LENGTH:
            raise ValidationError(_("Bitte kürzen Sie die Nachricht auf höchstens 2.000 Zeichen."))

    @property
    def is_known(self) -> bool:
        return self.known.data in self.people

    @property
    def refs(self) -> list[str]:
        """The chosen requirements, in the order of the section."""
        chosen = set(self.points.data or ())
        return [requirement.ref for requirement in self.section.all_requirements if requirement.ref in chosen]

    @property
    def person(self) -> tuple[str, str]:
        """Address and name of the person; a typed name replaces the stored one."""
        email = self.known.data if self.is_known else self.email.data.strip()
        return email, self.name.data or self.people.get(email, "")
