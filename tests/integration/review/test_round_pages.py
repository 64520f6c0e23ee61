"""The pages that end a round: what goes out is shown before, and nothing that was typed is lost."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.domain.review import Audience, ReviewSide
from dnk_tool.language import format_long_date, local_day
from dnk_tool.services.declarations import submission
from dnk_tool.services.review.drafts import DraftPlace, save_draft
from dnk_tool.services.review.round_closing import RoundClosing
from dnk_tool.services.review.verdicts import request_changes
from dnk_tool.services.work import Work
from dnk_tool.store.tables.mail import Mail
from dnk_tool.store.tables.review import RemarkRow, ReviewRoundRow
from tests.support.app import (
    add_member,
    count_statements,
    database_session,
    form_fields,
    make_cluster,
)
from tests.support.browsers import signed_in
from tests.support.review_scenario import (
    NO,
    NOW,
    ReviewScenario,
    give_all_verdicts,
    give_verdict,
    make_review_scenario,
    write_remark,
)

Path = Callable[[str], str]
ASK, APPROVE = "aenderungen-anfordern", "freigeben"


@pytest.fixture
def case(app: Flask) -> ReviewScenario:
    """Submitted; Petra owns the company, Karl may write criterion 5 only, Otto works for another cluster."""
    with database_session(app) as session:
        made = make_review_scenario(session)
        add_member(session, made.organisation_id, "petra", Role.OWNER)
        add_member(session, made.organisation_id, "karl", Role.CONTRIBUTOR, sections=["5"])
        make_cluster(session, "Cluster Süd", otto=ClusterRole.MANAGER)
        return made


def send_to(client: FlaskClient, page: str, address: str, **changes: Any) -> TestResponse:
    """Send the form of a page that was loaded before, with some fields changed as a person would."""
    return client.post(address, data=dict(form_fields(page)) | changes)


def draft(app: Flask, case: ReviewScenario, section: str, text: str, **given: Any) -> int:
    with database_session(app) as session:
        return write_remark(session, case, section, text, **given).id


def change_needed(app: Flask, case: ReviewScenario, section: str, text: str) -> int:
    """A draft with the verdict that goes with it."""
    with database_session(app) as session:
        row = write_remark(session, case, section, text)
        give_verdict(session, case, section, NO)
        return row.id


@pytest.mark.usefixtures("one_day")
def test_the_page_shows_all_that_goes_out_and_keeps_what_is_refused(
    app: Flask, case: ReviewScenario, path: Path
) -> None:
    change_needed(app, case, "4", "Wer sind die Lieferanten?")
    draft(app, case, "7", "Und die Ziele?", ref="7.2")
    draft(app, case, "7", "Schön erklärt.", ref="7.1", actor=case.rolf)
    draft(app, case, "7", "Unter uns.", audience=Audience.REVIEWERS)
    with database_session(app) as session:
        place = DraftPlace("6", "6.1")
        save_draft(Work(session, case.rolf, NOW), case.declaration(session), place, "Bitte", version=1)
    karin = signed_in(app, "karin")
    page = karin.get(path(ASK)).text
    shown = [
        page.index(words)
        for words in ("Wer sind die Lieferanten?", ">Bitte<", "Schön erklärt.", "Und die Ziele?")
    ]
    assert shown == sorted(shown), "in the order of the criteria and their aspects"
    assert "4 Anmerkungen gehen hinaus" in page
    assert page.count("wird noch geschrieben") == 1
    assert "Unter uns." not in page
    assert "1 Anmerkung nur für das Prüfteam bleibt offen." in page
    assert "nur einen Tag vorher" not in page
    today = local_day(datetime.now(UTC))
    assert form_fields(page)["answer_until"] == [f"{today + timedelta(weeks=2):%d.%m.%Y}"]
    for day, why in (
        ("bald", "Geben Sie ein Datum ein"),
        ("", "Geben Sie ein Datum ein"),
        ("1.12.25", "Dieser Tag ist schon da oder vorbei."),
        (f"{today}", "Dieser Tag ist schon da oder vorbei."),
        (f"{today + timedelta(days=400)}", "mehr als ein Jahr entfernt"),
    ):
        refused = send_to(karin, page, path(ASK), letter="Mein Brief.", answer_until=day)
        assert refused.status_code == 422, day
        assert refused.text.count(why) == 2, "at the top and at the field"
        assert form_fields(refused.text)["letter"] == ["Mein Brief."]
    soon = send_to(karin, page, path(ASK), letter="x" * 5_001, answer_until=f"{today + timedelta(days=3)}")
    assert "nur einen Tag vorher" in soon.text
    assert "höchstens 5.000 Zeichen" in send_to(karin, page, path(ASK), letter="x" * 5_001).text
    with database_session(app) as session:
        assert session.scalars(select(Mail)).all() == []
        assert session.scalars(select(RemarkRow).where(RemarkRow.published_at.is_not(None))).one().text == (
            "Unter uns."
        )


@pytest.mark.usefixtures("one_day")
def test_what_a_colleague_wrote_meanwhile_is_read_before_it_goes_out(
    app: Flask, case: ReviewScenario, path: Path
) -> None:
    change_needed(app, case, "4", "Wer sind die Lieferanten?")
    karin = signed_in(app, "karin")
    page = karin.get(path(ASK)).text
    draft(app, case, "6", "Von Rolf.", actor=case.rolf)
    until = f"{local_day(datetime.now(UTC)) + timedelta(days=9)}"
    asked_again = send_to(karin, page, path(ASK), letter="Mein Brief.", answer_until=until)
    assert asked_again.status_code == 409
    assert "Noch ist nichts gesendet" in asked_again.text
    assert "Von Rolf." in asked_again.text
    kept = form_fields(asked_again.text)
    assert (kept["letter"], kept["answer_until"]) == (["Mein Brief."], [until])
    assert send_to(karin, asked_again.text, path(ASK)).status_code == 303
    with database_session(app) as session:
        row = session.scalars(select(ReviewRoundRow)).one()
        assert (row.letter, f"{row.answer_until}") == ("Mein Brief.", until)
        body = session.scalars(select(Mail.body)).one()
    assert body.index("Mein Brief.") < body.index("Wer sind die Lieferanten?") < body.index("Außerdem")
    assert body.index("Außerdem") < body.index("Von Rolf."), "what needs no change comes last"


@pytest.mark.usefixtures("one_day")
def test_the_company_reads_letter_and_day(app: Flask, case: ReviewScenario) -> None:
    until = local_day(datetime.now(UTC)) + timedelta(days=5)
    with database_session(app) as session:
        give_all_verdicts(session, case, ["5"])
        closing = RoundClosing("Gut gelungen.", until)
        request_changes(Work(session, case.karin, datetime.now(UTC)), case.declaration(session), closing)
    overview = f"/erklaerungen/{case.declaration_id}/"
    day = format_long_date(until, "de")
    for name, reads_letter in (("petra", True), ("karl", False)):
        page = signed_in(app, name).get(overview).text
        assert f"Bitte bis zum {day}." in page, name
        assert ("Gut gelungen." in page) is reads_letter, "of all parts, so for those who see all"
    home = signed_in(app, "petra").get("/").text
    assert "Cluster Nord, 2025" not in home or f"Frist {day} · noch 5 Tage" in home


# ---- One draft


def test_a_draft_is_changed_and_discarded_by_anybody_of_the_team(
    app: Flask, case: ReviewScenario, path: Path
) -> None:
    number = draft(app, case, "4", "Wer sind die Lieferanten?")
    address = path(f"entwuerfe/{number}")
    rolf, karin = signed_in(app, "rolf"), signed_in(app, "karin")
    seen_by_karin = karin.get(address).text
    with count_statements(app) as statements:
        page = rolf.get(f"{address}?zu=senden").text
    assert len(statements) <= 12, statements
    assert send_to(rolf, page, address, text=" ").status_code == 422
    saved = send_to(rolf, page, address, text="Wer liefert, und woher?")
    assert (saved.status_code, saved.headers["Location"]) == (303, path(ASK))
    assert "Zuletzt gespeichert von Rolf" in karin.get(address).text
    clash = send_to(karin, seen_by_karin, address, text="Wer sind die drei größten Lieferanten?")
    assert clash.status_code == 409
    assert "Rolf hat den Entwurf inzwischen geändert." in clash.text
    assert "Wer liefert, und woher?" in clash.text
    assert form_fields(clash.text)["text"] == ["Wer sind die drei größten Lieferanten?"]
    late = send_to(karin, seen_by_karin, address, action="discard")
    assert late.status_code == 409, "nor is a text discarded that she has not read"
    assert send_to(karin, clash.text, address).headers["Location"] == f"{path('4')}#thread-{number}"
    own = send_to(karin, seen_by_karin, address, text="Und woher?")
    assert "Sie selbst haben den Entwurf in einem anderen Fenster geändert." in own.text
    gone = send_to(rolf, rolf.get(address).text, address, action="discard")
    assert gone.status_code == 303
    assert rolf.get(address).status_code == 404
    lost = send_to(karin, clash.text, address, text="Mein Satz.")
    assert lost.status_code == 404
    assert "Mein Satz." in lost.text, "for copying"


def test_a_draft_that_is_sent_meanwhile_keeps_the_typed_text(
    app: Flask, case: ReviewScenario, path: Path
) -> None:
    number = change_needed(app, case, "4", "Wer sind die Lieferanten?")
    address = path(f"entwuerfe/{number}")
    rolf = signed_in(app, "rolf")
    page = rolf.get(address).text
    with database_session(app) as session:
        request_changes(Work(session, case.karin, NOW), case.declaration(session))
    late = send_to(rolf, page, address, text="Wer liefert, und woher?")
    assert late.status_code == 409
    assert "Die Anmerkung ist inzwischen beim Unternehmen" in late.text
    assert "Wer liefert, und woher?" in late.text
    assert rolf.get(address).status_code == 404


def test_a_draft_is_out_of_reach_of_others(app: Flask, case: ReviewScenario, path: Path) -> None:
    address = path(f"entwuerfe/{draft(app, case, '5', 'Wer sind die Lieferanten?')}")
    for name in ("petra", "karl", "otto"):
        answer = signed_in(app, name).get(address)
        assert answer.status_code in (403, 404), name
        assert "Lieferanten" not in answer.text
    with database_session(app) as session:
        asked = write_remark(session, case, "5", "Was ist gemeint?", side=ReviewSide.COMPANY).id
    assert signed_in(app, "karin").get(path(f"entwuerfe/{asked}")).status_code == 404


# ---- The end without changes, and a version that is taken back


def test_an_approval_waits_for_drafts_and_sends_answers(app: Flask, case: ReviewScenario, path: Path) -> None:
    with database_session(app) as session:
        give_all_verdicts(session, case, [])
        write_remark(session, case, "5", "Was ist gemeint?", side=ReviewSide.COMPANY)
    karin = signed_in(app, "karin")
    answered = {"action": "stay", "verdict": "accepted"}
    page = karin.get(path("5")).text
    field = next(name for name in form_fields(page) if name.startswith("answer-"))
    assert send_to(karin, page, path("5"), **answered, **{field: "Die Leitung."}).status_code == 303
    number = draft(app, case, "4", "Wer sind die Lieferanten?")
    refused = send_to(karin, page, path(APPROVE))
    assert refused.status_code == 422
    assert f"entwuerfe/{number}?zu=freigeben" in refused.text
    address = path(f"entwuerfe/{number}")
    send_to(karin, karin.get(address).text, address, action="discard")
    page = karin.get(path(APPROVE)).text
    assert "1 Antwort geht mit der Freigabe hinaus" in page
    petra = signed_in(app, "petra")
    remarks_page = f"/erklaerungen/{case.declaration_id}/anmerkungen/5"
    [address] = set(re.findall(r"/cluster/\d+/pruefung/\d+/entwuerfe/\d+", page))
    rolf = signed_in(app, "rolf")
    send_to(rolf, rolf.get(address).text, address, text="Die Leitung selbst.")
    late = send_to(karin, page, path(APPROVE), despite="1")
    assert late.status_code == 409, "nobody sends what they have not read"
    assert "Inzwischen hat jemand aus Ihrem Team einen Entwurf geändert" in late.text
    assert "Die Leitung" not in petra.get(remarks_page).text
    assert send_to(karin, late.text, path(APPROVE), despite="1").status_code == 303
    assert "Die Leitung selbst." in petra.get(remarks_page).text


def test_a_version_that_is_taken_back_says_so_and_keeps_the_drafts(
    app: Flask, case: ReviewScenario, path: Path
) -> None:
    draft(app, case, "4", "Wer sind die Lieferanten?")
    karin = signed_in(app, "karin")
    page = karin.get(path("4")).text
    with database_session(app) as session:
        submission.recall(Work(session, case.owner, datetime.now(UTC)), case.declaration(session))
    for answer in (karin.get(path("4")), send_to(karin, page, path("4"), remark="Noch ein Satz.")):
        assert answer.status_code == 404
        assert "Das Unternehmen hat die Erklärung zurückgeholt" in answer.text
        assert "1 Entwurf Ihres Teams bleibt" in answer.text
        assert "Lieferanten" not in answer.text
    assert "Noch ein Satz." in answer.text
    for name in ("otto", "petra"):
        assert "zurückgeholt" not in signed_in(app, name).get(path("4")).text, name
