"""The page on which an editor requests a contribution to a criterion or to some points of it.

The form of a contribution request.
"""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, RadioField, SelectField, SelectMultipleField, ValidationError

from dnk_tool.catalogue import Section
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import LANGUAGES, known_language
from dnk_tool.services.accounts.lifecycle import MAX_NAME_LENGTH
from dnk_tool.services.editing.locks import section_is_open
from dnk_tool.services.invitations import contribution_requests as answer_requests
from dnk_tool.services.invitations.contribution_requests import (
    MAX_MESSAGE_LENGTH,
    ContributionAlreadyRequested,
)
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.invitations import contribution_requests
from dnk_tool.web.http.access import current_account, current_declaration, current_work, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import LANGUAGE_NAMES, current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.invitations.contributions.earlier_requests import prefill_from_earlier_request
from dnk_tool.web.invitations.contributions.mails import (
    criterion_number,
    requirement_label,
    send_request_mail,
)
from dnk_tool.web.invitations.contributions.routes import DECLARATION_PREFIX, blueprint
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import LineField, ProseField
from dnk_tool.web.text.mail_address import checked_address
from dnk_tool.web.text.section_parts import point_url


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


@blueprint.get(f"{DECLARATION_PREFIX}/neu")
@permit(Permission.CONTRIBUTION_ASK)
def new(declaration_id: int) -> ResponseReturnValue:
    """Show the form, or the sections to choose from if the address names none."""
    if "kriterium" not in request.args:
        selection = declarations.selection_of(current_declaration())
        return render_template(
            "invitations/contributions/choose.html",
            declaration=current_declaration(),
            sections=selection.sections,
        )
    section = _section()
    wanted = _point(section)
    refs = [requirement.ref for requirement in section.all_requirements]
    points = [wanted] if wanted else refs
    data = {
        "points": points,
        "language": current_language(),
        **prefill_from_earlier_request(current_declaration(), refs),
    }
    form = _form(section, formdata=None, data=data)
    return _page(section, form)


@blueprint.post(f"{DECLARATION_PREFIX}/neu")
@permit(Permission.CONTRIBUTION_ASK)
@creates
def ask(declaration_id: int) -> ResponseReturnValue:
    declaration, section = current_declaration(), _section()
    form = _form(section, formdata=request.form)
    if not form.validate():
        return _page(section, form), 422
    email, name = form.person
    language = known_language(form.language.data)
    try:
        question, token = answer_requests.request_contribution(
            current_work(),
            declaration,
            email=email,
            name=name,
            refs=form.refs,
            message=form.message.data,
            language=language,
        )
    except ContributionAlreadyRequested as error:
        asked = error.question
        text = _(
            "%(name)s ist dazu schon gefragt, und der Link gilt noch. Erinnern können Sie unter „Anfragen“.",
            name=asked.name or asked.email,
        )
        form.email.errors = [text]
        return _page(section, form), 422
    send_request_mail("invitations/contribution", declaration, question, asker=current_account(), token=token)
    flash(_("Die Anfrage an %(name)s ist unterwegs.", name=question.name or question.email), "success")
    return redirect(_url_after(section), 303)


def _url_after(section: Section) -> str:
    """Back to the point in question, else to all requests."""
    declaration_id, point = current_declaration().id, _point(section)
    if not point:
        return url_for("contributions.show", declaration_id=declaration_id)
    return point_url(declaration_id, section, point)


def _point(section: Section) -> str:
    """The point in whose menu the request was begun; "" if it was begun for the whole section."""
    wanted = request.args.get("punkt", "")
    return wanted if any(requirement.ref == wanted for requirement in section.all_requirements) else ""


def _section() -> Section:
    selection = declarations.selection_of(current_declaration())
    return selection.section_by_ref.get(request.args.get("kriterium", "")) or abort(404)


def _form(section: Section, **given: object) -> ContributionRequestForm:
    form = ContributionRequestForm(**given)
    form.section = section
    form.people = contribution_requests.people_asked_before(db(), current_declaration().organisation_id)
    return form


def _page(section: Section, form: ContributionRequestForm) -> str:
    declaration, language = current_declaration(), current_language()
    return render_template(
        "invitations/contributions/new.html",
        declaration=declaration,
        section=section,
        point=_point(section),
        number=criterion_number(section),
        form=form,
        errors=field_errors(form),
        is_open=section_is_open(db(), declaration, section.ref),
        points=[
            {"value": requirement.ref, "label": requirement_label(requirement, language)}
            for requirement in section.all_requirements
        ],
        people=[{"value": email, "label": f"{name} ({email})"} for email, name in form.people.items()],
        languages=[{"value": code, "label": LANGUAGE_NAMES[code]} for code in LANGUAGES],
    )
