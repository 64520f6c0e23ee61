"""What a person may be given, what holds if they are given it twice, and when they are reminded of it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.domain.invitations import AUTOMATIC_REMINDERS, automatic_step
from dnk_tool.domain.people import (
    ROLE_STRENGTH,
    InvalidRoleGrant,
    RoleGrant,
    role_grant,
    stronger_cluster_role,
    stronger_grant,
)
from dnk_tool.domain.permissions import ClusterRole, Role

TODAY = date(2026, 11, 25)

days = st.dates(TODAY - timedelta(days=400), TODAY + timedelta(days=400))
places = st.builds(
    role_grant,
    st.sampled_from(Role),
    st.frozensets(st.sampled_from(["general", "1", "13", "20"]), min_size=1),
    st.none() | days,
)
SENT = date(2026, 3, 2)


def test_a_place_keeps_only_what_its_role_has_use_for() -> None:
    assert role_grant(Role.EDITOR, ["1"], TODAY) == RoleGrant(Role.EDITOR)
    assert role_grant(Role.CONTRIBUTOR, ["1", "2"], TODAY) == RoleGrant(
        Role.CONTRIBUTOR, frozenset({"1", "2"})
    )
    assert role_grant(Role.VIEWER, ["1"], TODAY) == RoleGrant(Role.VIEWER, until=TODAY)


def test_a_contributor_needs_a_section() -> None:
    with pytest.raises(InvalidRoleGrant):
        role_grant(Role.CONTRIBUTOR)


def test_a_last_day_may_be_today_but_not_yesterday() -> None:
    assert role_grant(Role.VIEWER, (), TODAY, today=TODAY).until == TODAY
    with pytest.raises(InvalidRoleGrant):
        role_grant(Role.VIEWER, (), TODAY - timedelta(days=1), today=TODAY)


def test_an_access_that_ended_counts_for_nothing() -> None:
    ended = RoleGrant(Role.VIEWER, until=TODAY - timedelta(days=1))
    offered = RoleGrant(Role.CONTRIBUTOR, frozenset({"1"}))
    assert stronger_grant(ended, offered, today=TODAY) == offered


def test_the_same_role_twice_gives_all_of_both() -> None:
    first = RoleGrant(Role.CONTRIBUTOR, frozenset({"1"}))
    second = RoleGrant(Role.CONTRIBUTOR, frozenset({"2"}))
    assert stronger_grant(first, second, today=TODAY).sections == {"1", "2"}
    short, long, endless = (
        RoleGrant(Role.VIEWER, until=day) for day in (TODAY, TODAY + timedelta(days=9), None)
    )
    assert stronger_grant(short, long, today=TODAY) == long
    assert stronger_grant(long, short, today=TODAY) == long
    assert stronger_grant(short, endless, today=TODAY) == endless


@given(places, places)
def test_nobody_loses_by_a_second_invitation(held: RoleGrant, offered: RoleGrant) -> None:
    grant = stronger_grant(held, offered, today=TODAY)
    still_counts = held.until is None or held.until >= TODAY
    if still_counts:
        assert ROLE_STRENGTH.index(grant.role) >= ROLE_STRENGTH.index(held.role)
    assert ROLE_STRENGTH.index(grant.role) >= ROLE_STRENGTH.index(offered.role)
    if grant.role is offered.role:
        assert grant.sections >= offered.sections
    if grant.role is held.role and still_counts:
        assert grant.sections >= held.sections
    assert stronger_grant(grant, offered, today=TODAY) == grant, "a third time changes nothing"


@pytest.mark.parametrize("held", ClusterRole)
def test_in_a_cluster_too_the_stronger_role_wins(held: ClusterRole) -> None:
    assert stronger_cluster_role(held, ClusterRole.MANAGER) is ClusterRole.MANAGER
    assert stronger_cluster_role(held, ClusterRole.REVIEWER) is held


def test_after_seven_and_after_twenty_one_days() -> None:
    due = {day: automatic_step(SENT, 0 if day < 8 else 7, SENT + timedelta(days=day)) for day in range(40)}
    assert [day for day, step in due.items() if step] == [7, *range(21, 40)]


def test_a_missed_step_is_made_up_for_but_never_two_at_once() -> None:
    assert automatic_step(SENT, 0, SENT + timedelta(days=9)) == 7
    assert automatic_step(SENT, 0, SENT + timedelta(days=22)) == 21
    assert automatic_step(SENT, 21, SENT + timedelta(days=30)) is None


@given(st.lists(st.integers(0, 80), max_size=30))
def test_each_step_at_most_once_whenever_somebody_looks(days: list[int]) -> None:
    last, done = 0, []
    for day in sorted(days):
        step = automatic_step(SENT, last, SENT + timedelta(days=day))
        if step is not None:
            assert day >= step
            done.append(step)
            last = step
    assert done == sorted(set(done))
    assert set(done) <= set(AUTOMATIC_REMINDERS)
