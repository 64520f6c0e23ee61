"""The protocol of a review: it holds what both sides know of rounds that have ended, and is a sound PDF."""

import subprocess
from dataclasses import replace
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from dnk_tool.domain.permissions import Role
from dnk_tool.domain.review import Audience, ChecklistPoint, ReviewSide, Verdict
from dnk_tool.report.files.review_protocol import protocol_html
from dnk_tool.services.review.approvals import withdraw_approval
from dnk_tool.services.review.checklist import save_checklist
from dnk_tool.services.review.protocol import protocol_of
from dnk_tool.services.review.round_closing import RoundClosing
from dnk_tool.services.review.verdicts import approve
from dnk_tool.services.review.verdicts import request_changes as close_round
from dnk_tool.services.work import Work
from tests.support.app import add_member, database_session, sign_in
from tests.support.files.pdf_accessibility import accessibility_failures
from tests.support.review_scenario import (
    NO,
    NOW,
    YES,
    ReviewScenario,
    answer_all_remarks,
    days_later,
    give_all_verdicts,
    give_verdict,
    make_review_scenario,
    submit,
    write_remark,
)


def first_round(session: Session, case: ReviewScenario) -> None:
    """Karin asks for a change to criterion 13, with a letter; the team talks about it among itself."""
    give_all_verdicts(session, case, ["13"])
    write_remark(session, case, "13", "Das glaube ich <nicht>.", audience=Audience.REVIEWERS)
    write_remark(session, case, "13", "Wer schreibt?", audience=Audience.COMPANY, side=ReviewSide.COMPANY)
    closing = RoundClosing("Vielen Dank, es fehlt nicht viel.", days_later(14).date())
    close_round(Work(session, case.karin, days_later(1)), case.declaration(session), closing)
    session.flush()


def second_round(session: Session, case: ReviewScenario) -> None:
    """The company answers and submits again; Rolf accepts what was open, and begins a remark."""
    answer_all_remarks(session, case, "Steht jetzt da.", now=days_later(2))
    submit(session, case, now=days_later(3))
    write_remark(session, case, "2", "Nur ein Entwurf.", actor=case.rolf, now=days_later(4))
    give_verdict(session, case, "13", YES, actor=case.rolf, now=days_later(4))


def test_there_is_none_before_a_round_has_ended(session: Session) -> None:
    case = make_review_scenario(session)
    give_all_verdicts(session, case, ["13"])
    assert protocol_of(session, case.declaration(session), now=NOW) is None


def test_it_holds_decided_rounds_and_nothing_that_only_the_team_knows(session: Session) -> None:
    case = make_review_scenario(session)
    first_round(session, case)
    second_round(session, case)
    protocol = protocol_of(session, case.declaration(session), now=days_later(5))
    assert protocol is not None
    assert [one.version for one in protocol.rounds] == [1], "the second round is not decided"
    assert {one.version for one in protocol.verdicts} == {1}
    assert [one.section for one in protocol.verdicts if one.verdict is NO] == [protocol.threads[0].section]
    (thread,) = protocol.threads
    assert [(it.side, it.written.by, it.text) for it in thread.remarks] == [
        ("Cluster Nord", "Karin", "Bitte ergänzen Sie 13."),
        (protocol.company, "", "Steht jetzt da."),
    ]
    page = protocol_html(protocol)
    assert "Vielen Dank, es fehlt nicht viel." in page
    assert "erbeten bis 9. Dezember 2026" in page
    assert case.declaration(session).reporting_year == protocol.year
    for secret in ("Das glaube ich", "Wer schreibt?", "Nur ein Entwurf."):
        assert secret not in page


def test_it_follows_the_language_of_the_declaration_and_names_what_was_ticked(session: Session) -> None:
    case = make_review_scenario(session)
    declaration = case.declaration(session)
    give_all_verdicts(session, case, [])
    save_checklist(Work(session, case.rolf, NOW), declaration, [ChecklistPoint.COHERENCE], seen=[])
    approve(Work(session, case.karin, NOW), declaration)
    session.flush()
    protocol = protocol_of(session, declaration, now=NOW)
    assert protocol is not None
    assert {it.verdict for it in protocol.verdicts} == {Verdict.ACCEPTED}
    page = protocol_html(protocol)
    assert "Version 1 ist freigegeben, sie ist formal vollständig." in page
    assert "Geprüft von" in page
    assert "Rolf am 25.11.2026" in page
    english = protocol_html(replace(protocol, language="en"))
    assert "Version 1 is approved; it is formally complete." in english


def test_a_version_under_review_again_shows_its_withdrawal_and_no_result(session: Session) -> None:
    case = make_review_scenario(session)
    declaration = case.declaration(session)
    give_all_verdicts(session, case, [])
    approve(Work(session, case.karin, NOW), declaration)
    withdraw_approval(Work(session, case.rolf, days_later(1)), declaration, 1, "Scope 1 <fehlt>.")
    save_checklist(Work(session, case.rolf, NOW), declaration, [ChecklistPoint.COHERENCE], seen=[])
    session.flush()
    protocol = protocol_of(session, declaration, now=days_later(2))
    assert protocol is not None
    assert (protocol.verdicts, protocol.ticks) == ([], None)
    page = protocol_html(protocol)
    assert "Rolf am 26. November 2026" in page
    assert "&lt;fehlt&gt;." in page
    assert "<h2>Ergebnisse der Teile" not in page
    assert "Geprüft von" not in page
    assert "Checkliste und Ergebnisse der Teile liegen noch nicht vor" in page
    write_remark(session, case, "13", "Bitte rechnen Sie nach.")
    give_verdict(session, case, "13", NO, seen=1)
    close_round(Work(session, case.karin, days_later(3)), declaration)
    session.flush()
    returned = protocol_of(session, declaration, now=days_later(3))
    assert returned is not None
    assert "Zu Version 1 sind Änderungen angefordert." in protocol_html(returned)


def test_the_company_gets_it_as_an_accessible_pdf(app: Flask, tmp_path: Path) -> None:
    with database_session(app) as session:
        case = make_review_scenario(session)
        add_member(session, case.organisation_id, "vera", Role.VIEWER)
    vera, rolf = app.test_client(), app.test_client()
    sign_in(vera, "vera@example.org")
    sign_in(rolf, "rolf@example.org")
    ours = f"/erklaerungen/{case.declaration_id}/pruefprotokoll.pdf"
    theirs = f"/cluster/{case.cluster_id}/pruefung/{case.declaration_id}/protokoll.pdf"
    assert [vera.get(ours).status_code, rolf.get(theirs).status_code] == [404, 404]
    with database_session(app) as session:
        first_round(session, case)
    for client, address, page in (
        (vera, ours, f"/erklaerungen/{case.declaration_id}/"),
        (rolf, theirs, f"/cluster/{case.cluster_id}/pruefung/{case.declaration_id}/"),
    ):
        assert f'href="{address}"' in client.get(page).text
    answer = vera.get(ours)
    assert answer.mimetype == "application/pdf"
    assert "Pruefprotokoll.pdf" in answer.headers["Content-Disposition"]
    path = tmp_path / "protocol.pdf"
    path.write_bytes(answer.data)
    assert accessibility_failures(path, has_contents=False) == []
    said = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout.decode()
    assert "Runde 1: Version 1" in said
    assert "Bitte ergänzen Sie 13." in said
