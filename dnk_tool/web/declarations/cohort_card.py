"""What a company sees of its cohort: the cluster, the final day, the next milestone and whom to ask."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import url_for

from dnk_tool.catalogue import load_catalogue
from dnk_tool.domain.answers.completeness import FINISHED_PROGRESS, SectionProgress
from dnk_tool.domain.clusters.cockpit import DELIVERED_STATES, GRACE_PERIOD
from dnk_tool.language import local_day
from dnk_tool.store.clusters import cohorts
from dnk_tool.store.clusters.cohorts import CompanyCohort
from dnk_tool.store.review import rounds
from dnk_tool.store.tables.clusters import Cohort, Milestone
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.declarations.dashboard import DeadlineLine, deadline_line
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db

ProgressOf = Callable[[str], SectionProgress]  # how far a criterion is, by its ref


@dataclass(frozen=True, slots=True)
class MilestoneCriterion:
    """A criterion of the next milestone, and how far it is. `href`: "" without a declaration."""

    number: str
    title: str
    href: str
    progress: SectionProgress

    @property
    def is_done(self) -> bool:
        return self.progress in FINISHED_PROGRESS


@dataclass(frozen=True, slots=True)
class NextMilestone:
    """The next milestone of a cohort, and its criteria."""

    title: str
    day: date
    place: str
    note: str
    criteria: Sequence[MilestoneCriterion]
    calendar: str

    @property
    def done(self) -> int:
        """How many of its criteria are finished."""
        return sum(criterion.is_done for criterion in self.criteria)


@dataclass(frozen=True, slots=True)
class CohortCard:
    """A company's cohort. `begin`: where the declaration is begun; "" once there is one."""

    cohort_id: int
    cluster: str
    contact: str
    year: int
    deadline: DeadlineLine | None
    milestone: NextMilestone | None
    calendar: str
    begin: str


def declaration_cards(
    declaration: Declaration, found: Sequence[CompanyCohort], progress: ProgressOf, changes_due: date | None
) -> list[CohortCard]:
    """The cards of these cohorts of the declaration's year.

    `changes_due`: the day when its cluster wants the changes requested; None without such a request.
    """
    years = {declaration.reporting_year: (declaration, progress)}
    due = {declaration.id: changes_due} if changes_due else {}
    return _cards(declaration.organisation_id, found, years, due)


def company_cards(
    organisation_ids: Collection[int], declarations: Iterable[Declaration]
) -> Mapping[int, list[CohortCard]]:
    """The cards of each company for what it still owes: one for each cluster, the earliest year first."""
    declarations = list(declarations)
    due = rounds.days_due(db(), declarations)
    own: dict[int, dict[int, tuple[Declaration, ProgressOf]]] = {}
    for declaration in declarations:
        of_company = own.setdefault(declaration.organisation_id, {})
        of_company[declaration.reporting_year] = (declaration, _stored(declaration.progress))
    today = local_day(datetime.now(UTC))
    found: dict[int, list[CohortCard]] = {}
    for key, all_years in cohorts.of_companies(db(), organisation_ids).items():
        years = own.get(key, {})
        owed = [one for one in all_years if _is_current(one.cohort, years, today)]
        first = {one.cluster.id: one for one in owed}  # the latest year comes first, so the earliest stays
        found[key] = _cards(key, list(first.values()), years, due)
    return found


def _is_current(cohort: Cohort, years: Mapping[int, tuple[Declaration, ProgressOf]], today: date) -> bool:
    """Whether the company still owes something to the cohort, and not for long."""
    declaration = years.get(cohort.reporting_year)
    is_delivered = declaration is not None and declaration[0].state in DELIVERED_STATES
    return not is_delivered and (cohort.due is None or cohort.due >= today - GRACE_PERIOD)


def _stored(progress: Mapping[str, str] | None) -> ProgressOf:
    known = progress or {}
    return lambda section: SectionProgress(known.get(section, SectionProgress.OPEN))


def _cards(
    organisation_id: int,
    found: Sequence[CompanyCohort],
    years: Mapping[int, tuple[Declaration, ProgressOf]],
    due: Mapping[int, date],
) -> list[CohortCard]:
    """The cards of a company. `due`: by declaration, the day when its cluster wants the changes requested."""
    today = local_day(datetime.now(UTC))
    cards = []
    for one in found:
        cluster, cohort = one.cluster, one.cohort
        known = years.get(cohort.reporting_year)
        following = next((each for each in one.milestones if each.day >= today), None)
        is_delivered = known is not None and known[0].state in DELIVERED_STATES
        day = cohort.due
        if known and known[0].cluster_id == cluster.id:
            day = due.get(known[0].id, day)
        deadline = None if is_delivered else deadline_line(day, today, current_language())
        if deadline is None and following is None:
            continue
        cards.append(
            CohortCard(
                cohort.id,
                cluster.name,
                cluster.contact,
                cohort.reporting_year,
                deadline,
                _next_milestone(organisation_id, following, known) if following else None,
                url_for("firm_calendar.all_days", organisation_id=organisation_id, cohort_id=cohort.id),
                "" if known else url_for("settings.new", organisation_id=organisation_id),
            )
        )
    return cards


def _next_milestone(
    organisation_id: int, milestone: Milestone, known: tuple[Declaration, ProgressOf] | None
) -> NextMilestone:
    declaration = known[0] if known else None
    catalogue = load_catalogue(declaration.edition if declaration else "dnk-2017")
    criteria = [
        MilestoneCriterion(
            str(criterion.number),
            criterion.title.to(current_language()),
            url_for("criterion.show", declaration_id=declaration.id, section_ref=criterion.ref)
            if declaration
            else "",
            known[1](criterion.ref) if known else SectionProgress.OPEN,
        )
        for criterion in catalogue.criteria
        if criterion.ref in milestone.sections
    ]
    calendar = url_for(
        "firm_calendar.milestone",
        organisation_id=organisation_id,
        cohort_id=milestone.cohort_id,
        milestone_id=milestone.id,
    )
    return NextMilestone(milestone.title, milestone.day, milestone.place, milestone.note, criteria, calendar)
