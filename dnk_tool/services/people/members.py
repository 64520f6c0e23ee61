"""Changes and ends people's roles in a company. A company always keeps an owner."""

from sqlalchemy.orm import Session

from dnk_tool.domain import people as role_grants
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.people import RoleGrant
from dnk_tool.domain.permissions import Permission, Role, Subject, require
from dnk_tool.language import local_day
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.people import member_invitations
from dnk_tool.services.work import Work
from dnk_tool.store import people as memberships
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.invitations import queries as invitations
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.organisations import Membership


class LastOwner(Exception):
    """Without this person the company would have no active owner."""


def change_member(work: Work, organisation_id: int, user_id: int, place: RoleGrant) -> bool:
    """Change a person's role, sections and last day. Returns whether anything changed.

    Open invitations sent by a former owner are revoked. Raises NotPermitted, LookupError for a person who
    does not work there, InvalidRoleGrant and LastOwner.
    """
    require(Permission.ORGANISATION_OWN, work.actor, Subject(organisation_id))
    row = _locked_membership(work.session, organisation_id, user_id)
    before, today = memberships.role_grant_of(row), local_day(work.now)
    # An unchanged last day may lie in the past.
    checked_on = today if place.until != before.until else None
    after = role_grants.role_grant(place.role, place.sections, place.until, today=checked_on)
    if after == before:
        return False
    if after.role is not Role.OWNER:
        _require_other_owner(work.session, row)
    memberships.apply_role_grant(row, after)
    if before.role is Role.OWNER:
        member_invitations.revoke_sent_by(work, row.organisation_id, row.user_id)
    history.record_event(
        work.session,
        EventKind.MEMBER_CHANGED,
        organisation_id=organisation_id,
        actor_id=work.actor.user_id,
        now=work.now,
        user=user_id,
        before=_as_data(before),
        after=_as_data(after),
    )
    return True


def remove_member(work: Work, organisation_id: int, user_id: int) -> Account:
    """End a person's access and return their account; what they wrote stays.

    Owners may end anybody's access, everybody their own, that also in an archived company. Open invitations
    from them and to them are revoked. Raises NotPermitted, LookupError for a person who does not work there,
    and LastOwner.
    """
    is_own = work.actor.user_id is not None and work.actor.user_id == user_id
    needed = Permission.DECLARATION_ENTER if is_own else Permission.ORGANISATION_OWN
    require(needed, work.actor, Subject(organisation_id))
    row = _locked_membership(work.session, organisation_id, user_id, even_archived=is_own)
    _require_other_owner(work.session, row)
    account = work.session.get_one(Account, user_id)
    member_invitations.revoke_sent_by(work, row.organisation_id, row.user_id)
    sent_to = invitations.find_open_by_email(work.session, organisation_id, account.email)
    if sent_to is not None:
        secret_links.revoke_invitation(sent_to, now=work.now)
        member_invitations.record_invitation_revoked(work, sent_to)
    work.session.delete(row)
    history.record_event(
        work.session,
        EventKind.MEMBER_REMOVED,
        organisation_id=organisation_id,
        actor_id=work.actor.user_id,
        now=work.now,
        user=user_id,
        before=_as_data(memberships.role_grant_of(row)),
    )
    return account


def _locked_membership(
    session: Session, organisation_id: int, user_id: int, *, even_archived: bool = False
) -> Membership:
    """The person's membership, read after locking the company. Raises LookupError."""
    declarations.lock_organisation(session, organisation_id, even_archived=even_archived)
    row = memberships.find(session, organisation_id, user_id)
    if row is None:
        raise LookupError(user_id)
    return row


def _require_other_owner(session: Session, row: Membership) -> None:
    if row.role is Role.OWNER and not memberships.active_owners(session, row.organisation_id) - {row.user_id}:
        raise LastOwner


def _as_data(place: RoleGrant) -> dict[str, object]:
    return {
        "role": place.role.value,
        "sections": sorted(place.sections),
        "until": place.until.isoformat() if place.until else "",
    }
