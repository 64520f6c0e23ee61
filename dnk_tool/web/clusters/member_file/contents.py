"""What the file of a member shows beside its declaration, as far as its consent allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from dnk_tool.catalogue import Catalogue
from dnk_tool.domain.clusters.consent_editions import EDITIONS_WITH_CONTACTS, ConsentChoice
from dnk_tool.domain.organisation import company_size
from dnk_tool.domain.permissions import Role
from dnk_tool.language import local_day
from dnk_tool.services.clusters.member_notes import may_delete
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.clusters import member_files
from dnk_tool.store.clusters.cockpit import MemberSummary
from dnk_tool.store.clusters.cockpit_sql import ClusterYear
from dnk_tool.store.clusters.member_files import Contact, MemberFile
from dnk_tool.store.tables.clusters import Cohort
from dnk_tool.store.tables.consents import MemberNote
from dnk_tool.web.http.access import current_actor
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.publication.labels import SIZES
from dnk_tool.web.text.sectors import sector_text


@dataclass(frozen=True)
class FilePage:
    """The file with the names of who wrote its notes."""

    file: MemberFile
    names: Mapping[int, str]

    @property
    def contacts(self) -> Sequence[Contact]:
        """Owners and editors, owners first."""
        return sorted(self.file.contacts, key=lambda contact: contact.role is not Role.OWNER)

    @property
    def shows_contacts(self) -> bool:
        """Whether the member agreed to words that name its contacts."""
        return self.file.consent.edition in EDITIONS_WITH_CONTACTS

    @property
    def allows_notes(self) -> bool:
        """Whether the team may take notes and record attendance."""
        return ConsentChoice.SUPPORT in self.file.allowed

    def cohort_name(self, cohorts: Sequence[Cohort], member: MemberSummary) -> str:
        """Which of the year's cohorts the member is in, or that it is in none."""
        if not member.takes_part:
            return str(_("dieses Jahr nicht dabei"))
        cohort = {one.id: one for one in cohorts}.get(member.cohort_id or 0)
        return (cohort.name or str(_("alle Mitglieder"))) if cohort else "–"

    def may_edit(self, note: MemberNote) -> bool:
        """Whether the reader wrote the note."""
        return note.author_id is not None and note.author_id == current_actor().user_id

    def may_delete(self, note: MemberNote) -> bool:
        """Whether the reader wrote the note or manages the cluster."""
        return may_delete(note, self.file.consent, current_actor())

    def profile_rows(self, catalogue: Catalogue) -> list[dict[str, Any]]:
        """Sector, size and indicator set as rows of a summary list, if the member allows that."""
        if ConsentChoice.PROFILE not in self.file.allowed:
            return []
        organisation, language = self.file.organisation, current_language()
        size = company_size(organisation.employees)
        titles = {one.key: one.title.to(language) for one in catalogue.indicator_sets}
        return [
            {"key": _("Branche"), "value": sector_text(organisation.sector, language) or "–"},
            {"key": _("Größe"), "value": SIZES[size] if size else "–"},
            {"key": _("Indikatorenset"), "value": titles.get(self.file.indicator_set or "", "–")},
        ]


def member_file(view: ClusterYear, member: MemberSummary) -> FilePage:
    """Read the file of a present member."""
    file = member_files.read(
        db(), view.cluster_id, member.organisation_id, member.declaration_id, today=local_day(view.now)
    )
    authors = {note.author_id for note in file.notes if note.author_id is not None}
    return FilePage(file, accounts.names_of(db(), authors) if authors else {})
