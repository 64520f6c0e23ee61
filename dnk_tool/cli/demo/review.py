"""The reviews of the demo: remarks of reviewers, verdicts, and the companies' answers."""

from collections.abc import Iterable
from datetime import datetime

from dnk_tool.catalogue import Section
from dnk_tool.cli.demo.companies import DemoCompany, DemoContext
from dnk_tool.domain.permissions import Actor
from dnk_tool.domain.review import Audience, ChecklistPoint, ReviewSide, Verdict
from dnk_tool.services.editing.policy_subject import subject_of
from dnk_tool.services.review import approvals, assignments, interest_conflicts, presence, remark_templates
from dnk_tool.services.review import remarks as review_remarks
from dnk_tool.services.review import verdicts as review_verdicts
from dnk_tool.services.review.checklist import save_checklist
from dnk_tool.services.review.remark_templates import RemarkTemplate
from dnk_tool.services.review.round_closing import RoundClosing
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import queue as review_queue
from dnk_tool.store.review import remarks
from dnk_tool.store.review.queue import STATES_WITH_REVIEWERS, QueueFilter
from dnk_tool.store.tables.declarations import Declaration

# By criterion: what the reviewers want, and the company's answer. By aspect: what it adds to its text.
CHANGE_REQUESTS = {
    "2": "Bitte ergänzen Sie, wie und mit wem Sie die wichtigen Themen ausgewählt haben.",
    "5": "Bitte nennen Sie noch, wie oft die Leitung den Stand auswertet.",
    "13": "Bitte schreiben Sie, wie Sie auf minus ein Viertel kommen und was davon die Fahrzeuge ausmachen.",
    "16": "Bitte ergänzen Sie, wann Sie die ausgefallenen Lehrgänge nachholen.",
}
CRITERIA_TO_CHANGE = ("5", "13", "16")
CLOSING_LETTER = (
    "Vielen Dank für Ihre Erklärung. Besonders gelungen sind Ihre Zahlen zum Energieverbrauch. Drei Angaben "
    "fehlen uns noch. Am wichtigsten ist die zu Kriterium 13."
)
ASPECTS_TO_CHANGE = {"5": "5.1", "13": "13.2", "16": "16.3"}
REMARK_ANSWERS = {
    "5": "Ist ergänzt: jedes Quartal.",
    "13": "Wir haben die Aufteilung dazugeschrieben.",
    "16": "Der Termin steht jetzt im Text.",
}
TEXT_ADDITIONS = {
    "5.1": "Den Stand wertet die Leitung jedes Quartal aus, im März berichtet sie der ganzen Belegschaft.",
    "13.2": "Zwei Drittel davon sollen die Fahrzeuge bringen, ein Drittel die Wärme.",
    "16.3": "Beide Lehrgänge holen wir im kommenden Frühjahr nach.",
}
WITHDRAWAL_REASON = "Die Rösttrommel läuft mit Gas, im Text steht Strom. Bitte sagen Sie uns, was stimmt."
# The cluster's own, each with how often its reviewers have used it.
REUSABLE_REMARKS = (
    (
        RemarkTemplate(
            "Beim nächsten Treffen besprechen",
            "Bringen Sie diesen Punkt bitte zum nächsten Treffen mit; dort gehen wir ihn gemeinsam durch.",
            "Please bring this point to our next meeting, where we will go through it together.",
        ),
        4,
    ),
    (
        RemarkTemplate(
            "Jahresabrechnung als Beleg",
            "Bitte legen Sie zu dieser Menge die Jahresabrechnung Ihres Versorgers als Beleg ab.",
            section="13",
        ),
        7,
    ),
)


def add_reusable_remarks(demo: DemoContext) -> None:
    """Add the cluster's reusable remarks, as its manager, and use them."""
    cluster_id, actor = demo.cluster.id, demo.manager
    for template, uses in REUSABLE_REMARKS:
        row = remark_templates.add_remark_template(Work(demo.session, actor, demo.now), cluster_id, template)
        for _time in range(uses):
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
        section = section_of(declaration, ref)
        point = ASPECTS_TO_CHANGE.get(ref, "")
        write_remark(demo, declaration, ref, CHANGE_REQUESTS[ref], to=Audience.SHARED, by=by, point=point)
        _give_verdict(demo, declaration, section, Verdict.CHANGE_NEEDED, by=by)


def approve(demo: DemoContext, declaration: Declaration) -> None:
    """Accept all sections, tick the checklist and approve the declaration, as the cluster's manager."""
    accept_sections(demo, declaration, _sections(declaration), by=demo.manager)
    tick_points(demo, declaration, *ChecklistPoint, by=demo.manager)
    review_verdicts.approve(Work(demo.session, demo.manager, demo.clock.tick()), declaration)
    demo.session.flush()


def withdraw_approval(demo: DemoContext, declaration: Declaration) -> None:
    """Withdraw the approval of the present version with a reason, as a reviewer."""
    approvals.withdraw_approval(
        Work(demo.session, demo.reviewer, demo.clock.tick()),
        declaration,
        declaration.version,
        WITHDRAWAL_REASON,
    )
    demo.session.flush()


def tick_points(demo: DemoContext, declaration: Declaration, *points: ChecklistPoint, by: Actor) -> None:
    """Tick these points of the present version's checklist."""
    save_checklist(Work(demo.session, by, demo.clock.tick()), declaration, points, seen=())


def request_changes(demo: DemoContext, declaration: Declaration) -> None:
    """Request changes to the criteria of CRITERIA_TO_CHANGE and accept all other sections."""
    others = (section for section in _sections(declaration) if section.ref not in CRITERIA_TO_CHANGE)
    accept_sections(demo, declaration, others, by=demo.manager)
    object_to_sections(demo, declaration, *CRITERIA_TO_CHANGE, by=demo.manager)
    review_verdicts.request_changes(
        Work(demo.session, demo.manager, demo.clock.tick()), declaration, RoundClosing(CLOSING_LETTER)
    )
    demo.session.flush()


def assign(demo: DemoContext, declaration: Declaration, to: Actor) -> None:
    """Assign the review to a person of the team, as the cluster's manager."""
    assignments.assign_review(
        Work(demo.session, demo.manager, demo.clock.tick()), declaration, to.user_id, seen=None
    )


def mark_conflict(demo: DemoContext, firm: DemoCompany, person: Actor, reason: str) -> None:
    """Keep the person out of the review of a company, at their own wish."""
    interest_conflicts.mark_conflict(
        Work(demo.session, person, demo.clock.tick()),
        demo.cluster.id,
        firm.organisation,
        person.user_id or 0,
        reason=reason,
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
    demo: DemoContext,
    declaration: Declaration,
    ref: str,
    text: str,
    *,
    to: Audience,
    by: Actor,
    point: str = "",
) -> None:
    """Write a remark on a section or its `point`, as a reviewer if the actor works for a cluster."""
    review_remarks.start_thread(
        Work(demo.session, by, demo.clock.tick()),
        declaration,
        section_of(declaration, ref),
        text,
        audience=to,
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
                REMARK_ANSWERS[thread.section],
                side=ReviewSide.COMPANY,
                version=declaration.version,
            )


def amend_answers(firm: DemoCompany, declaration: Declaration, *refs: str) -> None:
    """Append to the company's answers what the reviewers asked for on these criteria."""
    for ref, more in TEXT_ADDITIONS.items():
        if ref.split(".")[0] in refs:
            firm.append_to_answer(declaration, ref, more)


def section_of(declaration: Declaration, ref: str) -> Section:
    """The declaration's section with this ref. Raises KeyError."""
    return declarations.selection_of(declaration).section_by_ref[ref]


def _sections(declaration: Declaration) -> tuple[Section, ...]:
    return declarations.selection_of(declaration).sections


def _give_verdict(
    demo: DemoContext, declaration: Declaration, section: Section, verdict: Verdict, *, by: Actor
) -> None:
    review_verdicts.give_verdict(
        Work(demo.session, by, demo.clock.tick()), declaration, section, verdict, seen=0
    )
    demo.session.flush()
