"""What states and parts of what members share are called on pages; merged into `labels.LABELS`."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.exchange.awards import AwardState
from dnk_tool.domain.exchange.examples import ExamplePart, ExampleState
from dnk_tool.labels import N_
from dnk_tool.report.view.cluster.examples import LINE_NAMES

EXAMPLE_STATE: Mapping[ExampleState, str] = {
    ExampleState.DRAFT: N_("Entwurf"),
    ExampleState.OFFERED: N_("wartet auf das Cluster"),
    ExampleState.PUBLISHED: N_("veröffentlicht"),
}

EXAMPLE_PART: Mapping[ExamplePart, str] = {
    ExamplePart.TITLE: N_("Überschrift"),
    **LINE_NAMES,
    ExamplePart.NUMBER: N_("bei der Maßnahme eine Zahl, und wie Sie sie ermittelt haben"),
    ExamplePart.PICTURE_ALT: N_("was das Bild zeigt"),
}

AWARD_STATE: Mapping[AwardState, str] = {
    AwardState.DRAFT: N_("in Vorbereitung"),
    AwardState.NOMINATING: N_("Vorschläge offen"),
    AwardState.JUDGING: N_("bei der Jury"),
    AwardState.DECIDED: N_("vergeben"),
}

# Merged into `labels.EVENT`.
EXCHANGE_EVENT: Mapping[EventKind, str] = {
    EventKind.EXAMPLE_SAVED: N_("Gutes Beispiel gespeichert"),
    EventKind.EXAMPLE_OFFERED: N_("Gutes Beispiel dem Cluster angeboten"),
    EventKind.EXAMPLE_PUBLISHED: N_("Gutes Beispiel vom Cluster veröffentlicht"),
    EventKind.EXAMPLE_RETURNED: N_("Gutes Beispiel vom Cluster zurückgegeben"),
    EventKind.EXAMPLE_WITHDRAWN: N_("Gutes Beispiel zurückgezogen"),
    EventKind.EXAMPLE_REMOVED: N_("Gutes Beispiel gelöscht"),
    EventKind.POLL_OPENED: N_("Umfrage geöffnet"),
    EventKind.POLL_CLOSED: N_("Umfrage geschlossen"),
    EventKind.POLL_DELETED: N_("Umfrage gelöscht"),
    EventKind.RESIDUE_SHOWN: N_("Reststoff den Mitgliedern des Clusters gezeigt"),
    EventKind.RESIDUE_REMOVED: N_("Reststoff gelöscht"),
    EventKind.RESIDUE_PASSED_ON: N_("Reststoff weitergegeben"),
    EventKind.RESIDUE_ASKED: N_("Zu einem Reststoff angefragt"),
    EventKind.RESIDUE_CONTACT: N_("Name und Kontakt zu einem Reststoff freigegeben"),
    EventKind.RESIDUE_TAKEN_DOWN: N_("Reststoff von der Liste genommen"),
    EventKind.NEIGHBOUR_PROPOSED: N_("Nachbarnetzwerk vorgeschlagen"),
    EventKind.NEIGHBOUR_ACCEPTED: N_("Nachbarnetzwerk angenommen"),
    EventKind.NEIGHBOUR_ENDED: N_("Nachbarnetzwerk beendet"),
    EventKind.AWARD_NOMINATED: N_("Für eine Auszeichnung vorgeschlagen"),
    EventKind.AWARD_WITHDRAWN: N_("Vorschlag für eine Auszeichnung zurückgezogen"),
    EventKind.JUROR_INVITED: N_("Jurymitglied eingeladen"),
    EventKind.AWARD_DECIDED: N_("Auszeichnung vergeben"),
}

EXCHANGE_LABELS: Mapping[type[StrEnum], Mapping[Any, str]] = {
    ExampleState: EXAMPLE_STATE,
    ExamplePart: EXAMPLE_PART,
    AwardState: AWARD_STATE,
}
