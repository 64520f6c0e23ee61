"""What states and parts of what members share are called on pages; merged into `labels.LABELS`."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

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

EXCHANGE_LABELS: Mapping[type[StrEnum], Mapping[Any, str]] = {
    ExampleState: EXAMPLE_STATE,
    ExamplePart: EXAMPLE_PART,
}
