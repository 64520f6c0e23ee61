"""The scenarios of the demo's members; the numbers after `yield` are days ago."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from dnk_tool.cli.demo import review
from dnk_tool.cli.demo.bills import attach_evidence, enter_bills
from dnk_tool.cli.demo.calculated import figures_of_bills
from dnk_tool.cli.demo.clock import Scenario
from dnk_tool.cli.demo.companies import DemoCompany, DemoContext, add_company
from dnk_tool.cli.demo.content import BakeryContent, cluster_content
from dnk_tool.cli.demo.member_declarations import (
    DemoMemberData,
    bakery_answers_of_last_year,
    build_declaration,
    emission_answers,
)
from dnk_tool.domain.answers.answer import Figure, Quality
from dnk_tool.domain.clusters import consent_editions
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.editing import VersionedEdit
from dnk_tool.domain.evidence import EvidenceTarget
from dnk_tool.domain.figures.plausibility.warning import ExplanationEdit
from dnk_tool.domain.review import ChecklistPoint
from dnk_tool.services.answers.save import SectionEdit, save_section
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.declarations import submission
from dnk_tool.services.figures import plausibility
from dnk_tool.services.invitations import contribution_requests as answer_requests
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration

# Edition of the consent of a member that the cluster's public list must not name until it renews.
BEFORE_PUBLIC_LISTS = "2026-11b"
BIOGENIC = "ghg.scope1.biogenic"


def _review_in_progress(demo: DemoContext, member: DemoMemberData) -> Scenario:
    content = cluster_content()
    yield 402
    firm = _add_member(demo, member)
    yield 230
    before = firm.import_declaration(bakery_before(member, demo.year - 1))
    yield 205
    firm.submit(before)
    yield 190
    review.approve(demo, before)
    yield 186
    firm.publish(before, is_quotable=True)
    yield 40
    declaration = firm.import_declaration(build_declaration(member, demo.year))
    yield 8
    review.write_remark(demo, declaration, content.remarks[member.key], by=firm.actor)
    proven = EvidenceTarget(ref=content.bakery.contract_of)
    attach_evidence(firm, declaration, proven, content.bakery.contract, by=firm.actor)
    _report_emissions(firm, declaration, content.bakery)
    _explain_more_emissions(firm, declaration, content.bakery.why_more)
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
    review.write_remark(demo, declaration, content.remarks["baeckerei-reviewers"], by=demo.reviewer)
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
    firm.publish(before)
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
    review.write_remark(demo, declaration, cluster_content().remarks[member.key], by=firm.actor)


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
    review.mark_conflict(demo, firm, demo.reviewer)
    yield 30
    review.request_changes(demo, declaration)
    yield 12
    review.amend_answers(firm, declaration, *review.changes())
    review.answer_remarks(firm, declaration, *review.changes())
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
    firm.publish(before)
    yield 80
    declaration = firm.import_declaration(build_declaration(member, demo.year))
    yield 66
    firm.submit(declaration)
    yield 52
    review.approve(demo, declaration)
    yield 50
    firm.publish(declaration)
    yield 4
    submission.reopen(Work(demo.session, firm.actor, demo.now), declaration)
    added = cluster_content().additions[member.key]
    firm.append_to_answer(declaration, added.aspect, added.text)


def _started_from_last_year(demo: DemoContext, member: DemoMemberData) -> Scenario:
    yield 115
    firm = _add_member(demo, member)
    yield 113
    before = firm.import_declaration(build_declaration(member, demo.year - 1))
    yield 112
    firm.submit(before, is_reviewed=False)
    yield 9
    care, colleague = cluster_content().care, cluster_content().people["colleague"]
    declaration = firm.begin_next_year(before, taking=care.taken_over, confirming=care.confirmed)
    firm.review_goal(declaration, care.goal, care.review)
    yield 8
    answer_requests.request_contribution(
        Work(demo.session, firm.actor, demo.now),
        declaration,
        email=colleague.email,
        name=colleague.name,
        refs=care.refs,
        message=care.question,
        language="de",
    )


def bakery_before(member: DemoMemberData, year: int) -> Document:
    """The bakery's declaration of the year before: with fewer emissions, and some answers in other words."""
    document = build_declaration(member, year)
    known = figures_of_bills(member.bills[year], year)
    emissions = {(year, key): known[key] for key in known if key.startswith("ghg.")}
    answers = {**document.answers, **emission_answers(), **bakery_answers_of_last_year()}
    return replace(document, answers=answers, figures={**document.figures, **emissions})


def _report_emissions(firm: DemoCompany, declaration: Declaration, bakery: BakeryContent) -> None:
    """Report scope 1 and 2, calculated from four bills, two of them with evidence."""
    session = firm.demo.session
    content, answers = declarations.read_content(session, declaration), emission_answers()
    none = Figure(Decimal(0), "t-co2e", Quality.CALCULATED, note=bakery.no_biogenic)
    edit = SectionEdit(
        {ref: VersionedEdit(answer, content.version(ref)) for ref, answer in answers.items()},
        {BIOGENIC: VersionedEdit(none, content.figure_version(BIOGENIC))},
    )
    section = content.sheet.selection.section_of[next(iter(answers))]
    save_section(firm.work(), declaration, section, edit)
    session.flush()
    enter_bills(firm, declaration, bakery.bills, bakery.files, by=firm.actor)
    save_section(firm.work(), declaration, section, SectionEdit(done=True))
    session.flush()


def _explain_more_emissions(firm: DemoCompany, declaration: Declaration, why: str) -> None:
    """Say in the declaration why more was emitted than in the year before; the other warnings stay open."""
    sentences = [
        ExplanationEdit(odd.rule, odd.subject, odd.fingerprint, why, is_printed=True)
        for finding in plausibility.plausibility_findings(firm.demo.session, declaration)
        if (odd := finding.warning).datapoint == "ghg.scope1.gross"
    ]
    plausibility.save_explanations(firm.work(), declaration, sentences)


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
