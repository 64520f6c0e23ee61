"""What other companies of a cluster do, as its last joint sum says: kinds, counts and sums, never a company.

A joint sum holds only what its rules let out. Live counts would tell what somebody who just joined does.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.domain.aggregates.joint_goal import KindPart, Saving
from dnk_tool.store.aggregates import joint_sums
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.measures.measure_rows import energy_text


@dataclass(frozen=True, slots=True)
class SimilarMeasures:
    """The measures of one kind of so many companies of a cluster; `energy` together in a full year, or ""."""

    kind: str
    label: str
    companies: int
    energy: str


def similar_measures(cluster_ids: Iterable[int]) -> list[SimilarMeasures]:
    """The kinds of measures in the last joint sum of these clusters, those of most companies first."""
    parts = [
        part
        for cluster_id in cluster_ids
        if (found := joint_sums.shown_joint_sum(db(), cluster_id))
        for part in found.progress.kinds
        if part.kind in load_measure_kinds().kinds
    ]
    return sorted(map(_row, parts), key=lambda row: -row.companies)


def _row(kind_part: KindPart) -> SimilarMeasures:
    part, kwh = kind_part.part, kind_part.part.value(Saving.ENERGY)
    label = load_measure_kinds().kinds[kind_part.kind].label.to(current_language())
    return SimilarMeasures(kind_part.kind, label, part.companies, energy_text(kwh) if kwh else "")
