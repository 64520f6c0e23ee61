"""A contributor's visit by secret link, and the page for the answers."""

from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import ValidationError

from dnk_tool.catalogue import Section, Selection
from dnk_tool.domain.answers.completeness import section_completeness
from dnk_tool.language import LOCAL_TIME_ZONE
from dnk_tool.services.accounts.lifecycle import MAX_NAME_LENGTH
from dnk_tool.services.answers.save import SectionSaveOutcome
from dnk_tool.services.invitations.contributions import Contribution, contribution_content, guest_name
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.answers.conflicts import conflict_pages
from dnk_tool.web.answers.last_year import last_year_for_contributor
from dnk_tool.web.answers.section_page import section_page
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db, is_safe
from dnk_tool.web.invitations.contributions.mails import criterion_number
from dnk_tool.web.text.form_errors import FieldError, field_errors
from dnk_tool.web.text.form_fields import LineField


class ContributorNameForm(FlaskForm):
    """The contributor's name. `is_settled`: fixed, as the address has an account with a name."""

    name = LineField(longest=MAX_NAME_LENGTH)
    is_settled = False

    def validate_name(self, field: LineField) -> None:
        if not 0 < len(field.data or "") <= MAX_NAME_LENGTH:
            raise ValidationError(_("Geben Sie Ihren Namen ein, höchstens 200 Zeichen."))


@dataclass(frozen=True)
class ContributionLink:
    """A secret link and the contribution that it opens."""

    contribution: Contribution
    token: str

    @property
    def declaration(self) -> Declaration:
        return self.contribution.declaration

    @property
    def section(self) -> Section:
        """The section, restricted to the requirements asked for."""
        return self.contribution.section

    @property
    def selection(self) -> Selection:
        return declarations.selection_of(self.declaration)

    def url(self, **values: Any) -> str:
        """The address of the link's page, with further parameters."""
        return url_for("contributions.answer", token=self.token, **values)

    def name_form(self) -> ContributorNameForm:
        """The form with the name, posted or stored; some pages, such as a conflict's, send no name."""
        name, is_settled = guest_name(db(), self.contribution.invitation)
        is_sent = "name" in request.form and not is_settled
        form = ContributorNameForm(formdata=request.form if is_sent else None, data={"name": name})
        form.is_settled = is_settled
        return form


def answer_page(
    visit: ContributionLink,
    form: FlaskForm,
    names: ContributorNameForm,
    *,
    content: DeclarationContent | None = None,
    is_open: bool = True,
    is_empty: bool = False,
) -> str:
    """Render the page with the fields. `is_empty`: the contributor sent an empty answer."""
    invitation, section, asker = visit.contribution.invitation, visit.section, visit.contribution.asker
    content = content or contribution_content(db(), visit.contribution)
    shown = section_page(
        section,
        form,
        content,
        section_completeness(content.sheet, section),
        year=visit.declaration.reporting_year,
        language=current_language(),
        extra_row=request.args.get("zeile", ""),
    )
    errors = [*shown.errors, *field_errors(names)]
    if is_empty:
        first = (*shown.requirements, *shown.indicators)[0]
        text = _("Hier steht noch keine Antwort. Schreiben Sie etwas, oder erklären Sie, warum nicht.")
        errors.append(FieldError(first.name, text))
    return render_template(
        "invitations/contributions/answer.html",
        here=visit.url(),
        invitation=invitation,
        declaration=visit.declaration,
        section=section,
        number=criterion_number(section),
        page=shown,
        form=form,
        names=names,
        errors=errors,
        asker=asker.name or asker.email,
        is_open=is_open,
        is_sent=not is_safe(),
        asides=None,
        help_url=lambda _ref: "",
        shown_help="",
        threads={},
        last_year=last_year_for_contributor(visit.declaration, section, content),
        until=invitation.expires_at.astimezone(LOCAL_TIME_ZONE).date(),
    )


def conflict_page(visit: ContributionLink, outcome: SectionSaveOutcome) -> str:
    """Render the page with both texts after an edit conflict."""
    return render_template(
        "answers/conflict.html",
        declaration=visit.declaration,
        section=visit.section,
        conflicts=conflict_pages(db(), visit.selection, outcome.conflicts, current_language()),
        here=visit.url(),
        errors=(),
    )
