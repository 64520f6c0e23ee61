"""What a person may be given, and what holds if they are given something twice."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.domain.people import STRENGTH, Place, Unfit, place, stronger, stronger_in_cluster
from dnk_tool.domain.permissions import ClusterRole, Role

TODAY = date(2026, 11, 25)

days = st.dates(TODAY - timedelta(days=400), TODAY + timedelta(days=400))
places = st.builds(
    place,
    st.sampled_from(Role),
    st.frozensets(st.sampled_from(["general", "1", "13", "20"]), min_size=1),
    st.none() | days,
)


def test_a_place_keeps_only_what_its_role_has_use_for() -> None:
    assert place(Role.EDITOR, ["1"], TODAY) == Place(Role.EDITOR)
    assert place(Role.CONTRIBUTOR, ["1", "2"], TODAY) == Place(Role.CONTRIBUTOR, frozenset({"1", "2"}))
    assert place(Role.VIEWER, ["1"], TODAY) == Place(Role.VIEWER, until=TODAY)


def test_a_contributor_needs_a_section() -> None:
    with pytest.raises(Unfit):
        place(Role.CONTRIBUTOR)


def test_a_last_day_may_be_today_but_not_yesterday() -> None:
    assert place(Role.VIEWER, (), TODAY, today=TODAY).until == TODAY
    with pytest.raises(Unfit):
        place(Role.VIEWER, (), TODAY - timedelta(days=1), today=TODAY)


def test_an_access_that_ended_counts_for_nothing() -> None:
    ended = Place(Role.VIEWER, until=TODAY - timedelta(days=1))
    offered = Place(Role.CONTRIBUTOR, frozenset({"1"}))
    assert stronger(ended, offered, today=TODAY) == offered


def test_the_same_role_twice_gives_all_of_both() -> None:
    one, two = Place(Role.CONTRIBUTOR, frozenset({"1"})), Place(Role.CONTRIBUTOR, frozenset({"2"}))
    assert stronger(one, two, today=TODAY).sections == {"1", "2"}
    short, long, endless = (Place(Role.VIEWER, until=day) for day in (TODAY, TODAY + timedelta(days=9), None))
    assert stronger(short, long, today=TODAY) == long
    assert stronger(long, short, today=TODAY) == long
    assert stronger(short, endless, today=TODAY) == endless


@given(places, places)
def test_nobody_loses_by_a_second_invitation(held: Place, offered: Place) -> None:
    found = stronger(held, offered, today=TODAY)
    still_counts = held.until is None or held.until >= TODAY
    if still_counts:
        assert STRENGTH.index(found.role) >= STRENGTH.index(held.role)
    assert STRENGTH.index(found.role) >= STRENGTH.index(offered.role)
    if found.role is offered.role:
        assert found.sections >= offered.sections
    if found.role is held.role and still_counts:
        assert found.sections >= held.sections
    assert stronger(found, offered, today=TODAY) == found, "a third time changes nothing"


@pytest.mark.parametrize("held", ClusterRole)
def test_in_a_cluster_too_the_stronger_role_wins(held: ClusterRole) -> None:
    assert stronger_in_cluster(held, ClusterRole.MANAGER) is ClusterRole.MANAGER
    assert stronger_in_cluster(held, ClusterRole.REVIEWER) is held
