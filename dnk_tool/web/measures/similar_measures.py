"""What other companies of a cluster do, as its last joint sum says: kinds, counts and sums, never a company.

A joint sum holds only what its rules let out. Live counts would tell what somebody who just joined does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from flask import Blueprint
from flask_babel import gettext as _

from dnk_tool.catalogue.aggregation_rules import load_aggregation_rules
from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.domain.aggregates.comparability import group_of
from dnk_tool.domain.aggregates.joint_goal import JointProgress, KindPart, Saving
from dnk_tool.domain.aggregates.model import Group
from dnk_tool.store.aggregates import joint_sums
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.measures.measure_rows import energy_text

blueprint = Blueprint("similar_measures", __name__)


class Likeness(IntEnum):
    """How much several of the companies with a kind are like one's own, as far as that may be said."""

    CLUSTER = 0
    SECTION = 1
    SECTION_AND_SIZE = 2


@dataclass(frozen=True, slots=True)
class SimilarMeasures:
    """The measures of one kind of so many companies of a cluster; `energy` together in a full year, or "".

    `who`: that several of them are like the company, in words, or "".
    """

    kind: str
    label: str
    companies: int
    energy: str
    likeness: Likeness
    who: str


@blueprint.app_template_global("similar_measures_of")
def similar_measures_of(organisation: Organisation) -> list[SimilarMeasures]:
    """The same for a company that lets clusters use its measures, else nothing; one statement a cluster."""
    return similar_measures(measures.clusters_allowed(db(), organisation.id), organisation)


def similar_measures(cluster_ids: Iterable[int], organisation: Organisation) -> list[SimilarMeasures]:
    """The kinds of measures in the last joint sum of these clusters, those of similar companies first."""
    own = group_of(organisation.sector, organisation.employees)
    rows = [
        _row(part, _likeness(found.progress, part.kind, own))
        for cluster_id in cluster_ids
        if (found := joint_sums.shown_joint_sum(db(), cluster_id))
        for part in found.progress.kinds
        if part.kind in load_measure_kinds().kinds
    ]
    return sorted(rows, key=lambda row: (-row.likeness, -row.companies))


def _likeness(progress: JointProgress, kind: str, own: Group) -> Likeness:
    similar = progress.similar or {}
    if own.section and own.size and kind in similar.get(own, ()):
        return Likeness.SECTION_AND_SIZE
    is_in_section = own.section and kind in similar.get(Group(own.section), ())
    return Likeness.SECTION if is_in_section else Likeness.CLUSTER


def _row(kind_part: KindPart, likeness: Likeness) -> SimilarMeasures:
    part, kwh = kind_part.part, kind_part.part.value(Saving.ENERGY)
    label = load_measure_kinds().kinds[kind_part.kind].label.to(current_language())
    energy = energy_text(kwh) if kwh else ""
    return SimilarMeasures(kind_part.kind, label, part.companies, energy, likeness, _who(likeness))


def _who(likeness: Likeness) -> str:
    least = load_aggregation_rules().sum_companies
    if likeness is Likeness.SECTION_AND_SIZE:
        return str(_("darunter mindestens %(least)s Ihrer Branche und Größe", least=least))
    return str(_("darunter mindestens %(least)s Ihrer Branche", least=least)) if likeness else ""
