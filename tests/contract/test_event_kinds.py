"""The trail leaves nothing out: every kind of event is recorded by some service, and has its words."""

import re
from pathlib import Path

import pytest

from dnk_tool.domain.declarations import states
from dnk_tool.domain.declarations.states import TRANSITIONS, EventKind
from dnk_tool.web.text.labels import EVENT

SERVICES = Path(__file__).parents[2] / "dnk_tool/services"
NAMED = re.compile(r"EventKind\.([A-Z_]+)")


def recorded_kinds() -> set[EventKind]:
    """What the services name, and what the moves of a declaration name as data."""
    texts = (file.read_text("utf-8") for file in SERVICES.rglob("*.py"))
    named = {EventKind[name] for text in texts for name in NAMED.findall(text)}
    return named | {transition.event for transition in TRANSITIONS}


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_is_recorded_by_some_service(kind: EventKind) -> None:
    assert kind in recorded_kinds()


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_has_words(kind: EventKind) -> None:
    assert str(EVENT[kind])


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_can_be_read_by_somebody(kind: EventKind) -> None:
    assert kind not in states.EVENTS_HIDDEN_FROM_COMPANY or kind in states.CLUSTER_EVENTS
