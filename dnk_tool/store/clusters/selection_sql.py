"""What members are selected by, as SQL: signs at criteria (`domain/clusters/criterion_signs`) and profile."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, literal, not_, null, or_

from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.domain.answers.completeness import FINISHED_PROGRESS, SectionProgress
from dnk_tool.domain.clusters.cockpit import DELIVERED_STATES
from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.clusters.criterion_signs import CriterionSign
from dnk_tool.domain.organisation import SIZE_LIMITS, CompanySize
from dnk_tool.domain.review import ReviewSide
from dnk_tool.store.clusters import choices, cockpit_sql
from dnk_tool.store.clusters.cockpit_sql import ClusterYear
from dnk_tool.store.review import remarks
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Organisation


def has_sign_in(signs: Collection[CriterionSign], criterion: str, view: ClusterYear) -> ColumnElement[bool]:
    """Whether the member has one of these signs at the criterion."""
    has_remark = _has_remark(criterion, view)
    by_progress = and_(not_(has_remark), _progress(criterion).in_([sign.value for sign in signs]))
    return or_(has_remark, by_progress) if CriterionSign.REMARK in signs else by_progress


def is_not_ready(criteria: Sequence[str]) -> ColumnElement[bool]:
    """Whether the member is not ready for a milestone with these criteria (`criterion_signs.is_ready`)."""
    is_delivered = func.coalesce(Declaration.state.in_(DELIVERED_STATES), false())
    unfinished = (_progress(criterion).not_in(sorted(FINISHED_PROGRESS)) for criterion in criteria)
    return and_(not_(is_delivered), or_(false(), *unfinished))


def _progress(criterion: str) -> ColumnElement[str]:
    return func.coalesce(Declaration.progress[criterion].as_string(), SectionProgress.OPEN.value)


def _has_remark(criterion: str, view: ClusterYear) -> ColumnElement[bool]:
    """Whether reviewers wait for an answer to a remark; of an earlier submission elsewhere none counts."""
    is_open = remarks.has_open_in(criterion, ReviewSide.REVIEWERS, cluster_id=view.cluster_id)
    return and_(cockpit_sql.is_submitted_here(view), cockpit_sql.is_review_open(view), is_open)


def is_profile_visible(view: ClusterYear) -> ColumnElement[bool]:
    """Whether the cluster may see sector, size and indicators.

    The company allows it, or the declaration that names them was submitted to this cluster or is published.
    """
    return or_(
        choices.allows(ConsentChoice.PROFILE), cockpit_sql.is_submitted_here(view), cockpit_sql.is_published()
    )


def profile_columns(view: ClusterYear) -> tuple[ColumnElement[Any], ...]:
    """Sector, employees and indicator set of a member, empty where the cluster may not see them."""
    is_visible = is_profile_visible(view)
    return (
        case((is_visible, Organisation.sector), else_="").label("sector"),
        case((is_visible, Organisation.employees), else_=null()).label("employees"),
        func.coalesce(case((is_visible, Declaration.indicator_set)), "").label("indicator_set"),
    )


def is_in_sector(section: str, view: ClusterYear) -> ColumnElement[bool]:
    """Whether the member is visibly in a section of the present classification of sectors."""
    return and_(is_profile_visible(view), Organisation.sector.in_(load_sectors().stored_in(section)))


def is_of_size(size: CompanySize, view: ClusterYear) -> ColumnElement[bool]:
    """Whether the member is visibly of this size; False if the number of employees is unknown."""
    limits = ((Organisation.employees < most, literal(of_limit.value)) for most, of_limit in SIZE_LIMITS)
    known = Organisation.employees.is_not(None)
    return and_(is_profile_visible(view), known, case(*limits, else_=CompanySize.LARGE.value) == size.value)


def reports_with(indicator_set: str, view: ClusterYear) -> ColumnElement[bool]:
    """Whether the member's declaration visibly uses this set of indicators."""
    return and_(is_profile_visible(view), Declaration.indicator_set == indicator_set)
