"""The signs of members at all criteria, read for a whole selection at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from dnk_tool.domain.answers.completeness import SectionProgress
from dnk_tool.domain.clusters.criterion_signs import CriterionSign, criterion_sign, is_ready
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.review import ReviewSide
from dnk_tool.store.clusters import cockpit_sql
from dnk_tool.store.clusters.cockpit import MemberFilter, filter_conditions
from dnk_tool.store.clusters.cockpit_sql import ClusterYear
from dnk_tool.store.review import remarks
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Organisation


@dataclass(frozen=True, slots=True)
class MemberSigns:
    """A member's sign at each section that is begun or has a remark, and its open remarks by section.

    `progress` is that of the company, `cohort_id` the cohort of the year, None if it is in none.
    """

    signs: Mapping[str, CriterionSign]
    remarks: Mapping[str, int]
    state: State | None
    progress: Mapping[str, str]
    cohort_id: int | None

    def is_ready(self, criteria: Iterable[str]) -> bool:
        """Whether it is ready for a milestone with these criteria."""
        return is_ready(self.state, self.progress, criteria)


def progress_by_member(session: Session, view: ClusterYear, wanted: MemberFilter) -> dict[int, MemberSigns]:
    """The progress of each member that the filter selects, by company id, in two statements."""
    rows = session.execute(
        cockpit_sql.select_members(
            view,
            Organisation.id,
            Declaration.id,
            Declaration.progress,
            Declaration.state,
            cockpit_sql.member_cohort(view).label("cohort_id"),
            cockpit_sql.is_submitted_here(view).label("is_here"),
        ).where(*filter_conditions(view, wanted))
    ).all()
    submitted_here = [
        declaration_id
        for company, declaration_id, *_other, is_here in rows
        if is_here and company not in view.kept_from
    ]
    counts = remarks.open_counts(session, submitted_here, ReviewSide.REVIEWERS, cluster_id=view.cluster_id)
    progress_by_company = {}
    for company, declaration_id, progress, state, cohort_id, _is_here in rows:
        of_member = counts.get(declaration_id, {})
        progress_by_company[company] = MemberSigns(
            _signs(progress or {}, of_member), of_member, state, progress or {}, cohort_id
        )
    return progress_by_company


def _signs(progress: Mapping[str, str], open_remarks: Mapping[str, int]) -> dict[str, CriterionSign]:
    sections = progress.keys() | open_remarks.keys()
    return {
        section: criterion_sign(
            SectionProgress(progress[section]) if section in progress else None,
            has_remark=section in open_remarks,
        )
        for section in sections
    }
