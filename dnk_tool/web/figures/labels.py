"""What pages show of the state of a figure: the tag of how far it is, and where its value comes from."""

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
# The tag alone says enough of these.
_WITHOUT_DETAIL = frozenset({FigureState.OPEN, FigureState.BEGUN, FigureState.ENTERED})


def state_tag(state: FigureState) -> tuple[str, str]:
    """The words of the status tag, and what kind of tag it is."""
    status = _UNFINISHED.get(state, CompletionStatus.DONE)
    return label_of(status), _TAG_KINDS[status]


def state_detail(state: FigureState) -> str:
    """What the tag alone does not say; empty where it says all."""
    return "" if state in _WITHOUT_DETAIL else label_of(state)


def topic_title(topic: str) -> str:
    """What the topic is called."""
    return str(gettext(TOPIC.get(topic, topic)))
