"""Finds what prevents the erasure of an account, and erases one from the database."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, union, update
from sqlalchemy.orm import Session, aliased

from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.domain.review import ReviewSide
from dnk_tool.store.privacy.erasure_log import note_erasure
from dnk_tool.store.tables.accounts import Account, Registration, SignIn
from dnk_tool.store.tables.clusters import Cluster, ClusterStaff
from dnk_tool.store.tables.declarations import Declaration, SignOff, Snapshot
from dnk_tool.store.tables.exchange.awards import JurorRow
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.mail import ClusterMessage, Mail
from dnk_tool.store.tables.organisations import Membership, Organisation
from dnk_tool.store.tables.review import Approval, RemarkRow


def companies_without_other_owner(session: Session, account_id: int) -> Sequence[tuple[int, str, bool]]:
    """The companies without another active owner: id, name, and whether anybody else active works there."""
    other = aliased(Membership)
    others = (
        select(other.id)
        .join(Account, Account.id == other.user_id)
        .where(
            other.organisation_id == Organisation.id, other.user_id != account_id, Account.active.is_(True)
        )
    )
    rows = session.execute(
        select(Organisation.id, Organisation.name, exists(others).label("has_others"))
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Membership.user_id == account_id,
            Membership.role == Role.OWNER,
            ~exists(others.where(other.role == Role.OWNER)),
        )
        .order_by(Organisation.name)
    )
    return [(row.id, row.name, row.has_others) for row in rows]


def clusters_without_other_manager(session: Session, account_id: int) -> Sequence[tuple[int, str]]:
    """The clusters without another active manager: id and name."""
    other = aliased(ClusterStaff)
    others = (
        select(other.id)
        .join(Account, Account.id == other.user_id)
        .where(
            other.cluster_id == Cluster.id,
            other.user_id != account_id,
            other.role == ClusterRole.MANAGER,
            Account.active.is_(True),
        )
    )
    mine = (ClusterStaff.user_id == account_id, ClusterStaff.role == ClusterRole.MANAGER)
    rows = session.execute(
        select(Cluster.id, Cluster.name)
        .join(ClusterStaff, ClusterStaff.cluster_id == Cluster.id)
        .where(*mine, ~exists(others))
        .order_by(Cluster.name)
    )
    return [(row.id, row.name) for row in rows]


def has_other_operator(session: Session, account_id: int) -> bool:
    """Whether the installation has another active operator."""
    others = select(func.count(Account.id)).where(
        Account.is_operator.is_(True), Account.active.is_(True), Account.id != account_id
    )
    return bool(session.scalar(others))


def memberships(session: Session, account_id: int) -> Sequence[Membership]:
    """The person's memberships, also those that have ended."""
    own = select(Membership).where(Membership.user_id == account_id)
    return session.scalars(own.order_by(Membership.organisation_id)).all()


def cluster_roles(session: Session, account_id: int) -> Sequence[ClusterStaff]:
    """The person's roles in clusters."""
    own = select(ClusterStaff).where(ClusterStaff.user_id == account_id)
    return session.scalars(own.order_by(ClusterStaff.cluster_id)).all()


def erase_account(session: Session, account: Account, *, now: datetime) -> None:
    """Delete the account and every row with its address, and note its number in the journal of erasures.

    Rows that others need stay without the person.
    """
    account_id = account.id
    session.execute(delete(Mail).where(_finished_mails_mentioning(account)))
    session.execute(delete(Invitation).where(Invitation.accepted_by == account_id))
    # Messages often end with the sender's name.
    session.execute(update(Invitation).where(Invitation.created_by == account_id).values(message=""))
    session.execute(update(ClusterMessage).where(ClusterMessage.sent_by == account_id).values(text=""))
    # An answer that was not sent is read by its author alone.
    unsent = RemarkRow.side == ReviewSide.COMPANY, RemarkRow.published_at.is_(None)
    session.execute(delete(RemarkRow).where(RemarkRow.author_id == account_id, *unsent))
    erase_address(session, account.email)
    session.execute(delete(Account).where(Account.id == account_id))
    note_erasure(session, account_id, now)


def erase_address(session: Session, email: str) -> None:
    """Delete mails, registrations and invitations to an address, and remove it as reply address.

    What it judged as a juror goes with it.
    """
    session.execute(delete(Mail).where(Mail.recipient == email))
    session.execute(update(Mail).where(Mail.reply_to == email).values(reply_to=""))
    session.execute(delete(Registration).where(Registration.email == email))
    session.execute(delete(Invitation).where(Invitation.email == email))
    session.execute(delete(JurorRow).where(JurorRow.email == email))


def versions_naming_person(session: Session, account_id: int) -> list[tuple[str, int]]:
    """(SHA-256, version) of each frozen version whose PDF names the person as signatory or reviewer."""
    of_version = and_(Snapshot.declaration_id == SignOff.declaration_id, Snapshot.version == SignOff.version)
    signed = select(Snapshot.sha256, Snapshot.version).join(SignOff, of_version)
    of_version = and_(
        Snapshot.declaration_id == Approval.declaration_id, Snapshot.version == Approval.version
    )
    approved = select(Snapshot.sha256, Snapshot.version).join(Approval, of_version)
    query = union(
        signed.where(SignOff.signatory_id == account_id), approved.where(Approval.approved_by == account_id)
    )
    return [(sha256, version) for sha256, version in session.execute(query)]


def unused_accounts(session: Session, *, before: datetime, today: date) -> Sequence[Account]:
    """Accounts without a present role, older than `before` and without a sign-in since then."""
    lasts = or_(Membership.until.is_(None), Membership.until >= today)
    is_needed = or_(
        exists().where(Membership.user_id == Account.id, lasts),
        exists().where(ClusterStaff.user_id == Account.id),
        exists().where(Declaration.signatory_id == Account.id, Declaration.state == State.SIGNING),
        exists().where(SignIn.account_id == Account.id),
        Account.is_operator,
        Account.created_at >= before,
        Account.last_sign_in_at >= before,
    )
    return session.scalars(select(Account).where(func.coalesce(is_needed, False).is_(False))).all()


def _finished_mails_mentioning(account: Account) -> ColumnElement[bool]:
    """Mails to others that contain the person's address or full name and will not be sent any more.

    A name of one word is not searched for: others may have it, too.
    """
    words = [account.email, *([account.name] if " " in account.name else [])]
    speaks = (text.contains(word, autoescape=True) for word in words for text in (Mail.subject, Mail.body))
    return and_(Mail.next_try.is_(None), or_(*speaks))
