"""The states of a declaration: every state with every action and every role."""

import itertools

import pytest

from dnk_tool.domain.declarations.states import (
    EDITABLE_STATES,
    REQUIRED_PERMISSIONS,
    TRANSITIONS,
    Action,
    EventKind,
    State,
    TransitionNotAllowed,
    find_transition,
)
from dnk_tool.domain.permissions import Actor, ClusterRole, Role, Subject, can

BACK = "back to where it came from"
D, G, S, C, A, F, R = (
    State.DRAFT,
    State.SIGNING,
    State.SUBMITTED,
    State.CHANGES_REQUESTED,
    State.APPROVED,
    State.FINISHED,
    State.REOPENED,
)
# Action -> before: after. What is not named is not possible. Written down apart from the code's own table.
POSSIBLE: dict[Action, dict[State, State | str]] = {
    Action.ASK_SIGN_OFF: {D: G, C: G, R: G},
    Action.CONFIRM_AND_SUBMIT: {G: S},
    Action.CONFIRM_AND_FINISH: {G: F},
    Action.DECLINE: {G: BACK},
    Action.SUBMIT: {D: S, C: S, R: S},
    Action.FINISH: {D: F, R: F},
    Action.RECALL: {G: BACK, S: R, C: R},
    Action.REQUEST_CHANGES: {S: C},
    Action.APPROVE: {S: A},
    Action.WITHDRAW_APPROVAL: {D: D, G: G, S: S, C: C, A: S, F: F, R: R},
    Action.REOPEN: {A: R, F: R},
    Action.PUBLISH: {D: D, G: G, S: S, C: C, A: A, F: F, R: R},
    Action.UNPUBLISH: {D: D, G: G, S: S, C: C, A: A, F: F, R: R},
}
WRITERS, REVIEWERS = {"owner", "editor"}, {"manager", "reviewer"}
WHO: dict[Action, set[str]] = {
    Action.ASK_SIGN_OFF: WRITERS,
    Action.CONFIRM_AND_SUBMIT: {"signatory"},
    Action.CONFIRM_AND_FINISH: {"signatory"},
    Action.DECLINE: {"signatory"},
    Action.SUBMIT: WRITERS,
    Action.FINISH: WRITERS,
    Action.RECALL: WRITERS,
    Action.REQUEST_CHANGES: REVIEWERS,
    Action.APPROVE: REVIEWERS,
    Action.WITHDRAW_APPROVAL: REVIEWERS,
    Action.REOPEN: WRITERS,
    Action.PUBLISH: {"owner"},
    Action.UNPUBLISH: {"owner"},
}
ACTORS = {
    "nobody": Actor(),
    "stranger": Actor(user_id=7),
    **{role.value: Actor(user_id=7, roles={1: role}) for role in Role},
    "signatory": Actor(user_id=8),
    **{role.value: Actor(user_id=7, clusters={3: role}) for role in ClusterRole},
    "operator": Actor(user_id=7, is_operator=True),
}
SUBJECT = Subject(organisation_id=1, cluster_id=3, consents=frozenset({3}), reviewing=3, signatory=8)


def test_the_table_is_complete() -> None:
    assert set(POSSIBLE) == set(WHO) == set(REQUIRED_PERMISSIONS) == set(Action)
    assert len({(transition.before, transition.action) for transition in TRANSITIONS}) == len(TRANSITIONS)


@pytest.mark.parametrize(
    ("state", "action", "who"), [pytest.param(*case) for case in itertools.product(State, Action, ACTORS)]
)
def test_every_state_with_every_action_and_role(state: State, action: Action, who: str) -> None:
    assert can(REQUIRED_PERMISSIONS[action], ACTORS[who], SUBJECT) is (who in WHO[action])
    after = POSSIBLE[action].get(state)
    if after is None:
        with pytest.raises(TransitionNotAllowed) as caught:
            find_transition(state, action)
        assert (caught.value.state, caught.value.action) == (state, action)
    else:
        assert (find_transition(state, action).after or BACK) == after


def test_what_is_not_editable_is_frozen() -> None:
    assert {State.DRAFT, State.CHANGES_REQUESTED, State.REOPENED} == EDITABLE_STATES


def test_every_state_can_be_reached_and_left() -> None:
    moves = [transition for transition in TRANSITIONS if transition.after is not transition.before]
    assert {State.DRAFT} | {transition.after for transition in moves if transition.after} == set(State)
    assert {transition.before for transition in moves} == set(State)


def test_each_event_of_a_transition_says_what_was_done() -> None:
    events = {transition.action: transition.event for transition in TRANSITIONS}
    assert events[Action.CONFIRM_AND_SUBMIT] is events[Action.SUBMIT] is EventKind.SUBMITTED
    assert events[Action.CONFIRM_AND_FINISH] is events[Action.FINISH] is EventKind.FINISHED
    assert len(set(events.values())) == len(events) - 2
