"""The scenarios of the demo's members; the numbers after `yield` are days ago."""

from collections.abc import Callable, Mapping

from dnk_tool.cli.demo import review
from dnk_tool.cli.demo.bakery import build_year_before, explain_more_emissions, report_emissions
from dnk_tool.cli.demo.bills import attach_electricity_contract
from dnk_tool.cli.demo.clock import Scenario
from dnk_tool.cli.demo.companies import DemoCompany, DemoContext, add_company
from dnk_tool.cli.demo.member_declarations import DemoMemberData, build_declaration
from dnk_tool.domain.answers.goals import GoalOutcome, GoalReview
from dnk_tool.domain.clusters import consent_editions
from dnk_tool.domain.review import Audience, ChecklistPoint
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.declarations import submission
from dnk_tool.services.invitations import contribution_requests as answer_requests
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.publication.quotations import allow_quotation
from dnk_tool.services.work import Work

# Edition of the consent of a member that the cluster's public list must not name until it renews.
BEFORE_PUBLIC_LISTS = "2026-11b"
WHY_SILENT = (
    "Nadine ist bis März in Elternzeit und hatte die Tankdaten. Bis ich an ihre Tabellen komme, "
    "bleibt die Erklärung liegen."
)
FOR_COLLEAGUES = "Tim, bitte vor der Abgabe noch einmal lesen: Stimmt das mit den zwei Stunden in der Woche?"
FOR_REVIEWERS = "Karin, die drei Ziele klingen wie im letzten Jahr. Fragen wir nach, oder reicht das so?"
WHY_KEPT_OUT = "Meine Schwester leitet dort das Büro."
# What the care service took over from the year before, how much of it it has read again, and its goal.
TAKEN_OVER = ("general", "1", "2", "3", "4", "5")
CONFIRMED = TAKEN_OVER[:4]
GOAL = "3.1"
WHY_PARTLY = "Zwei der drei Ziele haben wir erreicht. Für das dritte fehlte uns im Sommer das Personal."
WHAT_NEXT = "Das dritte Ziel gilt ein Jahr länger; zuständig ist jetzt die Pflegedienstleitung."


def _review_in_progress(demo: DemoContext, member: DemoMemberData) -> Scenario:
    yield 402
    firm = _add_member(demo, member)
    yield 230
    before = firm.import_declaration(build_year_before(member, demo.year - 1))
    yield 205
    firm.submit(before)
    yield 190
    review.approve(demo, before)
    yield 186
    publishing_steps.publish(Work(demo.session, firm.actor, demo.now), before)
    allow_quotation(Work(demo.session, firm.actor, demo.now), before, is_allowed=True)
    yield 40
    declaration = firm.import_declaration(build_declaration(member, demo.year))
    yield 8
    review.write_remark(demo, declaration, "5", FOR_COLLEAGUES, to=Audience.COMPANY, by=firm.actor)
    attach_electricity_contract(firm, declaration)
    report_emissions(firm, declaration)
    explain_more_emissions(firm, declaration)
    yield 6
    firm.submit(declaration)
    yield 5
    review.assign(demo, declaration, demo.reviewer)
    yield 2
    first = [review.section_of(declaration, ref) for ref in ("general", "1")]
    review.accept_sections(demo, declaration, first, by=demo.manager)
    review.object_to_sections(demo, declaration, "2", by=demo.manager)
    yield 1
    review.accept_sections(demo, declaration, [review.section_of(declaration, "3")], by=demo.reviewer)
    review.write_remark(demo, declaration, "3", FOR_REVIEWERS, to=Audience.REVIEWERS, by=demo.reviewer)
    review.tick_points(demo, declaration, ChecklistPoint.FORMAL_COMPLETENESS, by=demo.reviewer)


def _finished_without_review(demo: DemoContext, member: DemoMemberData) -> Scenario:
    yield 398
    firm = _add_member(demo, member, edition=BEFORE_PUBLIC_LISTS)
    yield 225
    before = firm.import_declaration(build_declaration(member, demo.year - 1))
    yield 200
    firm.submit(before)
    yield 182
    review.approve(demo, before)
    yield 180
    publishing_steps.publish(Work(demo.session, firm.actor, demo.now), before)
    yield 70
    declaration = firm.import_declaration(build_declaration(member, demo.year))
    yield 30
    firm.submit(declaration, is_reviewed=False)


def _waiting_for_sign_off(demo: DemoContext, member: DemoMemberData) -> Scenario:
    yield 395
    firm = _add_member(demo, member)
    editor = firm.add_editor("stefan@demo.example", str(member.words["kuemmert"]))
    yield 210
    before = firm.import_declaration(build_declaration(member, demo.year - 1), by=editor)
    yield 198
    firm.submit(before)
    yield 178
    review.approve(demo, before)
    yield 20
    declaration = firm.import_declaration(build_declaration(member, demo.year), by=editor)
    yield 4
    firm.submit(declaration, by=editor)


def _overdue_and_inactive(demo: DemoContext, member: DemoMemberData) -> Scenario:
    yield 390
    firm = _add_member(demo, member)
    yield 215
    firm.import_declaration(build_declaration(member, demo.year - 1, criteria=5))
    yield 34
    declaration = firm.import_declaration(build_declaration(member, demo.year, criteria=12))
    yield 33
    review.write_remark(demo, declaration, "13", WHY_SILENT, to=Audience.COMPANY, by=firm.actor)


def _not_started(demo: DemoContext, member: DemoMemberData) -> Scenario:
    yield 385
    _add_member(demo, member)


def _consent_withdrawn(demo: DemoContext, member: DemoMemberData) -> Scenario:
    yield 380
    firm = _add_member(demo, member)
    yield 300
    firm.import_declaration(build_declaration(member, demo.year - 1, criteria=3))
    yield 62
    cluster_consent.withdraw_consent(Work(demo.session, firm.actor, demo.now), firm.consent)


def _changes_requested(demo: DemoContext, member: DemoMemberData) -> Scenario:
    yield 130
    firm = _add_member(demo, member)
    yield 50
    declaration = firm.import_declaration(build_declaration(member, demo.year))
    yield 22
    firm.submit(declaration)
    yield 8
    review.request_changes(demo, declaration)
    yield 3
    review.amend_answers(firm, declaration, "5")
    review.answer_remarks(firm, declaration, "5")


def _approved(demo: DemoContext, member: DemoMemberData) -> Scenario:
    yield 128
    firm = _add_member(demo, member)
    yield 55
    declaration = firm.import_declaration(build_declaration(member, demo.year))
    yield 35
    firm.submit(declaration)
    yield 12
    review.approve(demo, declaration)
    yield 11
    review.withdraw_approval(demo, declaration)
    yield 10
    review.approve(demo, declaration)


def _second_review_round(demo: DemoContext, member: DemoMemberData) -> Scenario:
    yield 125
    firm = _add_member(demo, member)
    yield 60
    declaration = firm.import_declaration(build_declaration(member, demo.year))
    yield 41
    firm.submit(declaration)
    yield 40
    review.mark_conflict(demo, firm, demo.reviewer, WHY_KEPT_OUT)
    yield 30
    review.request_changes(demo, declaration)
    yield 12
    review.amend_answers(firm, declaration, *review.CRITERIA_TO_CHANGE)
    review.answer_remarks(firm, declaration, *review.CRITERIA_TO_CHANGE)
    yield 5
    firm.submit(declaration)


def _reopened(demo: DemoContext, member: DemoMemberData) -> Scenario:
    yield 122
    firm = _add_member(demo, member)
    yield 119
    before = firm.import_declaration(build_declaration(member, demo.year - 1))
    yield 114
    firm.submit(before)
    yield 106
    review.approve(demo, before)
    yield 104
    publishing_steps.publish(Work(demo.session, firm.actor, demo.now), before)
    yield 80
    declaration = firm.import_declaration(build_declaration(member, demo.year))
    yield 66
    firm.submit(declaration)
    yield 52
    review.approve(demo, declaration)
    yield 50
    publishing_steps.publish(Work(demo.session, firm.actor, demo.now), declaration)
    yield 4
    submission.reopen(Work(demo.session, firm.actor, demo.now), declaration)
    firm.append_to_answer(declaration, "13.3", "Im Herbst hat auch das zweite Büro Fernwärme bekommen.")


def _started_from_last_year(demo: DemoContext, member: DemoMemberData) -> Scenario:
    yield 115
    firm = _add_member(demo, member)
    yield 113
    before = firm.import_declaration(build_declaration(member, demo.year - 1))
    yield 112
    firm.submit(before, is_reviewed=False)
    yield 9
    declaration = firm.begin_next_year(before, taking=TAKEN_OVER, confirming=CONFIRMED)
    firm.review_goal(declaration, GOAL, GoalReview(GoalOutcome.PARTLY, WHY_PARTLY, WHAT_NEXT))
    yield 8
    answer_requests.request_contribution(
        Work(demo.session, firm.actor, demo.now),
        declaration,
        email="fuhrpark@pflege.example",
        name="Olga Brandt",
        refs=("13.1",),
        message="Können Sie sagen, wie viel die Wagen im letzten Jahr getankt haben?",
        language="de",
    )


def _add_member(
    demo: DemoContext, member: DemoMemberData, *, edition: str = consent_editions.NEWEST_EDITION
) -> DemoCompany:
    leader = str(member.words["leitung"])
    return add_company(demo, member.profile, f"{member.key}@demo.example", leader, edition=edition)


SCENARIOS: Mapping[str, Callable[[DemoContext, DemoMemberData], Scenario]] = {
    "baeckerei": _review_in_progress,
    "elektro": _finished_without_review,
    "druckerei": _waiting_for_sign_off,
    "spedition": _overdue_and_inactive,
    "moebel": _not_started,
    "hotel": _consent_withdrawn,
    "reinigung": _changes_requested,
    "roesterei": _approved,
    "gartenbau": _second_review_round,
    "software": _reopened,
    "pflege": _started_from_last_year,
}
