"""Reads what a cluster may know of one member beside its progress, as far as its consent allows.

Reads and removes the notes of cluster teams about their members.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.attendance import Attendance
from dnk_tool.domain.clusters.consent_editions import EDITIONS_WITH_CONTACTS, ConsentChoice
from dnk_tool.domain.permissions import Role
from dnk_tool.store.clusters import attendance, choices
from dnk_tool.store.mail.cluster_messages import RECIPIENT_ROLES
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Consent, Milestone
from dnk_tool.store.tables.consents import MemberNote
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Membership, Organisation


def notes_of(session: Session, consent_id: int) -> Sequence[MemberNote]:
    """The notes about a member, latest first."""
    rows = select(MemberNote).where(MemberNote.consent_id == consent_id)
    return session.scalars(rows.order_by(MemberNote.written_at.desc(), MemberNote.id.desc())).all()


def notes_by_consent(session: Session, organisation_id: int) -> Mapping[int, list[MemberNote]]:
    """All notes about a company by consent, latest first, in one statement."""
    rows = select(MemberNote).join(Consent, Consent.id == MemberNote.consent_id)
    rows = rows.where(Consent.organisation_id == organisation_id)
    found: dict[int, list[MemberNote]] = {}
    for note in session.scalars(rows.order_by(MemberNote.written_at.desc(), MemberNote.id.desc())):
        found.setdefault(note.consent_id, []).append(note)
    return found


def delete_notes(session: Session, consent_id: int) -> None:
    """Delete all notes about a member."""
    session.execute(delete(MemberNote).where(MemberNote.consent_id == consent_id))


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who leads or edits in a member company."""

    name: str
    email: str
    role: Role


@dataclass(frozen=True)
class MemberFile:
    """A present member: `notes` and `attended` are empty unless `allowed`, `indicator_set` None likewise.

    `contacts` are empty under an edition that does not name them.
    """

    organisation: Organisation
    consent: Consent
    allowed: frozenset[ConsentChoice]
    contacts: Sequence[Contact]
    notes: Sequence[MemberNote]
    attended: Sequence[tuple[Milestone, Attendance]]
    indicator_set: str | None


def read(
    session: Session, cluster_id: int, organisation_id: int, declaration_id: int | None, *, today: date
) -> MemberFile:
    """The file of a present member. Raises NoResultFound for any other company."""
    consent, organisation = session.execute(
        select(Consent, Organisation)
        .join(Organisation, Organisation.id == Consent.organisation_id)
        .where(
            Consent.cluster_id == cluster_id,
            Consent.organisation_id == organisation_id,
            Consent.withdrawn_at.is_(None),
        )
    ).one()
    allowed = choices.choices_of(session, consent.id)
    shows_contacts = consent.edition in EDITIONS_WITH_CONTACTS
    shows_support = ConsentChoice.SUPPORT in allowed
    indicator_set = None
    if declaration_id and ConsentChoice.PROFILE in allowed:
        chosen = select(Declaration.indicator_set).where(Declaration.id == declaration_id)
        indicator_set = session.scalar(chosen)
    return MemberFile(
        organisation,
        consent,
        allowed,
        _contacts(session, organisation_id, today=today) if shows_contacts else (),
        notes_of(session, consent.id) if shows_support else (),
        attendance.attended(session, [consent.id]).get(consent.id, ()) if shows_support else (),
        indicator_set,
    )


def _contacts(session: Session, organisation_id: int, *, today: date) -> Sequence[Contact]:
    rows = session.execute(
        select(Account.name, Account.email, Membership.role)
        .join(Membership, Membership.user_id == Account.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role.in_(RECIPIENT_ROLES),
            or_(Membership.until.is_(None), Membership.until >= today),
            Account.active,
        )
        .order_by(Account.name, Account.id)
    )
    return [Contact(*row) for row in rows]
