"""The pages of a review: what is read, what is sent and kept, and that no word is lost on the way."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.catalogue import selection_for as select_edition
from dnk_tool.domain.answers.answer import Answer
from dnk_tool.domain.declarations.comparison import has_section_changed
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.permissions import Actor, ClusterRole, Role
from dnk_tool.domain.review import Audience, ReviewSide
from dnk_tool.language import format_long_date, local_day
from dnk_tool.services.declarations import submission
from dnk_tool.services.review import drafts
from dnk_tool.services.review.remarks import answer_thread
from dnk_tool.services.work import Work
from dnk_tool.store.review import remark_templates, remarks
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.mail import Mail
from dnk_tool.store.tables.organisations import Membership, Organisation
from dnk_tool.store.tables.review import RemarkRow, StockRemark, VerdictRow
from dnk_tool.web.review.section_diff import section_diffs
from tests.support.app import (
    add_member,
    count_statements,
    database_session,
    form_fields,
    make_cluster,
    post,
    sign_in_by_form,
)
from tests.support.browsers import send, signed_in
from tests.support.documents import empty_document, full_document
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
    request_changes,
    save_text,
    submit,
    threads_of,
    write_remark,
)

Path = Callable[[str], str]


@pytest.fixture
def case(app: Flask) -> ReviewScenario:
    """Submitted; Petra owns the company, Erik edits in English, Vera only looks."""
    with database_session(app) as session:
        made = make_review_scenario(session)
        for name, role in (("petra", Role.OWNER), ("erik", Role.EDITOR), ("vera", Role.VIEWER)):
            account = add_member(session, made.organisation_id, name, role)
            account.language = "en" if name == "erik" else "de"
        make_cluster(session, "Cluster Süd", outsider=ClusterRole.MANAGER)
        session.flush()
        petra = session.scalars(select(Account).where(Account.email == "petra@example.org")).one()
        owner = Actor(petra.id, made.owner.roles)
        return ReviewScenario(
            made.declaration_id, made.organisation_id, made.cluster_id, owner, made.karin, made.rolf
        )


@pytest.fixture
def karin(app: Flask, case: ReviewScenario) -> FlaskClient:
    return signed_in(app, "karin")


@contextmanager
def acting(app: Flask) -> Iterator[Session]:
    """What others do meanwhile."""
    with database_session(app) as session:
        yield session


def verdicts(app: Flask, case: ReviewScenario) -> dict[str, tuple[str, int]]:
    with database_session(app) as session:
        rows = session.scalars(select(VerdictRow).where(VerdictRow.declaration_id == case.declaration_id))
        return {row.section: (row.verdict.value, row.number) for row in rows}


def submit_second_version(app: Flask, case: ReviewScenario) -> None:
    """Three criteria were sent back; the company wrote 13 anew, answered, and submitted again."""
    with acting(app) as session:
        give_all_verdicts(session, case, ["4", "13", "20"])
        request_changes(session, case)
        save_text(session, case, "13", "Emissionen entstehen durch den Diesel & <b>drei</b> Transporter.")
        answer_all_remarks(session, case, "Das haben wir ergänzt.", now=days_later(1))
        submit(session, case, now=days_later(2))


# ---- Reading


def test_the_work_list_names_what_waits(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    page = karin.get(f"/cluster/{case.cluster_id}/pruefung/").text
    assert "Warten auf Prüfung (1)" in page
    assert f'href="{path("")}"' in page
    assert "Wieder beim Unternehmen" not in page
    with acting(app) as session:
        give_all_verdicts(session, case, ["4"])
        request_changes(session, case)
    page = karin.get(f"/cluster/{case.cluster_id}/pruefung/").text
    assert "Gerade wartet nichts" in page
    assert "Wieder beim Unternehmen (1)" in page


def test_others_find_no_such_pages(app: Flask, case: ReviewScenario, path: Path) -> None:
    for name in ("petra", "outsider"):
        client = signed_in(app, name)
        for rest in ("", "13", "freigeben", "aenderungen-anfordern", "versionen/1.pdf"):
            assert client.get(path(rest)).status_code == 404, (name, rest)
        assert post(client, path("13"), {"verdict": "accepted"}).status_code == 404


@pytest.mark.parametrize("role", Role)
def test_whoever_works_for_the_company_learns_why_others_review_it(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path, role: Role
) -> None:
    member = f"/cluster/{case.cluster_id}/mitglieder/{case.organisation_id}"
    reason = "für das Sie selbst arbeiten, prüft jemand anderes aus dem Team"
    with acting(app) as session:
        write_remark(session, case, "4")
    for page in (f"/cluster/{case.cluster_id}/pruefung/", member):
        assert reason not in karin.get(page).text
    with acting(app) as session:
        session.add(
            Membership(
                user_id=case.karin.user_id, organisation_id=case.organisation_id, role=role, created_at=NOW
            )
        )
    for rest in ("", "13", "freigeben", "aenderungen-anfordern", "versionen/1.pdf"):
        answer = karin.get(path(rest))
        assert (answer.status_code, reason in answer.text) == (403, True), rest
    assert post(karin, path("13"), {"verdict": "accepted"}).status_code == 403
    assert verdicts(app, case) == {}
    queue = karin.get(f"/cluster/{case.cluster_id}/pruefung/").text
    assert "Warten auf Prüfung (" not in queue
    assert "Hier fehlt deshalb: " in queue
    assert reason in queue
    assert reason in karin.get(member).text
    for page in ("pruefung/", "?jahr=2025", "waermebild?jahr=2025", f"mitglieder/{case.organisation_id}"):
        assert path("") not in karin.get(f"/cluster/{case.cluster_id}/{page}").text, page
    assert signed_in(app, "rolf").get(path("13")).status_code == 200


def test_after_the_consent_is_withdrawn_nothing_is_left(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    assert karin.get(path("13")).status_code == 200
    with acting(app) as session:
        session.scalars(select(Consent)).one().withdrawn_at = NOW
    for rest in ("", "13", "freigeben", "versionen/1.pdf"):
        assert karin.get(path(rest)).status_code == 404
    assert "Steinmetz" not in karin.get(f"/cluster/{case.cluster_id}/pruefung/").text


def test_a_section_shows_texts_figures_of_earlier_years_and_what_is_explained(
    karin: FlaskClient, path: Path
) -> None:
    page = karin.get(path("13")).text
    assert "Kriterium 13: Klimarelevante Emissionen" in page
    assert "Emissionen entstehen durch den Diesel der beiden Transporter" in page
    assert '<th scope="col" class="govuk-table__header govuk-table__header--numeric">2025</th>' in page
    assert "3.578 kg CO₂e" in page
    assert "3.710 kg CO₂e (angegeben: 3,71\u00a0t\u00a0CO₂e)" in page
    assert "Erklärt" in page
    assert "Grund: noch nicht erhoben" in page
    assert "Diesel auf 1.200 Liter im Jahr senken" in page
    general = karin.get(path("general")).text
    assert "Steinmetzwerkstatt Quenzel &amp; Marschall GbR" in general
    assert "Am Muschelkalk 4" in general


def test_the_pages_show_the_submitted_version_and_never_the_work_on_the_next(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    with acting(app) as session:
        give_all_verdicts(session, case, ["13"])
        request_changes(session, case)
        save_text(session, case, "13", "Ein halber Satz, noch geheim")
        session.get_one(Organisation, case.organisation_id).address = "Geheime Straße 1"
    for rest in ("", "13", "general", "freigeben", "aenderungen-anfordern"):
        page = karin.get(path(rest)).text
        assert "geheim" not in page.lower(), rest
    page = karin.get(path("13")).text
    assert 'name="verdict"' not in page
    assert "Änderungen angefordert" in page


def test_the_overview_leads_to_the_member(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    member = f"/cluster/{case.cluster_id}/mitglieder/{case.organisation_id}?jahr=2025"
    assert f'href="{member}"' in karin.get(path("")).text
    assert karin.get(member).status_code == 200


def test_the_overview_counts_and_leads_on(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    page = karin.get(path("")).text
    assert "0 von 21 Teilen geprüft" in page
    assert f'href="{path("general")}" class="govuk-button"' in page
    with acting(app) as session:
        give_verdict(session, case, "general", YES)
        give_verdict(session, case, "1", YES)
        write_remark(session, case, "3")
        give_verdict(session, case, "3", NO)
    page = karin.get(path("")).text
    assert "3 von 21 Teilen geprüft: 2 in Ordnung, 1 mit „Änderung nötig“" in page
    assert f'href="{path("2")}" class="govuk-button"' in page
    assert "Schon jetzt Änderungen anfordern" in page
    assert ">1 Entwurf<" in page
    with acting(app) as session:
        drafts.publish_drafts(session, case.declaration(session), now=NOW)
        write_remark(session, case, "3", "Noch etwas.")
        write_remark(session, case, "3", "Karin, plausibel?", audience=Audience.REVIEWERS)
    for address in (path(""), f"/cluster/{case.cluster_id}/pruefung/"):
        assert "2 offene Anmerkungen, 1 Entwurf" in karin.get(address).text, address
    assert "Auch mit Tasten: a in Ordnung" in page


def test_the_files_are_those_of_a_submitted_version_only(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    answer = karin.get(path("versionen/1.pdf"))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    endings = ("pdf", "docx", "xlsx", "csv", "html", "json")
    overview = karin.get(path("")).text
    for ending in endings:
        assert path(f"versionen/1.{ending}") in overview, ending
        answer = karin.get(path(f"versionen/1.{ending}"))
        assert answer.status_code == 200, ending
        assert answer.headers["Content-Disposition"].startswith("attachment"), ending
        assert f"V1.{ending}" in answer.headers["Content-Disposition"]
        assert "Steinmetzwerkstatt" in answer.headers["Content-Disposition"]
        assert karin.get(path(f"versionen/2.{ending}")).status_code == 404, ending
    with acting(app) as session:
        submission.recall(Work(session, case.owner, NOW), case.declaration(session))
    for ending in endings:
        assert karin.get(path(f"versionen/1.{ending}")).status_code == 404, ending


def test_no_page_takes_more_than_fifteen_statements(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    submit_second_version(app, case)
    with acting(app) as session:
        for number in range(8):
            write_remark(session, case, "13", f"Frage {number}?", actor=case.rolf)
            stock(session, case, f"Baustein {number}")
    pages = [path(rest) for rest in ("", "13", "general", "freigeben", "aenderungen-anfordern")]
    for address in [
        *pages,
        f"/cluster/{case.cluster_id}/pruefung/",
        f"/cluster/{case.cluster_id}/textbausteine/",
    ]:
        with count_statements(app) as statements:
            assert karin.get(address).status_code == 200
        # The bound of every page; beside a section stand last year, changes, warnings, team and drafts.
        assert len(statements) <= 15, (address, statements)


# ---- Judging


def test_a_verdict_leads_to_the_next_section_that_is_not_judged(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    with acting(app) as session:
        give_verdict(session, case, "14", YES)
    page = karin.get(path("13")).text
    assert ", weiter zu 15</span>" in page
    answer = send(karin, path("13"), verdict="accepted")
    assert (answer.status_code, answer.headers["Location"]) == (303, path("15"))
    assert verdicts(app, case)["13"] == ("accepted", 1)
    page = karin.get(path("15")).text
    assert "13. Klimarelevante Emissionen – In Ordnung" in page
    assert "Gespeichert." not in page
    answer = send(karin, path("20"), verdict="accepted", next="")
    assert answer.headers["Location"] == path("")
    assert "Gespeichert." in karin.get(path("")).text
    assert ", weiter zu: Allgemeine Informationen" in karin.get(path("20")).text
    assert "noch offen; freigeben" not in page
    with acting(app) as session:
        write_remark(session, case, "12", "Welche Wassermenge?")
        answer_all_remarks(session, case)
    assert "Das gilt, sobald Sie „In Ordnung“ oder „Speichern“ drücken." in karin.get(path("12")).text
    address = send(karin, path("12"), verdict="accepted").headers["Location"]
    assert "1 Anmerkung an das Unternehmen ist noch offen; freigeben" in karin.get(address).text


def test_the_last_one_leads_to_the_overview(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    with acting(app) as session:
        give_all_verdicts(session, case, [])
    page = karin.get(path("20")).text
    assert "weiter zu" not in page
    assert "Speichern, zur Übersicht" in page
    assert send(karin, path("20"), verdict="accepted").headers["Location"] == path("")


def test_without_a_verdict_the_page_says_so_and_stays(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    answer = send(karin, path("13"), action="stay")
    assert answer.headers["Location"].startswith(path("13"))
    page = karin.get(path("13")).text
    assert "Noch ist nichts zu speichern. Wählen Sie „In Ordnung“ oder „Änderung nötig“." in page
    assert "Gespeichert." not in page
    assert (verdicts(app, case), threads_of(app, case)) == ({}, [])


def test_in_order_with_a_remark_asks_once(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    answer = send(karin, path("13"), verdict="accepted", remark="Schöne Tabelle.", ref="13.2")
    assert answer.status_code == 422
    assert answer.text.count("Hier steht noch eine Anmerkung an das Unternehmen.") == 2
    assert (verdicts(app, case), threads_of(app, case)) == ({}, [])
    fields = form_fields(answer.text)
    assert (fields["remark"], fields["ref"]) == (["Schöne Tabelle."], ["13.2"])
    assert karin.post(path("13"), data=fields | {"verdict": "accepted"}).status_code == 303
    assert verdicts(app, case)["13"] == ("accepted", 1)
    assert [thread.first.text for thread in threads_of(app, case)] == ["Schöne Tabelle."]
    answer = send(karin, path("14"), verdict="accepted", remark="Karin, plausibel?", audience="reviewers")
    assert answer.status_code == 303


def test_a_remark_begins_at_its_aspect_and_what_stands_in_the_field_is_saved_first(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    page = karin.get(path("13")).text
    assert 'name="action" value="about:13.2"' in page
    answer = send(karin, path("13"), action="about:13.2", remark="Zum Ganzen.")
    assert answer.headers["Location"] == f"{path('13')}?anmerkung=13.2"
    assert [(thread.ref, thread.first.text) for thread in threads_of(app, case)] == [("", "Zum Ganzen.")]
    page = karin.get(f"{path('13')}?anmerkung=13.2").text
    fields = form_fields(page)
    assert (fields["ref"], fields["remark"]) == (["13.2"], [""])
    assert re.findall(r'data-aspect="([^"]+)" aria-current="true"', page) == ["13.2"]
    assert form_fields(karin.get(f"{path('13')}?anmerkung=14.1").text)["ref"] == [""]


def test_a_wish_needs_a_remark_and_what_was_typed_stays(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    typed = {"remark": "Nur für uns.", "audience": "reviewers", "ref": "13.2"}
    answer = send(karin, path("13"), verdict="change-needed", **typed)
    assert answer.status_code == 422
    assert answer.text.count("Schreiben Sie dem Unternehmen, was zu ändern ist: als Anmerkung") == 2
    assert '<a href="#remark"' in answer.text
    fields = form_fields(answer.text)
    assert {name: fields[name] for name in typed} == {name: [text] for name, text in typed.items()}
    assert (verdicts(app, case), threads_of(app, case)) == ({}, [])
    answer = karin.post(path("13"), data=fields | {"verdict": "change-needed", "audience": ""})
    assert answer.status_code == 303
    [thread] = threads_of(app, case)
    assert (thread.ref, thread.audience, thread.first.text) == ("13.2", Audience.SHARED, "Nur für uns.")
    assert verdicts(app, case)["13"] == ("change-needed", 1)


def test_a_remark_that_is_too_long_stays_in_the_field(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    text = "x " * 2_501
    answer = send(karin, path("13"), remark=text)
    assert answer.status_code == 422
    assert answer.text.count("höchstens 5.000 Zeichen") == 2
    assert form_fields(answer.text)["remark"] == [text.strip()]
    assert threads_of(app, case) == []


@pytest.mark.parametrize(
    "odd",
    [
        {"verdict": "approved"},
        {"ref": "14.1", "remark": "Zum Falschen."},
        {"version": "x", "seen": "-1", "read-": "1", "read-x": "2"},
        {"next": "unknown", "action": "elsewhere"},
        {"audience": "company", "remark": "Für wen?"},
        {"stock": "99999999999999", "action": "insert"},
        {"remark": "\x07", "action": "stay"},
    ],
    ids=str,
)
def test_what_no_page_of_ours_sends_does_no_harm(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path, odd: dict[str, str]
) -> None:
    assert send(karin, path("13"), **odd).status_code in (200, 303)
    assert verdicts(app, case) == {}
    assert all(thread.ref == "" for thread in threads_of(app, case))


def test_threads_are_answered_and_called_done_in_the_same_form(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    with acting(app) as session:
        first = write_remark(session, case, "13", "Welche Bezugsgröße?", ref="13.1").id
        second = write_remark(session, case, "13", "Karin, plausibel?", audience=Audience.REVIEWERS).id
        answer_all_remarks(session, case, "Der Umsatz.")
    page = karin.get(path("13")).text
    assert page.index("Welche Bezugsgröße?") < page.index("Der Umsatz.")
    assert "nur Prüfteam" in page
    assert "Petra" in page
    answer = send(
        karin,
        path("13"),
        **{f"done-{first}": "1", f"answer-{second}": "Ja, passt.", "action": "stay"},
    )
    assert answer.headers["Location"] == f"{path('13')}#remarks"
    done, still_open = threads_of(app, case)
    assert (done.is_open, still_open.is_open) == (False, True)
    assert still_open.remarks[-1].text == "Ja, passt."
    assert "1 erledigte Anmerkung" in karin.get(path("13")).text


def test_what_nobody_answered_is_not_done(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    with acting(app) as session:
        thread = write_remark(session, case, "13", audience=Audience.REVIEWERS).id
    answer = send(karin, path("13"), **{f"done-{thread}": "1", "remark": "Noch etwas."})
    assert answer.status_code == 422
    assert answer.text.count("Schreiben Sie erst eine Antwort.") == 2
    assert form_fields(answer.text)["remark"] == ["Noch etwas."]
    assert len(threads_of(app, case)) == 1


def test_a_remark_to_the_company_is_taken_back_and_the_page_says_so(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    with acting(app) as session:
        thread = write_remark(session, case, "13", "Versehentlich.").id
        drafts.publish_drafts(session, case.declaration(session), now=days_later(0))
    refused = send(karin, path("13"), **{f"done-{thread}": "1", f"answer-{thread}": "Erledigt."})
    assert refused.status_code == 422
    assert refused.text.count("Das Unternehmen hat noch nicht geantwortet.") == 2
    assert "Mit dieser Antwort erledigt" not in refused.text
    assert send(karin, path("13"), **{f"withdrawn-{thread}": "1", "action": "stay"}).status_code == 303
    page = karin.get(path("13")).text
    assert ">zurückgezogen</strong>" in page
    assert "Karin hat die Anmerkung am" in page
    company = signed_in(app, "petra").get(f"/erklaerungen/{case.declaration_id}/anmerkungen/13").text
    assert ">Zurückgezogen</strong>" in company


def test_a_new_answer_is_one_that_came_last_and_is_not_done(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    """It stays through rounds that leave the section unjudged, and goes with the remark itself."""
    new = "1 neue Antwort"
    submit_second_version(app, case)
    assert karin.get(path("")).text.count(new) == 3
    with acting(app) as session:
        write_remark(session, case, "20", now=days_later(3))
        give_verdict(session, case, "20", NO, now=days_later(3))
        request_changes(session, case, now=days_later(3))
        for thread in remarks.threads(session, case.declaration_id, ReviewSide.COMPANY, sections=["20"]):
            remark_back(session, case, thread)
        submit(session, case, now=days_later(4))
    assert karin.get(path("")).text.count(new) == 2, "4 and 13 nobody has looked at; 20 has two"
    assert "2 neue Antworten" in karin.get(path("")).text
    for ref in ("4", "13", "20"):
        done = {f"done-{thread.id}": "1" for thread in threads_of(app, case) if thread.section == ref}
        assert send(karin, path(ref), verdict="accepted", **done).status_code == 303
        assert "neue Antwort" not in karin.get(path(ref)).text
    assert post(karin, path("freigeben"), {"despite": "1"}).status_code == 303
    assert "neue Antwort" not in karin.get(path("")).text


def remark_back(session: Session, case: ReviewScenario, thread: RemarkThread) -> None:
    """The company answers what has no answer yet."""
    if not thread.is_answered:
        answer_thread(
            Work(session, case.owner, days_later(3)),
            case.declaration(session),
            thread,
            "Jetzt auch das.",
            side=ReviewSide.COMPANY,
            version=case.declaration(session).version,
        )


def test_once_approved_only_reviewers_are_written_to_and_no_word_is_lost(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    with acting(app) as session:
        give_all_verdicts(session, case, [])
        thread = write_remark(session, case, "13", "Genügt das?", side=ReviewSide.COMPANY).id
    fields: dict[str, Any] = dict(form_fields(karin.get(path("13")).text))
    assert post(karin, path("freigeben"), {"despite": "1"}).status_code == 303
    page = karin.get(path("13")).text
    assert 'value="shared"' not in page
    assert f"answer-{thread}" not in page
    assert form_fields(page)["audience"] == ["reviewers"]
    late = {"remark": "Schön gemacht.", f"answer-{thread}": "Ja, genügt."}
    answer = karin.post(path("13"), data=fields | late)
    assert answer.status_code == 409
    assert "Die Prüfung ist zu Ende (Freigegeben)." in answer.text
    again: dict[str, Any] = dict(form_fields(answer.text))
    assert (again["remark"], again["audience"]) == (["Schön gemacht.\n\nJa, genügt."], ["reviewers"])
    assert karin.post(path("13"), data=again).status_code == 303
    assert threads_of(app, case)[-1].audience is Audience.REVIEWERS
    assert len(threads_of(app, case)[0].remarks) == 1


def test_the_page_saves_what_is_typed(karin: FlaskClient, path: Path) -> None:
    assert f'data-autosave="{path("13")}/entwurf"' in karin.get(path("13")).text


# ---- At the same time


def test_two_reviewers_see_each_others_verdict_and_lose_no_word(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    fields: dict[str, Any] = dict(form_fields(karin.get(path("13")).text))
    rolf = signed_in(app, "rolf")
    send(rolf, path("13"), verdict="accepted", remark="Schön gemacht.", asked="1")
    mine = {"verdict": "change-needed", "remark": "Bitte ergänzen Sie Scope 3."}
    answer = karin.post(path("13"), data=fields | mine)
    assert answer.status_code == 409
    assert "Rolf hat hier inzwischen „In Ordnung“ gewählt." in answer.text
    assert "Schön gemacht." in answer.text
    again: dict[str, Any] = dict(form_fields(answer.text))
    assert again["remark"] == [mine["remark"]]
    assert verdicts(app, case)["13"] == ("accepted", 1)
    assert karin.post(path("13"), data=again | {"verdict": "change-needed"}).status_code == 303
    assert verdicts(app, case)["13"] == ("change-needed", 2)
    assert [thread.first.text for thread in threads_of(app, case)] == [
        "Schön gemacht.",
        mine["remark"],
    ]


def test_a_verdict_that_was_left_alone_takes_back_nobody_elses(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    with acting(app) as session:
        give_verdict(session, case, "13", YES)
        write_remark(session, case, "13")
    fields: dict[str, Any] = dict(form_fields(karin.get(path("13")).text))
    with acting(app) as session:
        give_verdict(session, case, "13", NO, seen=1, actor=case.rolf)
    answer = karin.post(path("13"), data=fields | {"remark": "Noch etwas.", "action": "stay"})
    assert answer.status_code == 303
    assert verdicts(app, case)["13"] == ("change-needed", 2)
    assert len(threads_of(app, case)) == 2


def test_unreadable_input_does_not_hide_what_the_other_one_chose(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    with acting(app) as session:
        give_verdict(session, case, "13", YES)
        write_remark(session, case, "13")
    fields: dict[str, Any] = dict(form_fields(karin.get(path("13")).text))
    with acting(app) as session:
        give_verdict(session, case, "13", NO, seen=1, actor=case.rolf)
    answer = karin.post(path("13"), data=fields | {"remark": "x" * 5_001})
    assert answer.status_code == 422
    again: dict[str, Any] = dict(form_fields(answer.text))
    assert karin.post(path("13"), data=again | {"remark": "Kurz."}).status_code == 303
    assert verdicts(app, case)["13"] == ("change-needed", 2)


def test_an_answer_that_came_meanwhile_is_shown_before_its_thread_is_done(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    with acting(app) as session:
        thread = write_remark(session, case, "13").id
        answer_all_remarks(session, case, "Erste Antwort.")
    fields: dict[str, Any] = dict(form_fields(karin.get(path("13")).text))
    with acting(app) as session:
        answer_all_remarks(session, case, "Nein, doch anders.")
    answer = karin.post(path("13"), data=fields | {f"done-{thread}": "1", "remark": "Und das."})
    assert answer.status_code == 409
    assert "steht inzwischen eine neue Antwort" in answer.text
    assert "Nein, doch anders." in answer.text
    again: dict[str, Any] = dict(form_fields(answer.text))
    assert again["remark"] == ["Und das."]
    assert karin.post(path("13"), data=again | {f"done-{thread}": "1"}).status_code == 303
    assert not threads_of(app, case)[0].is_open


def test_a_verdict_on_a_replaced_version_is_asked_for_anew(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    fields: dict[str, Any] = dict(form_fields(karin.get(path("13")).text))
    submit_second_version(app, case)
    answer = karin.post(path("13"), data=fields | {"verdict": "change-needed", "remark": "Passt so."})
    assert answer.status_code == 409
    assert "Das Unternehmen hat inzwischen Version 2 eingereicht." in answer.text
    again = form_fields(answer.text)
    assert (again["remark"], again["version"]) == (["Passt so."], ["2"])
    assert verdicts(app, case)["13"] == ("change-needed", 1), "what was not read is not judged"


def test_when_the_company_has_it_back_the_remark_can_still_be_kept(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    fields: dict[str, Any] = dict(form_fields(karin.get(path("5")).text))
    with acting(app) as session:
        give_all_verdicts(session, case, ["4"])
        request_changes(session, case)
    answer = karin.post(path("5"), data=fields | {"verdict": "change-needed", "remark": "Zu spät."})
    assert answer.status_code == 409
    assert "nicht mehr zur Prüfung eingereicht: Änderungen angefordert" in answer.text
    again: dict[str, Any] = dict(form_fields(answer.text))
    assert again["remark"] == ["Zu spät."]
    assert karin.post(path("5"), data=again).status_code == 303
    assert threads_of(app, case)[-1].first.text == "Zu spät."
    assert verdicts(app, case)["5"] == ("accepted", 1)


def test_when_the_company_took_it_back_the_words_stay_on_the_page(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    fields: dict[str, Any] = dict(form_fields(karin.get(path("5")).text))
    with acting(app) as session:
        submission.recall(Work(session, case.owner, NOW), case.declaration(session))
    answer = karin.post(path("5"), data=fields | {"remark": "Quellenangabe?"})
    assert answer.status_code == 404
    assert answer.text.count("dnk-card") == 1, "the words, and nothing that the page only carried along"
    assert "Quellenangabe?" in answer.text
    assert "Ihr Text ist noch da" in answer.text
    assert "Steinmetz" not in answer.text
    assert "Cluster Nord" not in answer.text.split("<main")[1]


def test_a_remark_outlives_the_sign_in(
    app: Flask, case: ReviewScenario, karin: FlaskClient, path: Path
) -> None:
    fields: dict[str, Any] = dict(form_fields(karin.get(path("13")).text))
    karin.delete_cookie("dnk-sign-in")
    refused = karin.post(path("13"), data=fields | {"remark": "Bitte ergänzen.", "verdict": "change-needed"})
    assert refused.status_code == 401
    kept = form_fields(refused.text)["kept"][0]
    resumed = sign_in_by_form(karin, "karin@example.org", kept=kept)
    assert "Ihre Eingaben sind noch da" in resumed.text
    assert karin.post(path("13"), data=dict(form_fields(resumed.text))).status_code == 303
    assert [thread.first.text for thread in threads_of(app, case)] == ["Bitte ergänzen."]
    assert verdicts(app, case)["13"] == ("change-needed", 1)


# ---- Reusable remarks


def stock(
    session: Session, case: ReviewScenario, title: str = "Bezugsgröße", text: str = "Bitte nennen Sie sie."
) -> int:
    row = StockRemark(
        cluster_id=case.cluster_id,
        title=title,
        text_de="Bitte nennen Sie sie.",
        text_en="Please name it.",
        changed_at=NOW,
    )
    session.add(row)
    session.flush()
    return row.id


def test_a_reusable_remark_is_put_into_the_field_and_nothing_else_is_touched(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    with acting(app) as session:
        chosen = stock(session, case)
        thread = write_remark(session, case, "13", audience=Audience.REVIEWERS).id
    typed = {
        "audience": "reviewers",
        "ref": "13.3",
        f"answer-{thread}": "Ein Anfang",
    }
    answer = send(karin, path("13"), remark="Guten Tag.", stock=str(chosen), action="insert", **typed)
    assert answer.status_code == 200
    fields = form_fields(answer.text)
    assert fields["remark"] == ["Guten Tag.\n\nBitte nennen Sie sie."]
    assert {name: fields[name] for name in typed} == {name: [text] for name, text in typed.items()}
    assert len(threads_of(app, case)) == 1
    assert verdicts(app, case) == {}


def test_it_comes_in_the_language_in_which_the_company_declares(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    with acting(app) as session:
        chosen = stock(session, case)
        give_all_verdicts(session, case, ["13"])
        request_changes(session, case)
        case.declaration(session).language = "en"
        answer_all_remarks(session, case)
        submit(session, case, now=days_later(1))
    answer = send(karin, path("13"), stock=str(chosen), action="insert")
    assert form_fields(answer.text)["remark"] == ["Please name it."]


def test_another_clusters_reusable_remarks_are_out_of_reach(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    with acting(app) as session:
        other = make_cluster(session, "Cluster West")
        row = StockRemark(cluster_id=other.id, title="Fremder Satz", text_de="Fremder Satz.", changed_at=NOW)
        session.add(row)
        session.flush()
        foreign = row.id
    answer = send(karin, path("13"), stock=str(foreign), action="insert")
    assert "Fremder Satz" not in answer.text
    assert karin.get(f"/cluster/{case.cluster_id}/textbausteine/{foreign}").status_code == 404
    assert "Fremder Satz" not in karin.get(f"/cluster/{case.cluster_id}/textbausteine/").text
    answer = post(
        karin,
        f"/cluster/{case.cluster_id}/textbausteine/{foreign}",
        {"title": "Meins", "text_de": "Jetzt meiner.", "version": "1"},
    )
    assert answer.status_code == 409, "as one that was deleted"
    post(karin, f"/cluster/{case.cluster_id}/textbausteine/{foreign}/loeschen", {"version": "1"})
    with database_session(app) as session:
        assert session.get_one(StockRemark, foreign).text_de == "Fremder Satz."


def test_reusable_remarks_are_written_changed_and_deleted(
    karin: FlaskClient, app: Flask, case: ReviewScenario
) -> None:
    base = f"/cluster/{case.cluster_id}/textbausteine"
    answer = send(karin, f"{base}/neu", title="", text_de="", section="13")
    assert answer.status_code == 422
    assert answer.text.count("Geben Sie den Text ein, auf Deutsch oder auf Englisch.") == 2
    assert form_fields(answer.text)["section"] == ["13"]
    fields: dict[str, Any] = {"title": "Ziel ohne Termin", "text_de": "Bis wann?", "text_en": "By when?"}
    assert send(karin, f"{base}/neu", **fields).status_code == 303
    with database_session(app) as session:
        [row] = remark_templates.of_cluster(session, case.cluster_id)
    page = karin.get(f"{base}/").text
    assert "Bis wann?" in page
    assert '<p class="govuk-body dnk-text" lang="en">By when?</p>' in page

    seen: dict[str, Any] = dict(form_fields(karin.get(f"{base}/{row.id}").text))
    rolf = signed_in(app, "rolf")
    assert send(rolf, f"{base}/{row.id}", text_de="Bis wann wollen Sie das?").status_code == 303
    answer = karin.post(f"{base}/{row.id}", data=seen | {"text_de": "Wann?"})
    assert answer.status_code == 409
    assert "Bis wann wollen Sie das?" in answer.text
    again: dict[str, Any] = dict(form_fields(answer.text))
    assert again["text_de"] == ["Wann?"]
    assert karin.post(f"{base}/{row.id}", data=again).status_code == 303

    token = {"csrf_token": again["csrf_token"]}
    answer = karin.post(f"{base}/{row.id}/loeschen", data=token | {"version": "1"})
    assert answer.headers["Location"] == f"{base}/{row.id}", "it changed since"
    karin.post(f"{base}/{row.id}/loeschen", data=token | {"version": "3"})
    assert "Hier steht noch nichts." in karin.get(f"{base}/").text
    answer = rolf.post(f"{base}/{row.id}", data=dict(form_fields(rolf.get(f"{base}/neu").text)) | fields)
    assert answer.status_code == 409
    assert f'action="{base}/neu"' in answer.text, "what was deleted meanwhile can be saved anew"
    assert form_fields(answer.text)["text_de"] == ["Bis wann?"]


# ---- The second round


def test_the_second_round_shows_what_changed_word_by_word(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    submit_second_version(app, case)
    page = karin.get(path("13")).text
    assert "Geändert seit Version 1" in page
    inserted, deleted = (re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL) for tag in ("ins", "del"))
    assert any("neu:" in passage and "&lt;b&gt;drei&lt;/b&gt;" in passage for passage in inserted)
    assert any("gestrichen:" in passage and "beiden" in passage for passage in deleted)
    assert "<b>" not in page
    assert "neue Antwort" in page
    assert "Das haben wir ergänzt." in page
    assert form_fields(page)["ref"] == ["13.1"], "a remark is about the only answer that changed"
    assert '<details class="dnk-judge__change">' in page
    unchanged = karin.get(path("4")).text
    assert "Seit der Prüfung von Version 1 hat sich hier nichts geändert." in unchanged
    assert "<ins>" not in unchanged
    overview = karin.get(path("")).text
    assert "geändert seit Version 1 · 1 neue Antwort · 1 offene Anmerkung" in overview
    assert "18 von 21 Teilen geprüft: 18 in Ordnung" in overview
    assert "Es gilt „In Ordnung“ aus der Prüfung von Version 1." in karin.get(path("5")).text


def test_of_several_changes_the_reviewer_chooses_what_a_remark_is_about(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    with acting(app) as session:
        give_all_verdicts(session, case, ["5"])
        request_changes(session, case)
        for aspect in (0, 1):
            save_text(session, case, "5", "Ganz neu geschrieben.", aspect=aspect)
        answer_all_remarks(session, case, "Beides ergänzt.", now=days_later(1))
        submit(session, case, now=days_later(2))
    page = karin.get(path("5")).text
    assert page.count("<ins>") >= 2
    assert form_fields(page)["ref"] == [""]


def test_after_the_verdict_the_changes_stay_readable(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    submit_second_version(app, case)
    send(karin, path("13"), verdict="accepted", action="stay")
    page = karin.get(path("13")).text
    assert "Geändert seit Version 1" in page
    assert "Es gilt „In Ordnung“, gewählt von Karin am" in page


# ---- How a round ends


def mail_words(app: Flask) -> dict[str, tuple[str, str]]:
    with database_session(app) as session:
        return {mail.recipient: (mail.subject, mail.body) for mail in session.scalars(select(Mail))}


@pytest.mark.usefixtures("one_day")
def test_requesting_changes_names_what_opens_and_tells_who_goes_on(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    with acting(app) as session:
        write_remark(session, case, "4", "Wer sind die Lieferanten?")
        give_verdict(session, case, "4", NO)
        give_verdict(session, case, "5", YES)
    page = karin.get(path("aenderungen-anfordern")).text
    assert "4. Tiefe der Wertschöpfungskette" in page
    assert "19 Teile, die Sie noch nicht geprüft haben, bleiben gesperrt." in page
    until = local_day(datetime.now(UTC)) + timedelta(days=30)
    closing = {"letter": "Danke, fast fertig.", "answer_until": f"{until:%d.%m.%Y}"}
    answer = send(karin, path("aenderungen-anfordern"), **closing)
    assert (answer.status_code, answer.headers["Location"]) == (303, path(""))
    assert "Dort ist 1 Teil offen" in karin.get(path("")).text
    mails_by_recipient = mail_words(app)
    assert set(mails_by_recipient) == {"petra@example.org", "erik@example.org"}
    subject, body = mails_by_recipient["petra@example.org"]
    assert subject == "Änderungen angefordert: Erklärung für 2025"
    assert "4. Tiefe der Wertschöpfungskette\n- Wer sind die Lieferanten?\n" in body
    assert f"bittet um Änderungen bis {format_long_date(until, 'de')}." in body
    assert "\nDanke, fast fertig.\n" in body
    assert f"/erklaerungen/{case.declaration_id}/" in body
    english = select_edition("dnk-2017", "gri").section_by_ref["4"].title.en
    assert f"4. {english}\n" in mails_by_recipient["erik@example.org"][1]
    assert all("\n5. " not in text for _subject, text in mails_by_recipient.values())


def test_there_must_be_something_to_change(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    with acting(app) as session:
        give_all_verdicts(session, case, [])
    answer = post(karin, path("aenderungen-anfordern"))
    assert answer.status_code == 422
    assert "Bisher braucht kein Teil eine Änderung." in answer.text
    assert "Weiter mit:" not in answer.text
    assert mail_words(app) == {}


def test_where_nothing_is_chosen_yet_the_page_leads_on(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    with acting(app) as session:
        give_verdict(session, case, "general", YES)
        give_verdict(session, case, "1", YES)
    page = karin.get(path("aenderungen-anfordern")).text
    assert f'<a href="{path("2")}" class="govuk-button"' in page
    assert "Weiter mit: 2. Wesentlichkeit" in page


def test_the_approval_waits_for_verdicts_and_answers(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    with acting(app) as session:
        give_all_verdicts(session, case, [])
        write_remark(session, case, "4", "Eine Frage noch.")
        write_remark(session, case, "5", "Und eine zweite.")
    answer = post(karin, path("freigeben"))
    assert answer.status_code == 422
    assert "An das Unternehmen noch nicht erledigt: 2 Entwürfe" in answer.text
    assert "Eine Frage noch." in answer.text
    assert "beantworteten" not in answer.text
    with acting(app) as session:
        answer_all_remarks(session, case)
    page = karin.get(path("freigeben")).text
    assert "Alle 2 beantworteten Anmerkungen sind erledigt" in page
    answer = karin.post(path("anmerkungen-erledigen"), data=dict(form_fields(page)))
    assert answer.headers["Location"] == path("freigeben")
    assert "2 Anmerkungen sind erledigt." in karin.get(path("freigeben")).text
    assert post(karin, path("freigeben"), {"despite": "1"}).status_code == 303
    page = karin.get(path("")).text
    assert "Version 1 ist freigegeben" in page
    assert "von Karin" in page
    mails_by_recipient = mail_words(app)
    assert set(mails_by_recipient) == {"petra@example.org", "erik@example.org"}
    assert "Cluster Nord hat Version 1" in mails_by_recipient["petra@example.org"][1]
    assert "approved" in mails_by_recipient["erik@example.org"][0].lower()
    assert "Eine Frage" not in mails_by_recipient["petra@example.org"][1]


def test_the_approval_warns_of_what_the_company_still_asks(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    with acting(app) as session:
        give_all_verdicts(session, case, [])
        thread = write_remark(session, case, "4", "Reicht die Liste?", side=ReviewSide.COMPANY).id
        write_remark(session, case, "5", "Nur bei uns.", side=ReviewSide.COMPANY, audience=Audience.COMPANY)
    page = karin.get(path("freigeben")).text
    assert "Das Unternehmen hat noch 1 Frage an Sie." in page
    assert f'href="{path("4")}#thread-{thread}"' in page
    assert "Reicht die Liste?" in page
    assert "Nur bei uns." not in page
    assert "Version 1 freigeben" in page, "it is a warning, no obstacle"
    send(karin, path("4"), **{f"answer-{thread}": "Ja."})
    assert "Frage an Sie" not in karin.get(path("freigeben")).text


def test_who_comes_too_late_is_told_so(
    karin: FlaskClient, app: Flask, case: ReviewScenario, path: Path
) -> None:
    with acting(app) as session:
        give_all_verdicts(session, case, ["4"])
        request_changes(session, case)
    for rest in ("freigeben", "aenderungen-anfordern"):
        answer = post(karin, path(rest), follow_redirects=True)
        assert "gerade nicht zur Prüfung eingereicht" in answer.text
        assert "gerade nicht zur Prüfung eingereicht" in karin.get(path(rest)).text
    with database_session(app) as session:
        assert case.declaration(session).state is State.CHANGES_REQUESTED
        assert session.scalars(select(RemarkRow)).all()


def test_whatever_counts_as_changed_is_shown_as_changed(app: Flask) -> None:
    """Each answer and each figure in turn, and the whole declaration against an empty one."""
    whole = full_document()
    others = [empty_document(options=whole.options)]
    for ref, answer in whole.answers.items():
        others.append(replace(whole, answers={**whole.answers, ref: varied(answer)}))
    for key, figure in whole.figures.items():
        if key[0] == whole.reporting_year:
            noted = replace(figure, note=f"{figure.note} neu")
            others.append(replace(whole, figures={**whole.figures, key: noted}))
    count = 0
    with app.test_request_context():
        for other in others:
            for section in whole.selection.sections:
                if has_section_changed(whole, other, section):
                    assert section_diffs(whole, other, section, "de"), section.ref
                    count += 1
    assert count > 150


def varied(answer: Answer) -> Answer:
    """The same kind of answer in other words, or without its value."""
    if answer.value is not None:
        return replace(answer, value=None)
    return replace(answer, text=f"{answer.text} Neu.", explanation=f"{answer.explanation} Neu.")
