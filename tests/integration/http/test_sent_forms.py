"""A form that creates something does it once, however often it is sent, and leads to the same page."""

import io
import re
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Table, func, select
from werkzeug.datastructures import MultiDict

from dnk_tool.paths import templates_folder
from dnk_tool.services.privacy import retention
from dnk_tool.store import schema
from dnk_tool.store.tables.mail import Mail
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.store.tables.sent_forms import SentForm
from dnk_tool.web.http.input.save_ids import SAVE_ID_FIELD, is_creating
from tests.support.app import (
    PASSWORD,
    World,
    database_session,
    form_fields,
    make_account,
    make_world,
    post,
    token_of,
)
from tests.support.browsers import signed_in

AT_ONCE = 10

# POSTs that add nothing when they come twice, and why.
NOT_CREATING = {
    "the page's version makes the second one a conflict, or it says the same": {
        "account.change",
        "assessment.save",
        "attendance.save",
        "calculators.choose_potentials",
        "calculators.recalculate_base_year",
        "calculators.save",
        "change_requests.save",
        "climate_path.remove",
        "climate_path.save",
        "climate_path.take_base_year",
        "cohorts.change",
        "joint_goal.change",
        "polls.change",
        "cluster_team.change",
        "cluster_team.change_details",
        "consents.change",
        "consents.change_choice",
        "member_file.change_note",
        "contributions.answer",
        "criterion.save",
        "criterion.save_figures",
        "criterion.save_method",
        "evidence.save",
        "figure_files.confirm",
        "figures.save",
        "figures.save_by_site",
        "figures.save_the_scope",
        "findable.change",
        "goals.save",
        "lists.check",
        "measures.move",
        "measures.recalculate",
        "measures.save",
        "own_examples.save",
        "awards.change",
        "awards.decide",
        "awards_of_company.nominate",
        "groups_of_company.join",
        "jury.save",
        "working_groups.change",
        "publication.change_quotable",
        "residue_notices.save",
        "residues_passed_on.note",
        "look.change",
        "offline.take",
        "member.change",
        "operation.rename",
        "operation.save_legal_text",
        "plausibility.save",
        "profile.update",
        "recalculated.save",
        "self_checks.save",
        "reporting_year.change",
        "review.autosave",
        "review.save_points",
        "settings.change",
        "sign_off_rule.change",
        "stock.change",
        "review.save_draft",
    },
    "it puts something where it is already": {
        "cluster_invitations.bounced",
        "cluster_invitations.switch",
        "goal_list.save",
        "cluster_years.change",
        "aggregate_releases.order",
        "member_file.pause",
        "cockpit.choose_view",
        "room.enter",
        "poll.enter",
        "polls.ask_again",
        "polls.open_it",
        "polls.put_in_report",
        "polls.judge_text",
        "cohort_companies.save",
        "operation.archive_cluster",
        "operation.change_confirmations",
        "operation.archive_company",
        "calculators.restore",
        "calculators.take_newer",
        "calculators.take_result",
        "figures.restore",
        "figures.take",
        "declaration_deletion.restore",
        "history.restore",
        "measures.restore",
        "residue_board.introduce",
        "residue_inquiries.agree",
        "residue_inquiries.decline",
        "residue_neighbours.accept",
        "next_year.take_all",
        "first_day.begin",
        "operation.unlock_person",
        "review.assign",
        "review.share_out",
        "review.mark_conflict",
    },
    "the state it leads from is gone after the first": {
        "aggregate_releases.make",
        "awards.lead_on",
        "awards.propose",
        "examples.give_back",
        "examples.publish",
        "own_examples.offer",
        "finish.recall",
        "finish.reopen",
        "outbox.retry",
    },
    "it says the same again": {"consents.leave_as_it_is"},
    "it takes something away": {
        "aggregate_releases.discard",
        "aggregate_releases.withdraw",
        "calculators.remove",
        "cohorts.delete",
        "workshop.close",
        "polls.close",
        "polls.delete",
        "cluster_members.revoke",
        "cluster_team.remove",
        "consents.withdraw",
        "contributions.revoke",
        "company_closing.delete",
        "declaration_deletion.delete",
        "declaration_deletion.discard",
        "declaration_deletion.erase",
        "evidence.remove",
        "measures.remove",
        "awards.delete",
        "awards.remove_juror",
        "awards.remove_nomination",
        "awards_of_company.withdraw",
        "groups_of_company.leave",
        "working_groups.delete",
        "working_groups.take_out",
        "own_examples.remove",
        "own_examples.remove_contact",
        "own_examples.withdraw",
        "residue_board.dismiss",
        "residue_board.take_down",
        "residue_inquiries.take_back",
        "residue_neighbours.end",
        "residue_notices.remove",
        "member.leave",
        "member_file.delete_note",
        "member_file.remove",
        "member.remove",
        "operation.end_sign_ins",
        "operation.erase_person",
        "operation.lock_person",
        "operation.delete_cluster",
        "operation.delete_company",
        "operation.remove",
        "passkeys.remove",
        "people.revoke",
        "privacy.erase",
        "publication.withdraw",
        "reminders.stop",
        "review.end_conflict",
        "second_factor.decline",
        "second_factor.remove",
        "single_sign_on.unlink",
        "stock.delete",
    },
    "it only reads, or shows what would happen": {
        "lists.read",
        "company_export.take",
        "company_list.check",
        "company_list.revise",
        "measure_list.read",
        "measure_list.check",
        "figure_files.check",
        "offline.check",
        "from_file.check",
        "origin.check",
        "privacy.export",
    },
    "its form is counted once by a ticket that is kept without a time, or an answer has a version": {
        "poll.answer"
    },
    "it keeps nothing": {"outbox.check_sender", "outbox.send_test"},
    "it signs in or out, or proves who somebody is": {
        "account.sign_out_everywhere",
        "account.sign_out_one",
        "fresh.confirm",
        "passkeys.options",
        "passkeys.options_for_new",
        "passkeys.sign_in",
        "second_factor.renew_codes",  # each time new codes in place of the ones before
        "second_step.check",
        "security.change_password",
        "security.forgot_password",  # at most five mails an hour
        "security.login",
        "security.logout",
        "security.reset_password",
        "single_sign_on.finish",
    },
}


@dataclass(frozen=True)
class Creation:
    """A form that creates a row: whose, on which page, where it goes, what is filled in, in which table."""

    who: str
    page: str
    table: str
    fields: dict[str, Any] = field(default_factory=dict)
    preview: dict[str, Any] = field(default_factory=dict)  # sent first, for the page with the form itself
    rows: int = 1

    def __str__(self) -> str:
        return self.table + self.page


CREATIONS = (
    Creation("owner", "/unternehmen/neu", "organisation", {"name": "Neu GmbH"}),
    Creation(
        "operator",
        "/betrieb/cluster",
        "cluster",
        {"cluster_name": "Cluster West", "email": "neu@example.org", "name": "Neu"},
    ),
    Creation(
        "owner",
        "/unternehmen/{own}/erklaerungen/neu",
        "declaration",
        {"reporting_year": "2024", "indicator_set": "gri", "language": "de"},
    ),
    Creation(
        "owner",
        "/unternehmen/{own}/personen/einladen",
        "invitation",
        {"email": "neu@example.org", "role": "editor"},
    ),
    Creation(
        "manager",
        "/cluster/{cluster}/team/einladen",
        "invitation",
        {"email": "neu@example.org", "name": "Neu"},
    ),
    Creation(
        "manager",
        "/cluster/{cluster}/mitglieder/einladen",
        "invitation",
        {"email": "neu@example.org", "company": "Neu GmbH"},
    ),
    Creation(
        "owner",
        "/erklaerungen/{own_declaration}/beitraege/neu?kriterium=1",
        "invitation",
        {"email": "neu@example.org", "name": "Neu"},
    ),
    Creation(
        "manager",
        "/cluster/{cluster}/textbausteine/neu",
        "stock_remark",
        {"title": "Satz", "text_de": "Bitte ergänzen."},
    ),
    Creation(
        "manager",
        "/cluster/{cluster}/umfragen/neu",
        "poll",
        {"question": "Wie war es?", "kind": "scale", "choices": "schlecht\ngut"},
    ),
    Creation(
        "manager",
        "/cluster/{cluster}/nachricht",
        "mail",
        {"action": "send"},
        preview={"subject": "Guten Tag", "text": "Bitte melden.", "action": "preview"},
        rows=2,  # to two people of the company
    ),
    Creation(
        "owner",
        "/erklaerungen/{own_declaration}/rechner/energy/zeilen/neu?art=electricity",
        "calculation_line",
        {"f-quantity": "100"},
    ),
    Creation(
        "owner",
        "/erklaerungen/{own_declaration}/anmerkungen/1",
        "remark",
        {"text": "Bitte prüfen.", "audience": "company"},
    ),
)


def test_f17_every_post_either_has_a_save_id_or_says_why_not(app: Flask) -> None:
    posts = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    creating = {endpoint for endpoint in posts if is_creating(app, endpoint)}
    listed = set.union(*NOT_CREATING.values())
    assert posts - creating - listed == set(), "mark the new view with @creates, or say here why not"
    assert listed & creating == set()
    assert listed - posts == set(), "listed, but gone"


def test_f17_every_form_to_a_view_that_creates_has_a_save_id(app: Flask) -> None:
    """Templates whose forms name their view; the walk of the fuzz looks at those that stand on pages."""
    form = re.compile(r"<form[^>]*url_for\('([\w.]+)'.*?</form>", re.DOTALL)
    looked_at = set()
    for template in templates_folder().rglob("*.html"):
        for found in form.finditer(template.read_text("utf-8")):
            if is_creating(app, found[1]):
                looked_at.add(found[1])
                assert "save_id_field()" in found[0], f"{template}: {found[1]}"
    assert len(looked_at) > 10


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is refused for a machine that is slow today."""
    monkeypatch.setattr("dnk_tool.app.PAGE_PATIENCE_SECONDS", 60.0)
    monkeypatch.setattr("dnk_tool.store.write_queue.STANDSTILL_SECONDS", 60.0)


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize("creation", CREATIONS, ids=str)
def test_f17_ten_at_once_create_one(any_app: Flask, creation: Creation) -> None:
    world = make_world(any_app)
    page = creation.page.format(**vars(world))
    browsers = [signed_in(any_app, creation.who) for _ in range(AT_ONCE)]
    fields = form_fields(browsers[0].get(page).text)
    if creation.preview:
        fields = form_fields(browsers[0].post(page, data=fields | creation.preview).text)
    fields |= creation.fields
    assert re.fullmatch("[0-9a-f]{32}", fields[SAVE_ID_FIELD][0])
    before = count_rows(any_app, creation.table)
    answers = send_at_once(browsers, page, fields)
    assert {status for status, _location in answers} == {303}, answers
    assert len({location for _status, location in answers}) == 1
    assert count_rows(any_app, creation.table) - before == creation.rows


def test_f17_files_sent_twice_are_kept_once(any_app: Flask) -> None:
    world = make_world(any_app)
    client = signed_in(any_app, "owner")
    page = f"/erklaerungen/{world.own_declaration}/belege/neu"
    fields = form_fields(client.get(page).text)
    answers = []
    for content in (b"Strom 2025", b"Strom 2025", b"Gas 2025"):
        file = {"files": (io.BytesIO(content), "rechnung.txt")}
        answer = client.post(page, data=fields | file, content_type="multipart/form-data")
        assert answer.status_code == 303, answer.text
        answers.append(answer.location)
    assert answers[0] == answers[1]
    assert count_rows(any_app, "evidence_file") == 2, "other content is another file"


def test_f17_the_same_page_with_other_words_creates_another(any_app: Flask) -> None:
    """Who goes back and changes something loses nothing."""
    make_world(any_app)
    client = signed_in(any_app, "owner")
    fields = form_fields(client.get("/unternehmen/neu").text)
    before = count_rows(any_app, "organisation")
    for name in ("Erste GmbH", "Zweite GmbH", "Erste GmbH"):
        assert client.post("/unternehmen/neu", data=fields | {"name": name}).status_code == 303
    assert count_rows(any_app, "organisation") - before == 2


def test_f17_a_refused_form_can_be_sent_again(any_app: Flask) -> None:
    make_world(any_app)
    client = signed_in(any_app, "owner")
    fields = form_fields(client.get("/unternehmen/neu").text)
    assert [client.post("/unternehmen/neu", data=fields).status_code for _ in range(2)] == [422, 422]
    assert client.post("/unternehmen/neu", data=fields | {"name": "Neu GmbH"}).status_code == 303


def test_f17_a_save_id_of_somebody_else_means_nothing(any_app: Flask) -> None:
    make_world(any_app)
    owner, stranger = signed_in(any_app, "owner"), signed_in(any_app, "stranger")
    fields = {**form_fields(owner.get("/unternehmen/neu").text), "name": "Neu GmbH"}
    locations = {
        post(client, "/unternehmen/neu", fields).location for client in (owner, stranger, owner, stranger)
    }
    assert len(locations) == 2


@pytest.mark.parametrize("save_id", [None, "", "x" * 65])
def test_f17_a_form_without_a_save_id_works(any_app: Flask, save_id: str | None) -> None:
    make_world(any_app)
    client = signed_in(any_app, "owner")
    fields = {"name": "Neu GmbH"} | ({} if save_id is None else {SAVE_ID_FIELD: save_id})
    before = count_rows(any_app, "organisation")
    assert [post(client, "/unternehmen/neu", fields).status_code for _ in range(2)] == [303, 303]
    assert count_rows(any_app, "organisation") - before == 2
    assert count_rows(any_app, "sent_form") == 0


def test_f17_no_secret_link_is_kept(app: Flask, world: World) -> None:
    """A registration leads to the sign-in; an invitation may lead back to its own address."""
    owner = signed_in(app, "owner")
    fields = form_fields(owner.get(f"/unternehmen/{world.own}/personen/einladen").text)
    owner.post(
        f"/unternehmen/{world.own}/personen/einladen",
        data=fields | {"email": "neu@example.org", "role": "editor"},
    )
    with database_session(app) as session:
        [body] = session.scalars(select(Mail.body).where(Mail.recipient == "neu@example.org"))
        [token] = re.findall(r"/einladung/(\S+)", body)
        make_account(session, "neu@example.org")
    invited = signed_in(app, "neu")
    path = f"/einladung/{token}"
    fields = form_fields(invited.get(path).text)
    first, second = (invited.post(path, data=fields) for _ in range(2))
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert first.status_code == 303
    with database_session(app) as session:
        kept = [(row.key, row.location) for row in session.scalars(select(SentForm))]
    assert kept
    assert token not in repr(kept)


def test_f17_sent_forms_are_forgotten_after_hours(app: Flask, world: World) -> None:
    client = signed_in(app, "owner")
    fields = {**form_fields(client.get("/unternehmen/neu").text), "name": "Neu GmbH"}
    post(client, "/unternehmen/neu", fields)
    factory, settings = app.extensions["dnk_session_factory"], app.extensions["dnk_settings"]
    now = datetime.now(UTC)
    retention.remove_expired(factory, settings, now=now + timedelta(hours=1))
    assert count_rows(app, "sent_form") == 1
    retention.remove_expired(factory, settings, now=now + timedelta(hours=7))
    assert count_rows(app, "sent_form") == 0


def test_f17_a_form_that_was_kept_through_a_sign_in_is_still_the_same(app: Flask, world: World) -> None:
    """The page that sends typed text again holds the id of the page before."""
    client = signed_in(app, "owner")
    fields = form_fields(client.get("/unternehmen/neu").text) | {"name": "Neu GmbH"}
    client.post("/unternehmen/neu", data=fields)
    shown = client.post("/unternehmen/neu", data=fields | {"csrf_token": "old"})
    assert shown.status_code == 400
    again = form_fields(shown.text)
    assert again[SAVE_ID_FIELD] == fields[SAVE_ID_FIELD]
    assert client.post("/unternehmen/neu", data=again).status_code == 303
    with database_session(app) as session:
        assert len(session.scalars(select(Organisation).where(Organisation.name == "Neu GmbH")).all()) == 1


def count_rows(app: Flask, table: str) -> int:
    rows: Table = schema.metadata().tables[table]
    with database_session(app) as session:
        return session.scalar(select(func.count()).select_from(rows)) or 0


def send_at_once(browsers: list[FlaskClient], path: str, fields: dict[str, Any]) -> list[tuple[int, str]]:
    """Send the same form from all browsers of a person at the same moment."""
    ready, answers = threading.Barrier(len(browsers)), []
    tokens = [token_of(client) for client in browsers]

    def send(client: FlaskClient, token: str) -> None:
        ready.wait(60)
        answer = client.post(path, data=MultiDict(fields | {"csrf_token": token}))
        answers.append((answer.status_code, answer.location))

    threads = [threading.Thread(target=send, args=pair) for pair in zip(browsers, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(answers) == len(browsers)
    return answers


def test_f17_a_form_that_waits_for_a_proof_is_carried_out_after_it(app: Flask, world: World) -> None:
    """The way to the proof is no answer to remember."""
    client = signed_in(app, "operator")
    fields = form_fields(client.get("/betrieb/cluster").text)
    fields |= {"cluster_name": "Cluster West", "email": "neu@example.org", "name": "Neu"}
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=30)):
        asked = client.post("/betrieb/cluster", data=fields)
        assert asked.status_code == 303
        assert "/konto/bestaetigen" in asked.location
        shown = post(client, "/konto/bestaetigen", {"password": PASSWORD, "next": "/betrieb/cluster"})
        again = form_fields(shown.text)
        assert again[SAVE_ID_FIELD] == fields[SAVE_ID_FIELD]
        before = count_rows(app, "cluster")
        answers = [client.post("/betrieb/cluster", data=again) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location != asked.location
    assert count_rows(app, "cluster") - before == 1
