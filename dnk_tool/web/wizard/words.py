"""The interface's words for the domain's states, gaps and levels."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l

from dnk_tool.domain.answers import Quality
from dnk_tool.domain.assessment import Rating
from dnk_tool.domain.completeness import GapKind, Status
from dnk_tool.domain.states import EventKind, State

STATUS: Mapping[Status, Any] = {
    Status.OPEN: _l("Offen"),
    Status.IN_PROGRESS: _l("In Arbeit"),
    Status.QUERIED: _l("Rückfrage"),
    Status.DONE: _l("Fertig"),
}

GAP: Mapping[GapKind, Any] = {
    GapKind.NO_TEXT: _l("Es fehlt noch ein Text."),
    GapKind.NO_EXPLANATION: _l("Es fehlt noch die Begründung."),
    GapKind.NO_VALUE: _l("Diese Angabe fehlt noch."),
    GapKind.INCOMPLETE_ROW: _l("In einer Zeile fehlt noch eine Angabe."),
    GapKind.NO_PROFILE: _l("Diese Angabe fehlt noch im Profil des Unternehmens."),
    GapKind.NOT_CONFIRMED: _l("Alles ist beantwortet. Bitte bestätigen Sie noch, dass Sie fertig sind."),
}

QUALITY: Mapping[Quality, Any] = {
    Quality.MEASURED: _l("gemessen"),
    Quality.CALCULATED: _l("berechnet"),
    Quality.ESTIMATED: _l("geschätzt"),
    Quality.NOT_AVAILABLE: _l("liegt nicht vor"),
}

STATE: Mapping[State, Any] = {
    State.DRAFT: _l("In Arbeit"),
    State.FINISHED: _l("Abgeschlossen"),
    State.REOPENED: _l("Wieder geöffnet"),
}

RATING: Mapping[Rating, Any] = {
    Rating.NOT_STARTED: _l("noch nicht begonnen"),
    Rating.PLANNED: _l("geplant"),
    Rating.PARTIAL: _l("teilweise"),
    Rating.IMPLEMENTED: _l("umgesetzt"),
    Rating.EXEMPLARY: _l("vorbildlich"),
}

EVENT: Mapping[EventKind, Any] = {
    EventKind.CREATED: _l("Erklärung angelegt"),
    EventKind.IMPORTED: _l("Erklärung aus einer Datei übernommen"),
    EventKind.SETTINGS_CHANGED: _l("Einstellungen geändert"),
    EventKind.SECTION_SAVED: _l("Angaben gespeichert"),
    EventKind.ANSWER_RESTORED: _l("Frühere Fassung zurückgeholt"),
    EventKind.ASSESSMENT_SAVED: _l("Selbsteinschätzung gespeichert"),
    EventKind.FINISHED: _l("Erklärung abgeschlossen"),
    EventKind.REOPENED: _l("Erklärung wieder geöffnet"),
}

WORDS: Mapping[type[StrEnum], Mapping[Any, Any]] = {
    Status: STATUS,
    GapKind: GAP,
    Quality: QUALITY,
    State: STATE,
    Rating: RATING,
    EventKind: EVENT,
}


def word(member: StrEnum) -> str:
    """The member in the language of the page."""
    return str(WORDS[type(member)][member])


def quality_options() -> list[dict[str, str]]:
    """How a figure may have come about, for its select field; nothing said comes first."""
    options = [{"value": "", "label": str(_l("keine Angabe"))}]
    return options + [{"value": one.value, "label": word(one)} for one in Quality]
