"""The filter and the pages of the queue, as the address asks for them, and the options of the filter."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from dnk_tool.domain.clusters.cockpit import NextMove
from dnk_tool.domain.declarations.states import State
from dnk_tool.store.clusters.cockpit_sums import ReportingYearSummary
from dnk_tool.store.review.queue import NOBODY, STATES_WITH_COMPANY, STATES_WITH_REVIEWERS
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cohort
from dnk_tool.web.http.access import current_actor
from dnk_tool.web.text.options import Option, enum_options, pair_options

FIRST, LATER = "1", "2"
STATES_BY_TURN: Mapping[NextMove | None, Sequence[State]] = {
    None: (*STATES_WITH_REVIEWERS, *STATES_WITH_COMPANY),
    NextMove.CLUSTER: STATES_WITH_REVIEWERS,
    NextMove.COMPANY: STATES_WITH_COMPANY,
    NextMove.NOBODY: (),
}


@dataclass(frozen=True)
class QueueQuery:
    """Year, cohort, reviewer, round and turn that are asked for; None: any. `reviewer` NOBODY: unassigned."""

    year: int | None = None
    cohort: Cohort | None = None
    reviewer: int | None = None
    round: str = ""
    turn: NextMove | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves anything out."""
        return self != QueueQuery()

    @property
    def is_narrowed_further(self) -> bool:
        """Whether it uses more than the fields that are always in sight."""
        return bool(self.year or self.cohort or self.round)

    @property
    def is_first(self) -> bool | None:
        """Whether the first round is asked for; None: any round."""
        return {FIRST: True, LATER: False}.get(self.round)

    @property
    def states(self) -> Sequence[State]:
        """The states of a review that is not finished, as far as they are asked for."""
        return STATES_BY_TURN[self.turn]

    @property
    def shows_finished(self) -> bool:
        """Whether finished reviews are asked for."""
        return self.turn in (None, NextMove.NOBODY)


def requested_queue(years: ReportingYearSummary, staff: Collection[Account]) -> QueueQuery:
    """Read the filter from the address; what is missing or unknown selects nothing."""
    cohorts = {str(cohort.id): cohort for cohort in years.cohorts}
    people = {str(account.id): account.id for account in staff} | {str(NOBODY): NOBODY}
    turn = request.args.get("am-zug", "")
    return QueueQuery(
        year={str(year): year for year in years.known}.get(request.args.get("jahr", "")),
        cohort=cohorts.get(request.args.get("kohorte", "")),
        reviewer=people.get(request.args.get("prueft", "")),
        round=asked if (asked := request.args.get("runde", "")) in (FIRST, LATER) else "",
        turn=next((move for move in NextMove if move.value == turn), None),
    )


def queue_choices(years: ReportingYearSummary, staff: Iterable[Account]) -> Mapping[str, Sequence[Option]]:
    """The options of each field, by the name of its parameter."""
    everything = _("alle")
    own = current_actor().user_id
    people = [
        (str(account.id), _("ich selbst") if account.id == own else account.name or account.email)
        for account in sorted(staff, key=lambda one: one.id != own)
    ]
    cohorts = [
        (str(cohort.id), f"{cohort.name or _('alle anderen')} ({cohort.reporting_year})")
        for cohort in years.cohorts
    ]
    return {
        "jahr": pair_options(((str(year), str(year)) for year in years.known), everything),
        "kohorte": pair_options(cohorts, everything),
        "prueft": pair_options([(str(NOBODY), _("noch niemand")), *people], everything),
        "runde": pair_options(((FIRST, _("erste")), (LATER, _("zweite oder spätere"))), everything),
        "am-zug": enum_options(NextMove, everything),
    }
