"""The states of a declaration and who may move it from one to the next, as data."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a declaration stands. A finished one is frozen until it is reopened as a new version."""

    DRAFT = "draft"
    FINISHED = "finished"
    REOPENED = "reopened"


class Action(StrEnum):
    """What moves a declaration from one state to another."""

    FINISH = "finish"
    REOPEN = "reopen"


class EventKind(StrEnum):
    """What happened to a declaration, in the past tense; events are only ever added."""

    CREATED = "created"
    IMPORTED = "imported"
    SETTINGS_CHANGED = "settings-changed"
    SECTION_SAVED = "section-saved"
    ANSWER_RESTORED = "answer-restored"
    ASSESSMENT_SAVED = "assessment-saved"
    FINISHED = "finished"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Transition:
    """From one state to the next by an action, recorded as an event."""

    before: State
    action: Action
    after: State
    event: EventKind


TRANSITIONS = (
    Transition(State.DRAFT, Action.FINISH, State.FINISHED, EventKind.FINISHED),
    Transition(State.FINISHED, Action.REOPEN, State.REOPENED, EventKind.REOPENED),
    Transition(State.REOPENED, Action.FINISH, State.FINISHED, EventKind.FINISHED),
)

EDITABLE = frozenset({State.DRAFT, State.REOPENED})


class NotPossible(Exception):
    """The declaration's state does not allow the action."""

    def __init__(self, state: State, action: Action) -> None:
        self.state, self.action = state, action
        super().__init__(f"{action} is not possible while {state}")


def transition(state: State, action: Action) -> Transition:
    """The transition that the action takes from this state. Raises NotPossible."""
    for one in TRANSITIONS:
        if (one.before, one.action) == (state, action):
            return one
    raise NotPossible(state, action)
