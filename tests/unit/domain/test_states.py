"""The states of a declaration, every state with every action."""

import itertools

import pytest

from dnk_tool.domain.states import (
    EDITABLE,
    TRANSITIONS,
    Action,
    EventKind,
    NotPossible,
    State,
    Transition,
    transition,
)

TABLE: dict[tuple[State, Action], State | None] = {
    (State.DRAFT, Action.FINISH): State.FINISHED,
    (State.DRAFT, Action.REOPEN): None,
    (State.FINISHED, Action.FINISH): None,
    (State.FINISHED, Action.REOPEN): State.REOPENED,
    (State.REOPENED, Action.FINISH): State.FINISHED,
    (State.REOPENED, Action.REOPEN): None,
}


def test_the_table_is_complete() -> None:
    assert set(TABLE) == set(itertools.product(State, Action))
    assert len({(one.before, one.action) for one in TRANSITIONS}) == len(TRANSITIONS)


@pytest.mark.parametrize(("state", "action"), sorted(TABLE))
def test_every_state_with_every_action(state: State, action: Action) -> None:
    after = TABLE[state, action]
    if after is None:
        with pytest.raises(NotPossible) as caught:
            transition(state, action)
        assert (caught.value.state, caught.value.action) == (state, action)
    else:
        event = {Action.FINISH: EventKind.FINISHED, Action.REOPEN: EventKind.REOPENED}[action]
        assert transition(state, action) == Transition(state, action, after, event)


def test_only_a_finished_declaration_is_frozen() -> None:
    assert set(State) - EDITABLE == {State.FINISHED}


def test_every_state_can_be_reached_and_left() -> None:
    assert {State.DRAFT} | {one.after for one in TRANSITIONS} == set(State)
    assert {one.before for one in TRANSITIONS} == set(State)
