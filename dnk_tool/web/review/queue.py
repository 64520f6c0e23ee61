"""The reviewers' queue: who reviews what, how far it is, and what is finished.

How long reviews take: the median of days, for the team and for each person with enough decisions.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from dnk_tool.domain.clusters.cockpit import ReviewEvent, median_days, review_times_by_reviewer
from dnk_tool.domain.permissions import ClusterRole, Permission, can, companies_kept_from
from dnk_tool.domain.review import ReviewStatus
from dnk_tool.language import format_long_date, local_day
from dnk_tool.services.review.round import ReviewRound, current_rounds
from dnk_tool.store.clusters import cockpit_sums
from dnk_tool.store.clusters.cohorts import ids_of_cohort
from dnk_tool.store.review import queue as review_queue
from dnk_tool.store.review import remarks as stored_remarks
from dnk_tool.store.review import team
from dnk_tool.store.review.openings import PresentReader
from dnk_tool.store.review.queue import STATES_WITH_REVIEWERS, QueueFilter, QueuePage, SubmittedDeclaration
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.http import conflict_of_interest
from dnk_tool.web.http.access import current_actor, current_cluster, current_subject
from dnk_tool.web.http.cluster_pages import ClusterTab, cluster_page
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.current_round import blueprint, remark_counts
from dnk_tool.web.review.team.present_readers import present_readers, reading_texts
from dnk_tool.web.review.team.queue_query import QueueQuery, queue_choices, requested_queue
from dnk_tool.web.text.labels import label_of
from dnk_tool.web.text.paging import Pagination

PAGE_SIZE, FINISHED_SIZE = 15, 5
PAGE, FINISHED_PAGE = "seite", "fertig"


# One decision, or two, would tell more about the company than about the person.
FEWEST_DECISIONS = 3


@dataclass(frozen=True)
class ReviewTime:
    """The median of days from submission to decision; no `name`: of the team."""

    name: str
    days: int


def review_time_rows(
    events: Iterable[ReviewEvent], names: Mapping[int, str], cluster_id: int
) -> list[ReviewTime]:
    """That of the team and, below it, those of people who decided often enough, by name.

    Managers see everybody's, others only their own.
    """
    by_reviewer = review_times_by_reviewer(events)
    is_lead = current_actor().clusters.get(cluster_id) is ClusterRole.MANAGER
    own = current_actor().user_id
    shown = [
        (names[person], times)
        for person, times in by_reviewer.items()
        if person is not None
        and person in names
        and len(times) >= FEWEST_DECISIONS
        and (is_lead or person == own)
    ]
    everybody = [time for times in by_reviewer.values() for time in times]
    rows = [("", everybody), *sorted(shown)]
    return [ReviewTime(name, median_days(times) or 0) for name, times in rows if times]


@dataclass(frozen=True)
class QueueRow:
    """A declaration in review. `judged` of `total` parts have a result; 0 of 0 while the company has it.

    `kept_out`: who has a conflict of interest with the company, for managers only.
    """

    case: SubmittedDeclaration
    href: str
    is_waiting: bool
    status: str
    judged: int
    total: int
    notes: Sequence[str]
    readers: Sequence[str]
    kept_out: Sequence[str]


@blueprint.get("/")
@cluster_page(_l("Erklärungen"), Permission.CLUSTER_VIEW, position=20, tab=ClusterTab.REVIEW)
def queue(cluster_id: int) -> ResponseReturnValue:
    kept_from = companies_kept_from(current_actor(), cluster_id)
    conflicts = team.conflicts_by_person(db(), cluster_id)
    staff = list(conflicts)
    years = cockpit_sums.reporting_years(db(), cluster_id)
    asked = requested_queue(years, staff)
    wanted = _filter(asked, kept_from)
    found, pages = _open_page(asked, wanted, _number(PAGE))
    finished, finished_pages = _finished_page(asked, wanted, _number(FINISHED_PAGE))
    rows = _rows(found.cases, conflicts if _is_lead() else {})
    names = {account.id: account.name or account.email for account in staff}
    events = review_queue.review_events(db(), cluster_id, kept_from=kept_from)
    closed = review_queue.submitted_companies(db(), cluster_id, kept_from) if kept_from else {}
    return render_template(
        "review/queue.html",
        cluster=current_cluster(),
        closed=list(closed.values()),
        why_not=conflict_of_interest.conflict_message(closed) if closed else "",
        waiting=[row for row in rows if row.is_waiting],
        back=[row for row in rows if not row.is_waiting],
        found=found,
        pages=pages,
        finished=[_finished_row(case) for case in finished.cases],
        finished_pages=finished_pages,
        asked=asked,
        choices=queue_choices(years, staff),
        times=review_time_rows(events, names, cluster_id),
        own=current_actor().user_id,
    )


def _filter(asked: QueueQuery, kept_from: frozenset[int]) -> QueueFilter:
    wanted = QueueFilter(asked.year, None, asked.reviewer, asked.is_first, kept_from)
    if asked.cohort is None:
        return wanted
    companies = frozenset(ids_of_cohort(db(), asked.cohort))
    is_other_year = asked.year not in (None, asked.cohort.reporting_year)
    return replace(
        wanted, year=asked.cohort.reporting_year, companies=frozenset() if is_other_year else companies
    )


def _open_page(asked: QueueQuery, wanted: QueueFilter, number: int) -> tuple[QueuePage, Pagination]:
    """The page of what is not finished; the first if there is no such page."""
    skip = (number - 1) * PAGE_SIZE
    found = review_queue.in_review(
        db(), current_cluster().id, asked.states, wanted, skip=skip, most=PAGE_SIZE
    )
    if not found.cases and number > 1:
        return _open_page(asked, wanted, 1)
    return found, _pagination(PAGE, number, found.total, PAGE_SIZE)


def _finished_page(asked: QueueQuery, wanted: QueueFilter, number: int) -> tuple[QueuePage, Pagination]:
    """The page of finished reviews; the first if there is no such page."""
    if not asked.shows_finished:
        return QueuePage(), _pagination(FINISHED_PAGE, 1, 0, FINISHED_SIZE)
    skip = (number - 1) * FINISHED_SIZE
    found = review_queue.approved(db(), current_cluster().id, wanted, skip=skip, most=FINISHED_SIZE)
    if not found.cases and number > 1:
        return _finished_page(asked, wanted, 1)
    return found, _pagination(FINISHED_PAGE, number, found.total, FINISHED_SIZE)


def _pagination(parameter: str, number: int, total: int, size: int) -> Pagination:
    return Pagination(parameter, number, max(1, -(-total // size)), total, size)


def _number(parameter: str) -> int:
    return whole_number(request.args.get(parameter), digits=6) or 1


def _rows(
    cases: Sequence[SubmittedDeclaration], conflicts: Mapping[Account, Collection[int]]
) -> list[QueueRow]:
    ids = [case.declaration_id for case in cases]
    with_reviewers = [case.declaration_id for case in cases if case.state in STATES_WITH_REVIEWERS]
    cluster_id = current_cluster().id
    rounds = current_rounds(db(), cluster_id, with_reviewers)
    counts = stored_remarks.counts_for_reviewers(db(), ids, cluster_id)
    readers = present_readers(ids)
    return [
        _row(
            case,
            rounds.get(case.declaration_id),
            remark_counts(*counts.get(case.declaration_id, (0, 0))),
            readers,
            [
                person.name or person.email
                for person, companies in conflicts.items()
                if case.organisation_id in companies
            ],
        )
        for case in cases
    ]


def _is_lead() -> bool:
    return can(Permission.CLUSTER_LEAD, current_actor(), current_subject())


def _row(
    case: SubmittedDeclaration,
    review_round: ReviewRound | None,
    remarks: str,
    readers: Sequence[PresentReader],
    kept_out: Sequence[str],
) -> QueueRow:
    sections = review_round.sections if review_round else ()
    pending = len(review_round.with_status(ReviewStatus.PENDING)) if review_round else 0
    is_waiting = case.state in STATES_WITH_REVIEWERS
    notes = [waiting_time(case.submitted_at)] if is_waiting else []
    if case.withdrawn_at and not case.approved_at:
        notes.append(_("Freigabe zurückgezogen"))
    if remarks:
        notes.append(remarks)
    here = [one for one in readers if one.declaration_id == case.declaration_id]
    return QueueRow(
        case,
        _review_url(case),
        is_waiting,
        _("Zu prüfen") if is_waiting else label_of(case.state),
        len(sections) - pending,
        len(sections),
        notes,
        reading_texts(here, sections),
        kept_out,
    )


def _finished_row(case: SubmittedDeclaration) -> Mapping[str, Any]:
    hints = [_("Runde %(number)s", number=case.round)]
    if case.withdrawn_at:
        day = format_long_date(local_day(case.withdrawn_at), current_language())
        hints.append(_("Freigabe zurückgezogen am %(day)s", day=day))
    if case.approved_at:
        day = format_long_date(local_day(case.approved_at), current_language())
        hints.append(
            _("freigegeben am %(day)s von %(name)s", day=day, name=case.approved_by)
            if case.approved_by
            else _("freigegeben am %(day)s", day=day)
        )
    title = f"{case.company} – {case.year}"
    return {"title": title, "href": _review_url(case), "hint": " · ".join(map(str, hints)), "status": ""}


def _review_url(case: SubmittedDeclaration) -> str:
    return url_for("review.show", cluster_id=current_cluster().id, declaration_id=case.declaration_id)


def waiting_time(since: datetime | None) -> str:
    """How many calendar days a declaration has waited, in words."""
    if since is None:
        return ""
    days = (local_day(datetime.now(UTC)) - local_day(since)).days
    if days <= 0:
        return str(_("heute eingereicht"))
    return str(ngettext("wartet seit %(num)d Tag", "wartet seit %(num)d Tagen", days))
