"""Reads and writes who wants to get in touch about a residue; names only where both agreed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, delete, func, or_, select
from sqlalchemy.orm import Session, aliased

from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.store.clusters.choices import allows
from dnk_tool.store.exchange.neighbours import are_neighbours, lets_neighbours
from dnk_tool.store.exchange.residues import is_posted
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.exchange.residues import ResidueInquiryRow, ResidueNoticeRow
from dnk_tool.store.tables.organisations import Membership, Organisation


@dataclass(frozen=True)
class Inquiry:
    """A row with the notice it is about; `is_asking`: whether the reading member is the asking side.

    `neighbour`: the name of the other side's cluster, empty where both are members of one.
    """

    row: ResidueInquiryRow
    notice: ResidueNoticeRow
    is_asking: bool
    neighbour: str = ""

    @property
    def is_agreed(self) -> bool:
        """Whether both agreed, so that both may see each other's name."""
        return self.row.owner_agreed_at is not None and self.row.asker_agreed_at is not None

    @property
    def other_consent_id(self) -> int:
        """The membership of the other side."""
        return self.notice.consent_id if self.is_asking else self.row.consent_id

    @property
    def other_person(self) -> int | None:
        """The account that agreed for the other side; None if it is gone."""
        return self.row.owner_agreed_by if self.is_asking else self.row.asker_agreed_by

    @property
    def own_agreed_at(self) -> datetime | None:
        """When the reading member agreed."""
        return self.row.asker_agreed_at if self.is_asking else self.row.owner_agreed_at


@dataclass(frozen=True)
class InquiryContact:
    """Whom a member may write to: company, and person with address, empty where the account is gone."""

    company: str
    person: str
    email: str


def of_member(session: Session, consent: Consent) -> list[Inquiry]:
    """What a member asked and was asked, latest first, as long as both sides and their clusters allow it."""
    asker, other = aliased(Consent), aliased(Cluster)
    is_asking = ResidueInquiryRow.consent_id == consent.id
    across = lets_neighbours() & lets_neighbours(asker) & are_neighbours(Consent.cluster_id, asker.cluster_id)
    query = (
        select(ResidueInquiryRow, ResidueNoticeRow, other.id, other.name)
        .join(ResidueNoticeRow, ResidueNoticeRow.id == ResidueInquiryRow.notice_id)
        .join(Consent, Consent.id == ResidueNoticeRow.consent_id)
        .join(asker, asker.id == ResidueInquiryRow.consent_id)
        .join(other, other.id == case((is_asking, Consent.cluster_id), else_=asker.cluster_id))
        .where(
            is_asking | (ResidueNoticeRow.consent_id == consent.id),
            Consent.withdrawn_at.is_(None),
            asker.withdrawn_at.is_(None),
            allows(ConsentChoice.RESIDUES),
            (Consent.cluster_id == asker.cluster_id) | across,
        )
        .order_by(ResidueInquiryRow.id.desc())
    )
    return [
        Inquiry(row, notice, row.consent_id == consent.id, name if cluster_id != consent.cluster_id else "")
        for row, notice, cluster_id, name in session.execute(query)
    ]


def find(session: Session, consent: Consent, inquiry_id: int) -> Inquiry | None:
    """One of a member's inquiries, reread and locked; None if there is none."""
    row = session.get(ResidueInquiryRow, inquiry_id, with_for_update=True, populate_existing=True)
    if row is None:
        return None
    return next((each for each in of_member(session, consent) if each.row.id == row.id), None)


def find_between(session: Session, notice_id: int, consent_id: int) -> ResidueInquiryRow | None:
    """What a member asked about a notice; None if it never did."""
    wanted = ResidueInquiryRow.notice_id == notice_id, ResidueInquiryRow.consent_id == consent_id
    return session.scalar(select(ResidueInquiryRow).where(*wanted))


def count_open(session: Session, consent_id: int) -> int:
    """How many of a member's own inquiries wait for an answer."""
    query = select(func.count()).select_from(ResidueInquiryRow)
    return (
        session.scalar(
            query.where(
                ResidueInquiryRow.consent_id == consent_id,
                ResidueInquiryRow.own_notice_id.is_(None),
                ResidueInquiryRow.owner_agreed_at.is_(None),
                ResidueInquiryRow.declined_at.is_(None),
            )
        )
        or 0
    )


def introductions(session: Session, cluster_id: int) -> Sequence[ResidueInquiryRow]:
    """Which notices managers introduced to each other, one of them of this cluster, while they are shown."""
    asker = aliased(Consent)
    return session.scalars(
        select(ResidueInquiryRow)
        .join(ResidueNoticeRow, ResidueNoticeRow.id == ResidueInquiryRow.notice_id)
        .join(Consent, Consent.id == ResidueNoticeRow.consent_id)
        .join(asker, asker.id == ResidueInquiryRow.consent_id)
        .where(
            or_(Consent.cluster_id == cluster_id, asker.cluster_id == cluster_id),
            ResidueInquiryRow.own_notice_id.is_not(None),
            is_posted(),
        )
    ).all()


def delete_unanswered(session: Session, notice_id: int) -> None:
    """Delete what was asked about a notice, or came of an introduction of it, and not both agreed to."""
    about = (ResidueInquiryRow.notice_id == notice_id) | (ResidueInquiryRow.own_notice_id == notice_id)
    is_open = ResidueInquiryRow.owner_agreed_at.is_(None) | ResidueInquiryRow.asker_agreed_at.is_(None)
    session.execute(delete(ResidueInquiryRow).where(about, is_open))


def contacts(session: Session, agreed: Sequence[Inquiry], *, today: date) -> dict[int, InquiryContact]:
    """The other side of inquiries by id. Raises ValueError for one that not both agreed to.

    A person who does not work for the company today, or cannot sign in any more, is not named.
    """
    if any(not inquiry.is_agreed for inquiry in agreed):
        raise ValueError("names are told only where both agreed")
    sides = {each.row.id: each.other_consent_id for each in agreed}
    companies = {
        consent_id: (organisation_id, name)
        for consent_id, organisation_id, name in session.execute(
            select(Consent.id, Organisation.id, Organisation.name)
            .join(Organisation, Organisation.id == Consent.organisation_id)
            .where(Consent.id.in_(sides.values()))
        )
    }
    people = _people(session, {each.other_person for each in agreed if each.other_person}, today)
    found = {}
    for each in agreed:
        organisation_id, name = companies[each.other_consent_id]
        account = people.get((organisation_id, each.other_person))
        person, email = (account.name, account.email) if account else ("", "")
        found[each.row.id] = InquiryContact(name, person, email)
    return found


def _people(
    session: Session, account_ids: Collection[int], today: date
) -> dict[tuple[int, int | None], Account]:
    """These accounts, by company that they work for today and id."""
    rows = session.execute(
        select(Membership.organisation_id, Account)
        .join(Account, Account.id == Membership.user_id)
        .where(
            Account.id.in_(account_ids),
            Account.active,
            or_(Membership.until.is_(None), Membership.until >= today),
        )
    )
    return {(organisation_id, account.id): account for organisation_id, account in rows}


def both_sides(session: Session, inquiry: Inquiry) -> list[tuple[Inquiry, Consent]]:
    """An inquiry as each side reads it, with the membership of that side."""
    asking = Inquiry(inquiry.row, inquiry.notice, True), Inquiry(inquiry.row, inquiry.notice, False)
    consents = inquiry.row.consent_id, inquiry.notice.consent_id
    return [
        (side, session.get_one(Consent, consent_id))
        for side, consent_id in zip(asking, consents, strict=True)
    ]
