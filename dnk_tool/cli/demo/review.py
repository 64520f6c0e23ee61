"""The reviews of the demo: remarks of reviewers, verdicts, and the companies' answers."""

from collections.abc import Iterable
from datetime import datetime

from dnk_tool.catalogue import Section
from dnk_tool.cli.demo.companies import DemoCompany, DemoContext
from dnk_tool.cli.demo.content import ChangeRequest, DemoRemark, cluster_content
from dnk_tool.domain.permissions import Actor
from dnk_tool.domain.review import Audience, ChecklistPoint, ReviewSide, Verdict
from dnk_tool.services.editing.policy_subject import subject_of
from dnk_tool.services.review import approvals, assignments, interest_conflicts, presence, remark_templates
from dnk_tool.services.review import remarks as review_remarks
from dnk_tool.services.review import verdicts as review_verdicts
from dnk_tool.services.review.checklist import save_checklist
from dnk_tool.services.review.round_closing import RoundClosing
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import queue as review_queue
from dnk_tool.store.review import remarks
from dnk_tool.store.review.queue import STATES_WITH_REVIEWERS, QueueFilter
from dnk_tool.store.tables.declarations import Declaration


def changes() -> dict[str, ChangeRequest]:
    """By criterion, the changes that a round of review requests, each of which a company answers."""
    return {ref: change for ref, change in cluster_content().review.changes.items() if change.answered}


def add_reusable_remarks(demo: DemoContext) -> None:
    """Add the cluster's reusable remarks, as its manager, and use them."""
    cluster_id, actor = demo.cluster.id, demo.manager
    for given in cluster_content().review.reusable:
        row = remark_templates.add_remark_template(
            Work(demo.session, actor, demo.now), cluster_id, given.remark
        )
        for _time in range(given.uses):
            remark_templates.use_remark_template(demo.session, cluster_id, row.id, actor=actor)


def accept_sections(
    demo: DemoContext, declaration: Declaration, sections: Iterable[Section], *, by: Actor
) -> None:
    """Give these sections the result "in order"."""
    for section in sections:
        _give_verdict(demo, declaration, section, Verdict.ACCEPTED, by=by)


def object_to_sections(demo: DemoContext, declaration: Declaration, *refs: str, by: Actor) -> None:
    """Give these sections the result "change needed", each with a remark on what to change."""
    for ref in refs:
        change = cluster_content().review.changes[ref]
        remark = DemoRemark(section=ref, to=Audience.SHARED, text=change.asked)
        write_remark(demo, declaration, remark, by=by, point=change.aspect)
        _give_verdict(demo, declaration, section_of(declaration, ref), Verdict.CHANGE_NEEDED, by=by)


def approve(demo: DemoContext, declaration: Declaration) -> None:
    """Accept all sections, tick the checklist and approve the declaration, as the cluster's manager."""
    accept_sections(demo, declaration, declarations.selection_of(declaration).sections, by=demo.manager)
    tick_points(demo, declaration, *ChecklistPoint, by=demo.manager)
    review_verdicts.approve(demo.work(), declaration)
    demo.session.flush()


def withdraw_approval(demo: DemoContext, declaration: Declaration) -> None:
    """Withdraw the approval of the present version with a reason, as a reviewer."""
    reason = cluster_content().review.withdrawn_because
    approvals.withdraw_approval(demo.work(demo.reviewer), declaration, declaration.version, reason)
    demo.session.flush()


def tick_points(demo: DemoContext, declaration: Declaration, *points: ChecklistPoint, by: Actor) -> None:
    """Tick these points of the present version's checklist."""
    save_checklist(demo.work(by), declaration, points, seen=())


def request_changes(demo: DemoContext, declaration: Declaration) -> None:
    """Request the `changes` and accept all other sections."""
    sections = declarations.selection_of(declaration).sections
    others = (section for section in sections if section.ref not in changes())
    accept_sections(demo, declaration, others, by=demo.manager)
    object_to_sections(demo, declaration, *changes(), by=demo.manager)
    closing = RoundClosing(cluster_content().review.letter)
    review_verdicts.request_changes(demo.work(), declaration, closing)
    demo.session.flush()


def assign(demo: DemoContext, declaration: Declaration, to: Actor) -> None:
    """Assign the review to a person of the team, as the cluster's manager."""
    assignments.assign_review(demo.work(), declaration, to.user_id, seen=None)


def mark_conflict(demo: DemoContext, firm: DemoCompany, person: Actor) -> None:
    """Keep the person out of the review of a company, at their own wish."""
    reason = cluster_content().review.kept_out_because
    interest_conflicts.mark_conflict(
        demo.work(person), demo.cluster.id, firm.organisation, person.user_id or 0, reason=reason
    )


def open_what_waits(demo: DemoContext, person: Actor, ref: str, *, now: datetime) -> None:
    """Let the person be reading a part of the declaration that is assigned to them."""
    wanted = QueueFilter(reviewer=person.user_id)
    waiting = review_queue.in_review(
        demo.session, demo.cluster.id, STATES_WITH_REVIEWERS, wanted, skip=0, most=1
    )
    for case in waiting.cases:
        declaration = demo.session.get_one(Declaration, case.declaration_id)
        presence.note_opening(Work(demo.session, person, now), subject_of(demo.session, declaration), ref)


def write_remark(
    demo: DemoContext, declaration: Declaration, remark: DemoRemark, *, by: Actor, point: str = ""
) -> None:
    """Write a remark on a section or its `point`, as a reviewer if the actor works for a cluster."""
    review_remarks.start_thread(
        Work(demo.session, by, demo.clock.tick()),
        declaration,
        section_of(declaration, remark.section),
        remark.text,
        audience=remark.to,
        side=ReviewSide.REVIEWERS if by.clusters else ReviewSide.COMPANY,
        version=declaration.version,
        ref=point,
    )


def answer_remarks(firm: DemoCompany, declaration: Declaration, *refs: str) -> None:
    """Answer the remarks on these criteria, as the company."""
    for thread in remarks.threads(firm.demo.session, declaration.id, ReviewSide.COMPANY):
        if thread.section in refs:
            review_remarks.answer_thread(
                Work(firm.demo.session, firm.actor, firm.demo.clock.tick()),
                declaration,
                thread,
                changes()[thread.section].answered,
                side=ReviewSide.COMPANY,
                version=declaration.version,
            )


def amend_answers(firm: DemoCompany, declaration: Declaration, *refs: str) -> None:
    """Append to the company's answers what the reviewers asked for on these criteria."""
    for ref in refs:
        firm.append_to_answer(declaration, changes()[ref].aspect, changes()[ref].added)


def section_of(declaration: Declaration, ref: str) -> Section:
    """The declaration's section with this ref. Raises KeyError."""
    return declarations.selection_of(declaration).section_by_ref[ref]


def _give_verdict(
    demo: DemoContext, declaration: Declaration, section: Section, verdict: Verdict, *, by: Actor
) -> None:
    review_verdicts.give_verdict(demo.work(by), declaration, section, verdict, seen=0)
    demo.session.flush()
