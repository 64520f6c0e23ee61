"""Forms about a person's role in a company."""

from datetime import UTC, datetime
from functools import lru_cache

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, RadioField, SelectMultipleField

from dnk_tool.catalogue import Criterion, Section, load_catalogue, selection_for
from dnk_tool.domain.people import InvalidRoleGrant, RoleGrant, role_grant
from dnk_tool.domain.permissions import Role
from dnk_tool.language import Language, known_language, local_day
from dnk_tool.services.accounts.lifecycle import InvalidAddress, normalised_address
from dnk_tool.web.declarations.settings import CURRENT_EDITION
from dnk_tool.web.text.form_fields import DayField


class InviteeForm(FlaskForm):
    """The invited address; a class of its own so that it comes first in the form."""

    email = EmailField()


class RoleGrantForm(FlaskForm):
    """A role, the sections of a contributor, and the last day of a viewer."""

    role = RadioField(validate_choice=False)
    sections = SelectMultipleField(validate_choice=False)
    until = DayField()

    def to_role_grant(self, before: RoleGrant | None = None) -> RoleGrant | None:
        """The role grant; None, with messages at the fields, if invalid.

        `before`: the present grant, whose last day may be in the past if it is not changed.
        """
        role = next((known_role for known_role in Role if known_role == self.role.data), None)
        if role is None:
            self.role.errors = [_("Wählen Sie eine Rolle.")]
            return None
        if role is Role.VIEWER and not self.until.validate(self):
            return None
        until = self.until.data if role is Role.VIEWER else None
        today = None if before and before.until == until else local_day(datetime.now(UTC))
        try:
            return role_grant(role, known_sections(self.sections.data or ()), until, today=today)
        except InvalidRoleGrant:
            if role is Role.CONTRIBUTOR:
                self.sections.errors = [_("Wählen Sie mindestens ein Kriterium.")]
            else:
                self.until.errors = [_("Dieser Tag ist schon vorbei.")]
            return None


class InviteForm(InviteeForm, RoleGrantForm):
    """Address, role grant and language of an invitation."""

    language = RadioField(choices=["de", "en"], validate_choice=False)

    def email_and_role_grant(self) -> tuple[str, RoleGrant] | None:
        """Address and role grant; None, with messages at the fields, if invalid."""
        given = self.to_role_grant()
        try:
            email = normalised_address(self.email.data or "")
        except InvalidAddress:
            self.email.errors = [_("Geben Sie eine E-Mail-Adresse ein, zum Beispiel name@firma.de.")]
            return None
        return (email, given) if given else None

    @property
    def mail_language(self) -> Language:
        return known_language(self.language.data)


@lru_cache(maxsize=1)
def all_sections() -> dict[str, Section]:
    """All sections of the current edition, with every option, by ref."""
    catalogue = load_catalogue(CURRENT_EDITION)
    options = frozenset(option.key for option in catalogue.options)
    chosen = selection_for(CURRENT_EDITION, catalogue.indicator_sets[0].key, options)
    return dict(chosen.section_by_ref)


def known_sections(refs: list[str] | tuple[str, ...]) -> frozenset[str]:
    """The refs for which there is a section."""
    return frozenset(refs) & all_sections().keys()


def section_titles(refs: frozenset[str] | list[str], language: Language) -> list[str]:
    """The titles of the sections, in catalogue order."""
    return [_title(section, language) for ref, section in all_sections().items() if ref in refs]


def section_choices(language: Language) -> list[dict[str, str]]:
    """All sections as options."""
    return [{"value": ref, "label": _title(section, language)} for ref, section in all_sections().items()]


def _title(section: Section, language: Language) -> str:
    title = section.title.to(language)
    return f"{section.number}. {title}" if isinstance(section, Criterion) else title
