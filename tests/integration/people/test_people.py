"""Who works for a company: invited, let in, changed, removed, on both databases."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.people import InvalidRoleGrant, RoleGrant
from dnk_tool.domain.permissions import Actor, ClusterRole, NotPermitted, Role
from dnk_tool.services.accounts.lifecycle import InvalidAddress
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.invitations.secret_links import (
    InvalidInvitationLink,
    InvitationAddressMismatch,
    LinkFault,
)
from dnk_tool.services.people import member_invitations, members
from dnk_tool.services.people.member_invitations import (
    AlreadyMember,
    CompanyInvitationLimitReached,
    MemberAlreadyInvited,
)
from dnk_tool.services.people.members import LastOwner
from dnk_tool.services.work import Work
from dnk_tool.store import people as memberships
from dnk_tool.store.database import write_session
from dnk_tool.store.invitations import queries as invitations
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, ClusterStaff
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.organisations import Membership
from tests.integration.conftest import NOW, person

EDITOR = RoleGrant(Role.EDITOR)
LATER = NOW + timedelta(hours=2)


def invited_member(
    session: Session,
    organisation_id: int,
    actor: Actor,
    *,
    email: str = "neu@example.org",
    place: RoleGrant = EDITOR,
    now: object = NOW,
) -> tuple[Invitation, str]:
    invitation_and_token = member_invitations.invite_member(
        Work(session, actor, now),
        organisation_id,
        email=email,
        place=place,
        language="de",  # type: ignore[arg-type]
    )
    session.flush()
    return invitation_and_token


def account_of_actor(session: Session, actor: Actor) -> Account:
    return session.get_one(Account, actor.user_id)


def newcomer(session: Session) -> Account:
    """Somebody with an account whose address is neu@example.org."""
    return account_of_actor(session, person(session, "neu"))


def place_in(session: Session, organisation_id: int, user_id: int) -> RoleGrant | None:
    row = memberships.find(session, organisation_id, user_id)
    return memberships.role_grant_of(row) if row else None


def people_events(session: Session, organisation_id: int) -> list[EventKind]:
    """What happened with the people of a company, in its order."""
    session.flush()
    event_kinds = session.scalars(
        select(Event.kind).where(Event.organisation_id == organisation_id).order_by(Event.id)
    )
    return [kind for kind in event_kinds if kind.value.startswith(("member-", "invitation-"))]


def link_fault(act: Callable[[], object]) -> LinkFault:
    """Why a link did not work."""
    with pytest.raises(InvalidInvitationLink) as caught:
        act()
    return caught.value.why


def test_an_invited_person_joins(session: Session, organisation_id: int, actor: Actor) -> None:
    invitation, token = invited_member(session, organisation_id, actor, email=" Neu@Example.org ")
    assert invitation.email == "neu@example.org"
    assert token not in repr(vars(invitation)), "only a hash is kept"
    account = newcomer(session)
    member_invitations.accept_invitation(session, token, account=account, now=LATER)
    assert place_in(session, organisation_id, account.id) == EDITOR
    assert (invitation.accepted_by, invitation.accepted_at) == (account.id, LATER)
    assert people_events(session, organisation_id) == [EventKind.MEMBER_INVITED, EventKind.MEMBER_JOINED]


def test_events_name_nobody(session: Session, organisation_id: int, actor: Actor) -> None:
    _invitation, token = invited_member(session, organisation_id, actor)
    member_invitations.accept_invitation(session, token, account=newcomer(session), now=NOW)
    session.flush()
    details = repr(session.scalars(select(Event.detail)).all())
    assert "invitation" in details
    assert "neu" not in details


@pytest.mark.parametrize(
    "place",
    [
        RoleGrant(Role.OWNER),
        EDITOR,
        RoleGrant(Role.CONTRIBUTOR, frozenset({"13", "15"})),
        RoleGrant(Role.VIEWER),
        RoleGrant(Role.VIEWER, until=NOW.date() + timedelta(days=90)),
    ],
)
def test_what_was_offered_is_what_one_gets(
    session: Session, organisation_id: int, actor: Actor, place: RoleGrant
) -> None:
    _invitation, token = invited_member(session, organisation_id, actor, place=place)
    account = newcomer(session)
    member_invitations.accept_invitation(session, token, account=account, now=NOW)
    session.flush()
    session.expire_all()
    assert place_in(session, organisation_id, account.id) == place


def test_only_owners_invite(session: Session, organisation_id: int, colleague: Actor) -> None:
    for actor in (colleague, Actor(), Actor(9, {organisation_id + 1: Role.OWNER})):
        with pytest.raises(NotPermitted):
            invited_member(session, organisation_id, actor)
    assert not invitations.of_organisation(session, organisation_id)


def test_unfit_invitations_are_refused(session: Session, organisation_id: int, actor: Actor) -> None:
    with pytest.raises(InvalidAddress):
        invited_member(session, organisation_id, actor, email="keine Adresse")
    with pytest.raises(InvalidRoleGrant):
        invited_member(session, organisation_id, actor, place=RoleGrant(Role.CONTRIBUTOR))
    yesterday = NOW.date() - timedelta(days=1)
    with pytest.raises(InvalidRoleGrant):
        invited_member(session, organisation_id, actor, place=RoleGrant(Role.VIEWER, until=yesterday))


def test_nobody_is_invited_twice(session: Session, organisation_id: int, actor: Actor) -> None:
    with pytest.raises(AlreadyMember):
        invited_member(session, organisation_id, actor, email="mehmet@example.org")
    invitation, _token = invited_member(session, organisation_id, actor)
    with pytest.raises(MemberAlreadyInvited):
        invited_member(session, organisation_id, actor)
    member_invitations.revoke(Work(session, actor, NOW), organisation_id, invitation.id)
    assert invited_member(session, organisation_id, actor)


def test_an_hour_has_room_for_twenty_invitations(
    session: Session, organisation_id: int, actor: Actor
) -> None:
    first, _token = invited_member(session, organisation_id, actor, email="n0@example.org")
    for number in range(1, member_invitations.MAX_PER_HOUR):
        invited_member(session, organisation_id, actor, email=f"n{number}@example.org")
    with pytest.raises(CompanyInvitationLimitReached):
        invited_member(session, organisation_id, actor)
    with pytest.raises(CompanyInvitationLimitReached):
        member_invitations.resend(Work(session, actor, NOW), organisation_id, first.id)
    assert invited_member(session, organisation_id, actor, now=NOW + timedelta(hours=1, seconds=1))


def test_a_resent_invitation_kills_the_link_before(
    session: Session, organisation_id: int, actor: Actor
) -> None:
    invitation, old = invited_member(session, organisation_id, actor)
    _same, new = member_invitations.resend(Work(session, actor, LATER), organisation_id, invitation.id)
    account = newcomer(session)
    assert (
        link_fault(lambda: member_invitations.accept_invitation(session, old, account=account, now=LATER))
        is LinkFault.REPLACED
    )
    member_invitations.accept_invitation(session, new, account=account, now=LATER)
    assert invitation.times_sent == 2


def test_an_expired_invitation_may_be_sent_again(
    session: Session, organisation_id: int, actor: Actor
) -> None:
    invitation, token = invited_member(session, organisation_id, actor)
    later = NOW + secret_links.LIFETIME[InvitationKind.MEMBER]
    account = newcomer(session)
    assert (
        link_fault(lambda: member_invitations.accept_invitation(session, token, account=account, now=later))
        is LinkFault.EXPIRED
    )
    assert place_in(session, organisation_id, account.id) is None
    _same, new = member_invitations.resend(Work(session, actor, later), organisation_id, invitation.id)
    member_invitations.accept_invitation(session, new, account=account, now=later)
    assert place_in(session, organisation_id, account.id) == EDITOR


def test_what_is_over_is_neither_revoked_nor_sent_again(
    session: Session, organisation_id: int, actor: Actor
) -> None:
    used, token = invited_member(session, organisation_id, actor)
    member_invitations.accept_invitation(session, token, account=newcomer(session), now=NOW)
    revoked, dead = invited_member(session, organisation_id, actor, email="anders@example.org")
    member_invitations.revoke(Work(session, actor, NOW), organisation_id, revoked.id)
    for invitation, why in ((used, LinkFault.USED), (revoked, LinkFault.REVOKED)):
        for act in (member_invitations.resend, member_invitations.revoke):
            again = partial(act, Work(session, actor, NOW), organisation_id, invitation.id)
            assert link_fault(again) is why
    assert (
        link_fault(lambda: member_invitations.acceptable_invitation(session, dead, now=NOW))
        is LinkFault.REVOKED
    )
    assert (
        link_fault(lambda: member_invitations.acceptable_invitation(session, token, now=NOW))
        is LinkFault.USED
    )


def test_an_invitation_of_another_company_does_not_exist(
    session: Session,
    organisation_id: int,
    actor: Actor,
    fresh_declaration: Callable[[], tuple[int, dict[str, Actor]]],
) -> None:
    invitation, _token = invited_member(session, organisation_id, actor)
    session.commit()
    foreign_id, _actors = fresh_declaration()
    foreign = session.get_one(Declaration, foreign_id).organisation_id
    owner = Actor(1, {foreign: Role.OWNER})
    for act in (member_invitations.resend, member_invitations.revoke):
        with pytest.raises(LookupError):
            act(Work(session, owner, NOW), foreign, invitation.id)
    assert invitation.revoked_at is None


def test_a_link_is_bound_to_its_address(session: Session, organisation_id: int, actor: Actor) -> None:
    _invitation, token = invited_member(session, organisation_id, actor)
    other = account_of_actor(session, person(session, "anders"))
    with pytest.raises(InvitationAddressMismatch):
        member_invitations.accept_invitation(session, token, account=other, now=NOW)
    assert place_in(session, organisation_id, other.id) is None


@pytest.mark.parametrize("kind", sorted(set(InvitationKind) - set(member_invitations.KINDS)))
def test_a_link_for_something_else_lets_nobody_in(
    session: Session, organisation_id: int, actor: Actor, kind: InvitationKind
) -> None:
    _row, token = secret_links.create_invitation(
        session, kind, email="neu@example.org", language="de", by=actor.user_id, now=NOW, role="owner"
    )
    account = newcomer(session)
    assert (
        link_fault(lambda: member_invitations.accept_invitation(session, token, account=account, now=NOW))
        is LinkFault.UNKNOWN
    )


def test_what_an_owner_sent_ends_with_their_role(
    session: Session, organisation_id: int, actor: Actor
) -> None:
    """Whoever leaves must not come back by an invitation to an address of their own."""
    second = person(session, "zweite")
    session.add(
        Membership(user_id=second.user_id, organisation_id=organisation_id, role=Role.OWNER, created_at=NOW)
    )
    acting = Actor(second.user_id, {organisation_id: Role.OWNER})
    invitation, token = invited_member(session, organisation_id, acting)
    kept, _token = invited_member(session, organisation_id, actor, email="kept@example.org")
    members.change_member(Work(session, actor, NOW), organisation_id, second.user_id or 0, EDITOR)
    assert invitation.revoked_at
    assert kept.revoked_at is None
    assert (
        link_fault(lambda: member_invitations.acceptable_invitation(session, token, now=NOW))
        is LinkFault.REVOKED
    )
    assert EventKind.INVITATION_REVOKED in people_events(session, organisation_id)


def test_an_invitation_falls_with_its_sender_however_that_came(
    session: Session, organisation_id: int, actor: Actor
) -> None:
    _invitation, token = invited_member(session, organisation_id, actor)
    sender = account_of_actor(session, actor)
    row = memberships.find(session, organisation_id, sender.id)
    assert row is not None
    assert member_invitations.acceptable_invitation(session, token, now=NOW)
    sender.active = False
    session.flush()
    assert (
        link_fault(lambda: member_invitations.acceptable_invitation(session, token, now=NOW))
        is LinkFault.REVOKED
    )
    sender.active = True
    row.role = Role.EDITOR
    session.flush()
    account = newcomer(session)
    assert (
        link_fault(lambda: member_invitations.accept_invitation(session, token, account=account, now=NOW))
        is LinkFault.REVOKED
    )


def test_whoever_sends_it_again_stands_for_it(session: Session, organisation_id: int, actor: Actor) -> None:
    invitation, _token = invited_member(session, organisation_id, actor)
    invitation.created_by = None
    session.flush()
    member_invitations.resend(Work(session, actor, NOW), organisation_id, invitation.id)
    assert invitation.created_by == actor.user_id


def test_an_offered_last_day_may_pass_before_the_answer(
    session: Session, organisation_id: int, actor: Actor
) -> None:
    place = RoleGrant(Role.VIEWER, until=NOW.date() + timedelta(days=2))
    _invitation, token = invited_member(session, organisation_id, actor, place=place)
    account = newcomer(session)
    late = NOW + timedelta(days=3)
    assert (
        link_fault(lambda: member_invitations.accept_invitation(session, token, account=account, now=late))
        is LinkFault.EXPIRED
    )


def test_who_has_more_already_loses_nothing(session: Session, organisation_id: int, actor: Actor) -> None:
    _invitation, token = invited_member(session, organisation_id, actor, place=RoleGrant(Role.VIEWER))
    account = newcomer(session)
    session.add(
        Membership(user_id=account.id, organisation_id=organisation_id, role=Role.EDITOR, created_at=NOW)
    )
    session.flush()
    member_invitations.accept_invitation(session, token, account=account, now=NOW)
    assert place_in(session, organisation_id, account.id) == EDITOR


def test_an_ended_access_may_be_given_again(session: Session, organisation_id: int, actor: Actor) -> None:
    account = newcomer(session)
    session.add(
        Membership(
            user_id=account.id,
            organisation_id=organisation_id,
            role=Role.VIEWER,
            until=NOW.date() - timedelta(days=1),
            created_at=NOW,
        )
    )
    session.flush()
    place = RoleGrant(Role.CONTRIBUTOR, frozenset({"5"}))
    _invitation, token = invited_member(session, organisation_id, actor, place=place)
    member_invitations.accept_invitation(session, token, account=account, now=NOW)
    assert place_in(session, organisation_id, account.id) == place


def cluster_with(session: Session, manager: Actor) -> int:
    cluster = Cluster(name="Cluster Nord", created_at=NOW)
    session.add(cluster)
    session.flush()
    session.add(
        ClusterStaff(user_id=manager.user_id, cluster_id=cluster.id, role=ClusterRole.MANAGER, created_at=NOW)
    )
    session.flush()
    return cluster.id


def staff_link(session: Session, cluster_id: int, by: int | None, role: ClusterRole) -> str:
    return secret_links.create_invitation(
        session,
        InvitationKind.STAFF,
        email="neu@example.org",
        language="de",
        by=by,
        now=NOW,
        cluster_id=cluster_id,
        role=role.value,
    )[1]


def test_the_same_way_leads_into_a_cluster(session: Session, actor: Actor, organisation_id: int) -> None:
    cluster_id = cluster_with(session, actor)
    account = newcomer(session)
    token = staff_link(session, cluster_id, actor.user_id, ClusterRole.REVIEWER)
    member_invitations.accept_invitation(session, token, account=account, now=NOW)
    session.flush()
    row = memberships.find_cluster_staff(session, cluster_id, account.id)
    assert row is not None
    assert row.role is ClusterRole.REVIEWER
    event = session.scalars(select(Event).where(Event.cluster_id == cluster_id)).one()
    assert (event.kind, event.actor_id, event.organisation_id) == (EventKind.MEMBER_JOINED, account.id, None)


def test_in_a_cluster_the_stronger_role_stays(session: Session, actor: Actor, organisation_id: int) -> None:
    cluster_id = cluster_with(session, actor)
    account = newcomer(session)
    for role, expected in (
        (ClusterRole.REVIEWER, ClusterRole.REVIEWER),
        (ClusterRole.MANAGER, ClusterRole.MANAGER),
        (ClusterRole.REVIEWER, ClusterRole.MANAGER),
    ):
        token = staff_link(session, cluster_id, None, role)
        member_invitations.accept_invitation(session, token, account=account, now=NOW)
        session.flush()
        row = memberships.find_cluster_staff(session, cluster_id, account.id)
        assert row is not None
        assert row.role is expected


@pytest.mark.parametrize("becomes", [ClusterRole.REVIEWER, None])
def test_a_cluster_s_invitation_falls_with_its_sender(
    session: Session, actor: Actor, organisation_id: int, becomes: ClusterRole | None
) -> None:
    cluster_id = cluster_with(session, actor)
    token = staff_link(session, cluster_id, actor.user_id, ClusterRole.MANAGER)
    row = memberships.find_cluster_staff(session, cluster_id, actor.user_id or 0)
    assert row is not None
    assert member_invitations.acceptable_invitation(session, token, now=NOW)
    if becomes:
        row.role = becomes
    else:
        session.delete(row)
    session.flush()
    assert (
        link_fault(lambda: member_invitations.acceptable_invitation(session, token, now=NOW))
        is LinkFault.REVOKED
    )
    account_of_actor(session, actor).is_operator = True
    session.flush()
    assert member_invitations.acceptable_invitation(session, token, now=NOW), (
        "the operator may invite anywhere"
    )


def test_a_role_is_changed_at_once(
    session: Session, organisation_id: int, actor: Actor, colleague: Actor
) -> None:
    place = RoleGrant(Role.CONTRIBUTOR, frozenset({"1"}))
    user_id = colleague.user_id or 0
    assert members.change_member(Work(session, actor, NOW), organisation_id, user_id, place)
    assert place_in(session, organisation_id, user_id) == place
    assert not members.change_member(Work(session, actor, NOW), organisation_id, user_id, place)
    assert people_events(session, organisation_id) == [EventKind.MEMBER_CHANGED]
    detail = session.scalars(select(Event.detail).where(Event.kind == EventKind.MEMBER_CHANGED)).one()
    assert detail["before"]["role"] == "editor"
    assert detail["after"] == {"role": "contributor", "sections": ["1"], "until": ""}


def test_a_last_day_that_passed_does_not_hinder_another_change(
    session: Session, organisation_id: int, actor: Actor, colleague: Actor
) -> None:
    user_id, passed = colleague.user_id or 0, NOW.date() - timedelta(days=9)
    row = memberships.find(session, organisation_id, user_id)
    assert row is not None
    row.role, row.until = Role.VIEWER, passed
    session.flush()
    same = RoleGrant(Role.VIEWER, until=passed)
    assert not members.change_member(Work(session, actor, NOW), organisation_id, user_id, same)
    with pytest.raises(InvalidRoleGrant):
        members.change_member(
            Work(session, actor, NOW),
            organisation_id,
            user_id,
            RoleGrant(Role.VIEWER, until=passed + timedelta(days=1)),
        )


def test_only_owners_change_and_remove(session: Session, organisation_id: int, colleague: Actor) -> None:
    with pytest.raises(NotPermitted):
        members.change_member(Work(session, colleague, NOW), organisation_id, 1, EDITOR)
    with pytest.raises(NotPermitted):
        members.remove_member(Work(session, colleague, NOW), organisation_id, 1)


def test_strangers_are_neither_changed_nor_removed(
    session: Session, organisation_id: int, actor: Actor
) -> None:
    stranger = person(session, "fremd").user_id or 0
    with pytest.raises(LookupError):
        members.change_member(Work(session, actor, NOW), organisation_id, stranger, EDITOR)
    with pytest.raises(LookupError):
        members.remove_member(Work(session, actor, NOW), organisation_id, stranger)


def test_a_company_keeps_an_owner(session: Session, organisation_id: int, actor: Actor) -> None:
    own = actor.user_id or 0
    with pytest.raises(LastOwner):
        members.change_member(Work(session, actor, NOW), organisation_id, own, EDITOR)
    with pytest.raises(LastOwner):
        members.remove_member(Work(session, actor, NOW), organisation_id, own)
    members.change_member(Work(session, actor, NOW), organisation_id, 2, RoleGrant(Role.OWNER))
    account_of_actor(session, Actor(2)).active = False
    session.flush()
    with pytest.raises(LastOwner):
        members.remove_member(Work(session, actor, NOW), organisation_id, own)
    account_of_actor(session, Actor(2)).active = True
    session.flush()
    members.remove_member(Work(session, actor, NOW), organisation_id, own)
    assert place_in(session, organisation_id, own) is None


def test_who_is_removed_does_not_come_back_by_an_old_link(
    session: Session, organisation_id: int, actor: Actor, colleague: Actor
) -> None:
    _row, token = secret_links.create_invitation(
        session,
        InvitationKind.MEMBER,
        email="mehmet@example.org",
        language="de",
        by=actor.user_id,
        now=NOW,
        organisation_id=organisation_id,
        role="editor",
    )
    gone = members.remove_member(Work(session, actor, NOW), organisation_id, colleague.user_id or 0)
    assert gone.email == "mehmet@example.org"
    assert (
        link_fault(lambda: member_invitations.accept_invitation(session, token, account=gone, now=NOW))
        is LinkFault.REVOKED
    )
    assert people_events(session, organisation_id) == [EventKind.INVITATION_REVOKED, EventKind.MEMBER_REMOVED]


def test_everybody_may_leave(session: Session, organisation_id: int, actor: Actor, colleague: Actor) -> None:
    contributor = person(session, "zu")
    session.add(
        Membership(
            user_id=contributor.user_id,
            organisation_id=organisation_id,
            role=Role.CONTRIBUTOR,
            sections=["1"],
            created_at=NOW,
        )
    )
    session.flush()
    for doer in (colleague, Actor(contributor.user_id, {organisation_id: Role.CONTRIBUTOR})):
        members.remove_member(Work(session, doer, NOW), organisation_id, doer.user_id or 0)
        assert place_in(session, organisation_id, doer.user_id or 0) is None


def raised_at_once(*acts: Callable[[], None]) -> list[BaseException | None]:
    """Do all at the same moment; what each of them raised."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], None]) -> None:
        barrier.wait()
        act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.exception(timeout=60) for future in [pool.submit(run, act) for act in acts]]


def test_of_two_who_accept_at_once_one_wins(
    store: sessionmaker[Session], fresh_declaration: Callable[[], tuple[int, dict[str, Actor]]]
) -> None:
    declaration_id, actors = fresh_declaration()
    with write_session(store) as session:
        organisation_id = session.get_one(Declaration, declaration_id).organisation_id
        owner = Actor(actors["petra"].user_id, {organisation_id: Role.OWNER})
        _invitation, token = invited_member(session, organisation_id, owner)
        user_id = newcomer(session).id
        session.commit()

    def accept() -> None:
        with write_session(store) as session:
            member_invitations.accept_invitation(
                session, token, account=session.get_one(Account, user_id), now=NOW
            )
            session.commit()

    outcomes = raised_at_once(*[accept] * 6)
    assert [type(outcome) for outcome in outcomes].count(type(None)) == 1
    assert all(
        isinstance(outcome, InvalidInvitationLink) and outcome.why is LinkFault.USED
        for outcome in outcomes
        if outcome is not None
    )
    with store() as session:
        joined = session.scalars(select(Event).where(Event.kind == EventKind.MEMBER_JOINED)).all()
        assert len(joined) == 1


def test_two_owners_who_remove_each_other_leave_one(
    store: sessionmaker[Session], fresh_declaration: Callable[[], tuple[int, dict[str, Actor]]]
) -> None:
    declaration_id, actors = fresh_declaration()
    with write_session(store) as session:
        organisation_id = session.get_one(Declaration, declaration_id).organisation_id
        row = memberships.find(session, organisation_id, actors["mehmet"].user_id or 0)
        assert row is not None
        row.role = Role.OWNER
        session.commit()
    ids = [actors[name].user_id or 0 for name in ("petra", "mehmet")]

    def remover(own: int, other: int) -> Callable[[], None]:
        def remove() -> None:
            with write_session(store) as session:
                actor = Actor(own, {organisation_id: Role.OWNER})
                members.remove_member(Work(session, actor, NOW), organisation_id, other)
                session.commit()

        return remove

    outcomes = raised_at_once(remover(ids[0], ids[1]), remover(ids[1], ids[0]))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["LastOwner", "NoneType"]
    with store() as session:
        assert len(memberships.active_owners(session, organisation_id)) == 1
