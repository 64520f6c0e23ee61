"""Labels for the state of a figure and for topics."""

from collections.abc import Mapping

from flask_babel import gettext

from dnk_tool.domain.answers.completeness import CompletionStatus
from dnk_tool.domain.figures.states import FigureState
from dnk_tool.labels import TOPIC
from dnk_tool.web.text.labels import label_of

_UNFINISHED: Mapping[FigureState, CompletionStatus] = {
    FigureState.OPEN: CompletionStatus.OPEN,
    FigureState.BEGUN: CompletionStatus.IN_PROGRESS,
}
_TAG_KINDS: Mapping[CompletionStatus, str] = {
    CompletionStatus.OPEN: "open",
    CompletionStatus.IN_PROGRESS: "progress",
    CompletionStatus.DONE: "done",
}
# States that the tag describes fully.
_WITHOUT_DETAIL = frozenset({FigureState.OPEN, FigureState.BEGUN, FigureState.ENTERED})


def state_tag(state: FigureState) -> tuple[str, str]:
    """Text and kind of the state's tag."""
    status = _UNFINISHED.get(state, CompletionStatus.DONE)
    return label_of(status), _TAG_KINDS[status]


def state_detail(state: FigureState) -> str:
    """What the tag leaves out, such as where the value comes from; "" if nothing."""
    return "" if state in _WITHOUT_DETAIL else label_of(state)


def topic_title(topic: str) -> str:
    """The topic's title; its key if it has none."""
    return str(gettext(TOPIC.get(topic, topic)))
