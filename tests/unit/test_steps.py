"""What comes next with a declaration, for every state and role."""

from itertools import product

import pytest

from dnk_tool.domain.answers.completeness import SectionProgress
from dnk_tool.domain.declarations.states import EDITABLE_STATES, State
from dnk_tool.domain.permissions import Role
from dnk_tool.web.people import dashboard
from dnk_tool.web.people.dashboard import count_done, next_step, step_with_remarks


@pytest.mark.parametrize(("state", "role"), list(product(State, Role)))
def test_every_state_has_a_next_step_for_every_role(state: State, role: Role) -> None:
    step = next_step(state, role, done=1, total=20)
    is_writer = role is not Role.VIEWER
    assert bool(step.urgency) is (state in EDITABLE_STATES and is_writer)


@pytest.mark.parametrize("role", [Role.OWNER, Role.EDITOR])
def test_writers_change_first_then_check_then_write(role: Role) -> None:
    change = next_step(State.CHANGES_REQUESTED, role, done=20, total=20)
    check = next_step(State.DRAFT, role, done=20, total=20)
    write = next_step(State.DRAFT, role, done=19, total=20)
    assert change.urgency < check.urgency < write.urgency
    assert check.endpoint == "finish.check"
    assert next_step(State.DRAFT, role, done=20, total=20, has_cluster=True) is dashboard.HAND_IN


def test_remarks_are_answered_before_it_is_submitted_again() -> None:
    owner = next_step(State.CHANGES_REQUESTED, Role.OWNER, done=20, total=20)
    helper = next_step(State.CHANGES_REQUESTED, Role.CONTRIBUTOR, done=2, total=2)
    assert step_with_remarks(owner, 0).endpoint == "change_requests.changes"
    assert step_with_remarks(helper, 0) is helper, "others submit"


def test_a_contributor_is_never_sent_to_the_final_check() -> None:
    assert next_step(State.DRAFT, Role.CONTRIBUTOR, done=2, total=2) is dashboard.OWN_DONE
    assert next_step(State.DRAFT, Role.CONTRIBUTOR, done=1, total=2).endpoint == "overview.show"


def test_a_contributor_counts_only_the_own_parts() -> None:
    progress = {
        "general": SectionProgress.ANSWERED,
        "1": SectionProgress.EXPLAINED,
        "2": SectionProgress.OPEN,
    }
    assert count_done(progress, ["1", "2"], None) == (1, 2), (
        "the twenty criteria, without general information"
    )
    assert count_done(progress, ["1", "2"], frozenset({"general", "2"})) == (1, 2)
    assert count_done(progress, ["1", "2"], frozenset({"99"})) == (0, 0)
