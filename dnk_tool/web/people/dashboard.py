"""The dashboard: a person's declarations with progress and next step.

A person's next step with a declaration, in one sentence.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from dnk_tool.domain.answers.completeness import FINISHED_PROGRESS, SectionProgress
from dnk_tool.domain.answers.values import YEARS_AHEAD
from dnk_tool.domain.clusters.cockpit import MemberStage, member_stage
from dnk_tool.domain.declarations.states import EDITABLE_STATES, State
from dnk_tool.domain.permissions import Actor, Permission, Role, Subject, can
from dnk_tool.language import local_day
from dnk_tool.services.editing import progress
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.publication import publications
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.access import current_actor
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.company_side.review_state import STAGE_KINDS, company_review_state, stage_word


@dataclass(frozen=True)
class NextStep:
    """A next step. `urgency`: 1 is the most urgent; 0 means nothing to do, or waiting."""

    text: Any
    endpoint: str = "overview.show"
    urgency: int = 0


CHANGE = NextStep(_l("Anmerkungen der Prüfung beantworten"), "change_requests.begin", urgency=1)
CHECK = NextStep(_l("Prüfen und abschließen"), "finish.check", urgency=2)
HAND_IN = NextStep(_l("Prüfen und einreichen"), "finish.check", urgency=2)
WRITE = NextStep(_l("Weiter ausfüllen"), urgency=3)
LOOK = NextStep(_l("Ansehen, was geändert werden soll"), urgency=1)
SUBMIT_AGAIN = NextStep(_l("Prüfen und wieder einreichen"), "change_requests.changes", urgency=1)
WRITE_OWN = NextStep(_l("Weiter mit Ihren Kriterien"), urgency=3)
OWN_DONE = NextStep(_l("Ihre Kriterien sind fertig"))
READ = NextStep(_l("Wird noch ausgefüllt"))
WAIT = {
    State.SIGNING: NextStep(_l("Wartet auf die Bestätigung der Geschäftsführung")),
    State.SUBMITTED: NextStep(_l("Liegt beim Cluster zur Prüfung")),
    State.APPROVED: NextStep(_l("Geprüft und freigegeben")),
    State.FINISHED: NextStep(_l("Fertig zum Weitergeben")),
}


def next_step(state: State, role: Role, *, done: int, total: int, has_cluster: bool = False) -> NextStep:
    """The next step for somebody with this role; `done` of `total` of their criteria are finished.

    `has_cluster`: whether the company can submit to a cluster.
    """
    if state not in EDITABLE_STATES:
        return WAIT[state]
    if role is Role.VIEWER:
        return READ
    if state is State.CHANGES_REQUESTED:
        # The contributor's overview shows whether their criteria are concerned.
        return LOOK if role is Role.CONTRIBUTOR else CHANGE
    is_done = done == total
    if role is Role.CONTRIBUTOR:
        return OWN_DONE if is_done else WRITE_OWN
    if not is_done:
        return WRITE
    return HAND_IN if has_cluster else CHECK


def step_with_remarks(step: NextStep, count: int) -> NextStep:
    """The step while changes are requested: `count` remarks wait for an answer of this person."""
    if count:
        words = ngettext("Eine Anmerkung beantworten", "%(num)d Anmerkungen beantworten", count)
        return replace(CHANGE, text=words)
    return SUBMIT_AGAIN if step is CHANGE else step


def count_done(
    progress: Mapping[str, SectionProgress], criteria: Iterable[str], sections: frozenset[str] | None
) -> tuple[int, int]:
    """Count (finished, all) criteria; for a contributor their own `sections`."""
    concerned = [ref for ref in (criteria if sections is None else progress) if _is_own(ref, sections)]
    return sum(progress.get(ref) in FINISHED_PROGRESS for ref in concerned), len(concerned)


def _is_own(ref: str, sections: frozenset[str] | None) -> bool:
    return sections is None or ref in sections


@dataclass(frozen=True)
class DashboardItem:
    """One declaration. For a contributor (`is_part`) `done` and `total` count their own sections.

    `until`: the day until which reviewers want changes, where it was read.
    """

    declaration: Declaration
    stage: MemberStage
    done: int
    total: int
    is_part: bool
    step: NextStep
    until: date | None = None

    @property
    def kind(self) -> str:
        """The tag's kind for the stage."""
        return STAGE_KINDS[self.stage]

    @property
    def task_row(self) -> dict[str, str]:
        """Task-list row: progress, next step and stage."""
        done = (
            ngettext(
                "%(done)s von %(num)d Ihrer Kriterien fertig",
                "%(done)s von %(num)d Ihrer Kriterien fertig",
                self.total,
                done=self.done,
            )
            if self.is_part
            else _("%(done)s von %(total)s Kriterien fertig", done=self.done, total=self.total)
        )
        year = self.declaration.reporting_year
        return {
            "title": _("Nachhaltigkeits­erklärung für %(year)s", year=year),
            "href": url_for("overview.show", declaration_id=self.declaration.id),
            "hint": f"{done} · {self.step.text}",
            "status": stage_word(self.stage),
            "kind": self.kind,
        }

    @property
    def href(self) -> str:
        """The address of the next step."""
        return url_for(self.step.endpoint, declaration_id=self.declaration.id)


def dashboard_items(actor: Actor, organisation_ids: Iterable[int]) -> list[DashboardItem]:
    """Items of the companies' declarations, latest year first. The person must have a role in each."""
    company_declarations = declarations.of_organisations(db(), organisation_ids)
    stands = progress.progress_by_declaration(db(), company_declarations)
    published = publications.published_among(db(), stands.keys())
    members = clusters.members_among(
        db(), {declaration.organisation_id for declaration in company_declarations}
    )
    return [
        _dashboard_item(
            declaration,
            actor,
            stands[declaration.id],
            is_published=declaration.id in published,
            has_cluster=declaration.organisation_id in members,
        )
        for declaration in company_declarations
    ]


def most_urgent_item(works: Iterable[DashboardItem]) -> DashboardItem | None:
    """The item with the most urgent step; among equals the one changed last. None if nothing is to do.

    While changes are requested, its step counts the remarks that wait for an answer.
    """
    waiting = [work for work in works if work.step.urgency]
    latest = sorted(waiting, key=lambda work: work.declaration.changed_at, reverse=True)
    first = min(latest, key=lambda work: work.step.urgency, default=None)
    if first is None or first.declaration.state is not State.CHANGES_REQUESTED:
        return first
    actor, company = current_actor(), first.declaration.organisation_id
    sections = actor.sections.get(company, frozenset()) if first.is_part else None
    situation = company_review_state(first.declaration, sections=sections, with_closing=True)
    count = len(situation.unanswered_change_requests())
    until = situation.closing.answer_until if situation.closing else None
    return replace(first, step=step_with_remarks(first.step, count), until=until)


def declaration_to_continue(
    actor: Actor, works: Iterable[DashboardItem], organisation_id: int
) -> Declaration | None:
    """The company's latest declaration if the person may begin the following year, else None."""
    years = [work.declaration for work in works if work.declaration.organisation_id == organisation_id]
    latest = max(years, key=lambda year: year.reporting_year, default=None)
    if latest is None or not can(Permission.ORGANISATION_EDIT, actor, Subject(organisation_id)):
        return None
    last = local_day(datetime.now(UTC)).year + YEARS_AHEAD
    return latest if latest.reporting_year < last else None


def _dashboard_item(
    declaration: Declaration,
    actor: Actor,
    stand: Mapping[str, SectionProgress],
    *,
    is_published: bool,
    has_cluster: bool,
) -> DashboardItem:
    role = actor.roles[declaration.organisation_id]
    is_part = role is Role.CONTRIBUTOR
    sections = actor.sections.get(declaration.organisation_id, frozenset()) if is_part else None
    criteria = [criterion.ref for criterion in declarations.selection_of(declaration).criteria]
    done, total = count_done(stand, criteria, sections)
    return DashboardItem(
        declaration,
        member_stage(declaration.state, is_published=is_published),
        done,
        total,
        is_part,
        next_step(declaration.state, role, done=done, total=total, has_cluster=has_cluster),
    )
