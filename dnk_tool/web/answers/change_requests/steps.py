"""The change requests as steps, in the order of the declaration."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask_babel import gettext as _

from dnk_tool.catalogue import Section
from dnk_tool.language import local_day
from dnk_tool.services.declarations.submission import waits_for_company
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.web.declarations.dashboard import DeadlineLine, deadline_line
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.review.company_side.review_state import CompanyReviewState
from dnk_tool.web.review.company_side.threads import change_request_url
from dnk_tool.web.text.answers import requirement_title
from dnk_tool.web.text.options import numbered_title


@dataclass(frozen=True)
class ChangeRequestStep:
    """One change request. `title`: that of its requirement, or of its section."""

    thread: RemarkThread
    section: Section
    title: str
    href: str

    @property
    def is_waiting(self) -> bool:
        """Whether the company has not answered yet."""
        return waits_for_company(self.thread)

    @property
    def status(self) -> str:
        return str(_("Offen") if self.is_waiting else _("Beantwortet"))

    @property
    def kind(self) -> str:
        """The kind of its sign and of its status tag."""
        return "attention" if self.is_waiting else "done"


def change_request_steps(situation: CompanyReviewState) -> tuple[ChangeRequestStep, ...]:
    """The change requests that the company may answer now, in the order of the declaration."""
    known = declarations.selection_of(situation.declaration).section_by_ref
    sections = list(known)

    def place(thread: RemarkThread) -> tuple[int, int, int]:
        refs = [requirement.ref for requirement in known[thread.section].all_requirements]
        point = refs.index(thread.ref) if thread.ref in refs else -1
        return sections.index(thread.section), point, thread.id

    return tuple(
        ChangeRequestStep(
            thread,
            known[thread.section],
            step_title(known[thread.section], thread),
            change_request_url(situation.declaration.id, thread.section, thread.id),
        )
        for thread in sorted(situation.change_requests(), key=place)
    )


def step_title(section: Section, thread: RemarkThread) -> str:
    """The title of the requirement that the remark is about, else of its section."""
    asked = {requirement.ref: requirement for requirement in section.all_requirements}
    if thread.ref not in asked:
        return numbered_title(section)
    return requirement_title(asked[thread.ref], current_language())


def deadline_of(situation: CompanyReviewState) -> DeadlineLine | None:
    """The day until which the reviewers want the changes, in words; None without one."""
    if situation.closing is None:
        return None
    today = local_day(datetime.now(UTC))
    return deadline_line(situation.closing.answer_until, today, current_language())


def next_step(steps: Sequence[ChangeRequestStep], thread_id: int) -> ChangeRequestStep | None:
    """The next change request without an answer: after this one, then from the beginning."""
    at = next((number for number, step in enumerate(steps) if step.thread.id == thread_id), -1)
    others = (*steps[at + 1 :], *steps[: max(at, 0)])
    return next((step for step in others if step.is_waiting), None)
