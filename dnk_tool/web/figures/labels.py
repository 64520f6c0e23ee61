"""The interface's words for topics of figures, for their states, and for where they come from."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from dnk_tool.domain.figures.states import FigureState
from dnk_tool.report.files import workbook_labels

TOPIC_TITLES: Mapping[str, Any] = {key: _l(text) for key, text in workbook_labels.TOPIC_LABELS.items()}

# The word of the status tag, and what kind of tag it is.
STATE_TAGS: Mapping[FigureState, tuple[Any, str]] = {
    FigureState.OPEN: (_l("Offen"), "open"),
    FigureState.BEGUN: (_l("In Arbeit"), "progress"),
    FigureState.ENTERED: (_l("Fertig"), "done"),
    FigureState.FROM_LINES: (_l("Fertig"), "done"),
    FigureState.FROM_SITES: (_l("Fertig"), "done"),
    FigureState.FOLLOWS: (_l("Fertig"), "done"),
    FigureState.NOT_AVAILABLE: (_l("Fertig"), "done"),
    FigureState.EXPLAINED: (_l("Fertig"), "done"),
}

# What the tag alone does not say.
STATE_DETAILS: Mapping[FigureState, Any] = {
    FigureState.FROM_LINES: _l("aus Zeilen berechnet"),
    FigureState.FROM_SITES: _l("Summe der Standorte"),
    FigureState.FOLLOWS: _l("folgt aus anderen Kennzahlen"),
    FigureState.NOT_AVAILABLE: _l("liegt nicht vor"),
    FigureState.EXPLAINED: _l("beim Indikator erklärt"),
}


def topic_title(topic: str) -> str:
    """What the topic is called."""
    return str(TOPIC_TITLES.get(topic, topic))
