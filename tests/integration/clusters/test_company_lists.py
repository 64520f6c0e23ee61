"""A list of companies: read, corrected, looked at as a mail, and sent; nothing is kept before that."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.services.clusters import company_list, invitations
from dnk_tool.services.clusters import consent as cluster_joins
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.uploads.csv_tables import MAX_FILE_BYTES
from dnk_tool.store.accounts.queries import by_email
from dnk_tool.store.tables.clusters import Cohort, Consent
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.mail import Mail
from tests.contract.test_routes import table_digests
from tests.journey import forty_companies
from tests.support.app import (
    WORDING,
    World,
    add_consent,
    database_session,
    form_fields,
    make_account,
    make_organisation,
    post,
    token_of,
)
from tests.support.browsers import signed_in

LIST = """Unternehmen;E-Mail;Ansprechpartner;Sprache
Beck GmbH;Anna@Beck.example;Anna Beck;de
Ohne Adresse KG;;;
Kaputt AG;kein at zeichen;;
BECK GmbH;anna@beck.example;;
A GmbH;neu@a.example;;
Roth Ltd;jo@roth.example;Jo Roth;en
"""

Upload = Callable[..., TestResponse]


@pytest.fixture
def upload(manager: FlaskClient, world: World) -> Upload:
    def send(content: str | bytes, name: str = "liste.csv", **more: Any) -> TestResponse:
        # Written out by hand: the test client would leave a large body's temporary file open.
        raw = content.encode() if isinstance(content, str) else content
        fields = {"csrf_token": token_of(manager), **more}
        part = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
        parts = [part.format(*field) for field in fields.items()]
        head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = "".join([*parts, head]).encode() + raw + b"\r\n--x--\r\n"
        path = f"/cluster/{world.cluster}/mitglieder/liste"
        return manager.post(path, data=body, content_type="multipart/form-data; boundary=x")

    return send


@pytest.fixture
def press(manager: FlaskClient, world: World) -> Callable[..., TestResponse]:
    def send(page: str, action: str, to: str = "pruefen", **more: str) -> TestResponse:
        """Press a button of the page, with some fields changed."""
        path = f"/cluster/{world.cluster}/mitglieder/liste/{to}"
        data = form_fields(page) | {name.replace("_", "-"): text for name, text in more.items()}
        return manager.post(path, data=data | {"action": action}, follow_redirects=True)

    return send


Press = Callable[..., TestResponse]


def send_rows(press: Press, page: str, message: str = "") -> TestResponse:
    """Look at the mail of a page of rows, with the message, and send."""
    mail = press(page, "mail").text
    if message:
        mail = press(mail, "mail-1", "einladen", message=message).text
    return press(mail, "send", "einladen", message=message)


def row_notes(page: str) -> dict[int, str]:
    """What the page says of its rows, by their numbers."""
    notes = re.findall(r'id="[a-z]+-(\d+)-note">(.*?)</span><input', re.sub(r"\s*\n\s*", "", page), re.DOTALL)
    return {int(number): re.sub(r"<.*?>", "", note).removeprefix("Fehler:").strip() for number, note in notes}


def joined_company(session: Session, world: World, invited_as: str, name: str) -> Consent:
    """A company that an adviser brought in, perhaps under another name."""
    adviser = by_email(session, "rat@rat.example") or make_account(session, "rat@rat.example")
    _row, token = secret_links.create_invitation(
        session,
        InvitationKind.COMPANY,
        email=adviser.email,
        company=invited_as,
        language="de",
        by=None,
        now=datetime.now(UTC),
        cluster_id=world.cluster,
    )
    return cluster_joins.accept_company_invitation(
        session,
        token,
        account=adviser,
        organisation_id=None,
        new_name=name,
        aggregates_from=None,
        wording=WORDING,
        now=datetime.now(UTC),
    )


def all_invited(app: Flask) -> list[tuple[str, str, str, str]]:
    with database_session(app) as session:
        rows = session.scalars(select(Invitation).order_by(Invitation.id))
        return [
            (invitation.company, invitation.email, invitation.name, invitation.language)
            for invitation in rows
        ]


def test_the_rows_name_faults_and_nothing_is_kept(app: Flask, upload: Upload) -> None:
    before = table_digests(app)
    page = upload(LIST)
    assert page.status_code == 200
    assert "2 bereit zum Einladen · 2 zu verbessern · 2 ausgelassen." in page.text
    assert row_notes(page.text) == {
        3: "Es steht keine E-Mail-Adresse da.",
        4: "Das ist keine E-Mail-Adresse.",
        5: "Steht mit derselben Adresse schon in Zeile 2.",
        6: "Gehört schon zum Cluster.",
    }
    changed = {name for name, rows in table_digests(app).items() if rows != before[name]}
    assert changed <= {"sign_in"}  # when the browser was seen last


def test_a_pasted_list_is_read_like_a_file(manager: FlaskClient, world: World) -> None:
    path = f"/cluster/{world.cluster}/mitglieder/liste"
    page = post(manager, path, {"list": LIST.replace(";", "\t")})
    assert "2 bereit zum Einladen" in page.text
    empty = post(manager, path, {"list": " \n"})
    assert empty.status_code == 422
    refused = post(manager, path, {"list": 'Firma;Mail\n"Beck;a@b.example\nRot;b@b.example'})
    assert refused.status_code == 422
    assert "&#34;Beck;a@b.example" in refused.text  # what was pasted stays


def test_forty_companies_with_ten_faults_behind_a_cover_sheet(
    app: Flask, manager: FlaskClient, upload: Upload, press: Press, world: World
) -> None:
    with database_session(app) as session:
        add_consent(session, make_organisation(session, forty_companies.MEMBER).id, world.cluster)
        withdrawn = datetime(2025, 11, 27, tzinfo=UTC)
        gone = make_organisation(session, forty_companies.WITHDRAWN).id
        add_consent(session, gone, world.cluster, withdrawn_at=withdrawn)
    page = upload(forty_companies.company_workbook(), "crm.xlsx").text
    assert "30 bereit zum Einladen · 5 zu verbessern · 3 zu entscheiden · 2 ausgelassen." in page
    assert re.search(r'<option value="1" selected>Mitglieder \(\d+ Zeilen\)</option>', page)
    first = forty_companies.FIRST_FAULTY
    assert row_notes(page) == {
        first: "Nach dem @ fehlt ein Punkt, etwa vor „de“.",
        first + 1: "Es fehlt der Name des Unternehmens.",
        first + 2: "Das ist eine Telefonnummer.",
        first + 3: "Zwei Punkte stehen nacheinander.",
        first + 4: "Es steht keine E-Mail-Adresse da.",
        first + 5: f"Steht mit derselben Adresse schon in Zeile {forty_companies.FIRST_ROW}.",
        first + 6: "Gehört schon zum Cluster.",
        first + 7: "Heißt fast wie das Mitglied „Tischlerei Sommer GmbH“.",
        first + 8: "Hat am 27.11.2025 die Einwilligung widerrufen.",
        first + 9: f"Heißt fast wie Zeile {forty_companies.FIRST_ROW + 1}, Bäckerei Pohlmann GmbH.",
    }
    corrected = {
        f"{field}_{first + place}": text for (place, field), text in forty_companies.CORRECTIONS.items()
    }
    page = press(page, "again", **corrected, **{f"decision_{first + 8}": "invite"}).text
    assert "35 bereit zum Einladen · 1 zu verbessern · 4 ausgelassen." in page
    assert "Entschieden (3)" in page
    left = press(page, "left-out")
    assert left.headers["Content-Disposition"] == 'attachment; filename="Nicht eingeladen.csv"'
    file = csv.reader(io.StringIO(left.data.decode("utf-8-sig")), delimiter=";")
    assert [(row[0], row[5]) for row in file][1:] == [
        (forty_companies.FAULTY[place][0], str(first + place)) for place in (4, 5, 6, 7, 9)
    ]
    assert all_invited(app) == []
    answer = send_rows(press, page)
    assert "35 Einladungen sind angelegt, aber nicht gesendet" in answer.text
    invited = all_invited(app)
    assert len(invited) == 35
    assert invited[0] == ("Bäckerei Krüger GmbH", "firma1@firma.example", "Kim Krüger", "de")
    assert {company for company, *_ in invited} >= {"Ingenieurbüro Kessler", forty_companies.WITHDRAWN}


def test_another_sheet_and_other_columns_are_read_as_chosen(upload: Upload, press: Press) -> None:
    page = upload(forty_companies.company_workbook(), "crm.xlsx").text
    cover = press(page, "again", sheet="0").text
    assert "Sagen Sie, in welcher Spalte die E-Mail-Adresse steht." in cover
    assert "Zu verbessern" not in cover
    back = press(cover, "again", sheet="1").text
    assert row_notes(back) == row_notes(page)
    first = forty_companies.FIRST_FAULTY
    other = press(page, "again", column_company="6", **{f"email_{first}": "p@feinkost.example"})
    assert other.status_code == 200
    assert 'value="Bielefeld"' in other.text
    assert 'value="p.simon@feinkost"' not in other.text
    twice = press(page, "mail", column_company="5")
    assert twice.status_code == 422
    assert twice.text.count("Diese Spalte ist zweimal gewählt.") == 4  # at both fields, and above
    missing = press(page, "mail", column_email="")
    assert missing.status_code == 422
    assert "Sagen Sie, in welcher Spalte die E-Mail-Adresse steht." in missing.text


def test_guessed_columns_are_marked_until_somebody_has_seen_them(upload: Upload, press: Press) -> None:
    page = upload("Name;Kontakt;Telefon;Mailadresse\nBeck GmbH;Anna Beck;0521 4488;a@beck.example\n").text
    assert page.count("vermutet") == 2
    assert re.findall(r'<option value="\d" selected>(.*?)</option>', page) == [
        "A „Name“", "D „Mailadresse“", "B „Kontakt“",
    ]  # fmt: skip
    assert "Nicht gebraucht: C „Telefon“" in page
    assert "vermutet" not in press(page, "again").text


def test_a_company_that_declined_is_asked_about(
    app: Flask, upload: Upload, press: Press, world: World
) -> None:
    send_rows(press, upload("Firma;E-Mail\nBeck GmbH;anna@beck.example\n").text)
    with database_session(app) as session:
        [row] = session.scalars(select(Invitation))
        row.declined_at = row.revoked_at = datetime(2026, 1, 2, tzinfo=UTC)
    page = upload("Firma;E-Mail\nBeck;info@beck.example\n").text
    assert row_notes(page) == {2: "Hat am 02.01.2026 abgesagt."}
    assert "0 bereit zum Einladen · 1 zu entscheiden" in page
    send_rows(press, press(page, "again", decision_2="invite").text)
    assert [email for _company, email, *_ in all_invited(app)] == ["anna@beck.example", "info@beck.example"]


def test_a_faulty_row_is_left_out_and_comes_back(upload: Upload, press: Press) -> None:
    page = press(upload(LIST).text, "again", decision_3="leave-out").text
    assert "1 zu verbessern · 3 ausgelassen" in page
    again = {name: text for name, text in form_fields(page).items() if name != "decision-3"}
    assert again["email-3"] == [""]
    back = press(page, "again", decision_3="").text
    assert "2 zu verbessern · 2 ausgelassen" in back


def test_many_faults_are_shown_some_at_a_time(upload: Upload, press: Press) -> None:
    page = upload("Firma;Mail\n" + "".join(f"Firma {number};a@{number}\n" for number in range(2, 27))).text
    assert "Und 15 weitere." in page
    assert sorted(row_notes(page)) == list(range(2, 12))
    corrected = {f"email_{number}": f"a@{number}.example" for number in range(2, 12)}
    page = press(page, "again", **corrected).text
    assert "10 bereit zum Einladen · 15 zu verbessern" in page
    assert sorted(row_notes(page)) == list(range(12, 22))


def test_the_mail_is_shown_as_it_will_be_sent(
    app: Flask, upload: Upload, press: Press, manager: FlaskClient
) -> None:
    mail = press(upload(LIST).text, "mail").text
    assert "2 jetzt einladen" in mail
    for inserted in ("anna@beck.example", "Anna Beck", "Beck GmbH"):
        assert f"<mark>{inserted}</mark>" in mail
    second = press(mail, "mail-2", "einladen", message="Wir kennen <b>uns</b>").text
    assert "<mark>Wir kennen &lt;b&gt;uns&lt;/b&gt;</mark>" in second
    assert "<strong>Invitation from" in second
    assert all_invited(app) == []
    press(second, "send", "einladen", message="Wir kennen <b>uns</b>")
    with database_session(app) as session:
        german, english = session.scalars(select(Mail).order_by(Mail.id))
    assert german.reply_to == english.reply_to == "manager@example.org"
    shown = re.sub(r"</?mark>", "", re.findall(r'dnk-text" lang="en">(.*?)</div>', second, re.DOTALL)[0])
    link = "Link to the invitation, a different one for each company"
    expected = re.sub(r"https?://\S+", link, english.body).strip()
    assert unescape(shown).split() == expected.split()


def test_a_message_is_looked_at_before_it_is_sent(app: Flask, upload: Upload, press: Press) -> None:
    mail = press(upload(LIST).text, "mail").text
    answer = press(mail, "send", "einladen", message="Guten Morgen")
    assert answer.status_code == 409
    assert "Ihre Nachricht steht jetzt in der Vorschau. Noch ist nichts gesendet." in answer.text
    assert all_invited(app) == []
    press(answer.text, "send", "einladen")
    assert len(all_invited(app)) == 2


def test_confirmed_rows_are_invited_once_in_their_language(app: Flask, upload: Upload, press: Press) -> None:
    mail = press(upload(LIST).text, "mail").text
    assert "2 Einladungen sind angelegt, aber nicht gesendet" in press(mail, "send", "einladen").text
    press(mail, "send", "einladen")  # a second press of the same button
    assert all_invited(app) == [
        ("Beck GmbH", "anna@beck.example", "Anna Beck", "de"),
        ("Roth Ltd", "jo@roth.example", "Jo Roth", "en"),
    ]
    with database_session(app) as session:
        german, english = session.scalars(select(Mail).order_by(Mail.id))
    assert "Guten Tag Anna Beck" in german.body
    assert (german.language, english.language) == ("de", "en")
    assert "/einladung/unternehmen/" in english.body
    again = upload(LIST).text
    assert sum("Ist schon eingeladen." in note for note in row_notes(again).values()) == 3
    assert "bereit zum Einladen" in again
    assert "Weiter: E-Mail" not in again


def test_rows_without_a_language_take_the_chosen_one(app: Flask, upload: Upload, press: Press) -> None:
    page = upload("Beck GmbH,anna@beck.example\n").text
    page = press(page, "again", column_language="all-en").text
    send_rows(press, page)
    assert all_invited(app) == [("Beck GmbH", "anna@beck.example", "", "en")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Fügen Sie die Liste ein, oder wählen Sie eine Datei aus."),
        (b";;\n", "In dieser Datei steht nichts."),
        (b"\x89PNG\r\n\x00\x00", "Das ist ein Bild, keine Tabelle."),
        (b"%PDF-1.7\n", "Das ist ein PDF, keine Tabelle."),
        (b"\xd0\xcf\x11\xe0old", "Das ist eine alte Excel-Datei oder eine mit Passwort."),
        (b"PK\x03\x04broken", "Diese Excel-Datei lässt sich nicht lesen."),
        (b"x" * (MAX_FILE_BYTES + 1), "Diese Datei ist zu groß."),
        (b"a;a@b.example\n" * 2_002, "Diese Liste hat zu viele Zeilen. Möglich sind 2.000"),
        (b'a;b\n"a;a@b.example\nb;b@b.example\n', "In Zeile 2 beginnt ein Anführungszeichen"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_a_reason(
    app: Flask, upload: Upload, content: bytes, message: str
) -> None:
    answer = upload(content)
    assert answer.status_code == 422
    assert answer.text.count(message) == 2
    assert all_invited(app) == []


def test_only_what_was_looked_at_can_be_sent(
    app: Flask, manager: FlaskClient, upload: Upload, press: Press, world: World
) -> None:
    fields = form_fields(press(upload(LIST).text, "mail").text)
    rows, seen = fields["rows"][0], fields["seen"][0]
    for to in ("einladen", "pruefen"):
        path = f"/cluster/{world.cluster}/mitglieder/liste/{to}"
        for forged in ("", "x", rows[:-3] + "abc", "ä"):
            answer = post(manager, path, {"rows": forged, "seen": seen, "action": "send"})
            assert answer.status_code == 422
            assert "Diese Vorschau gilt nicht mehr." in answer.text
    other = signed_in(app, "outsider")
    theirs = f"/cluster/{world.foreign_cluster}/mitglieder/liste/einladen"
    assert post(other, theirs, {"rows": rows, "seen": seen, "action": "send"}).status_code == 422
    path = f"/cluster/{world.cluster}/mitglieder/liste/einladen"
    assert post(manager, path, {"rows": rows, "seen": "x", "action": "send"}).status_code == 409
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=company_list.MAX_AGE_SECONDS + 60)):
        late = signed_in(app, "manager")
        assert post(late, path, {"rows": rows, "seen": seen, "action": "send"}).status_code == 422
    assert all_invited(app) == []


def test_a_message_that_is_too_long_stays_with_its_rows(app: Flask, upload: Upload, press: Press) -> None:
    mail = press(upload(LIST).text, "mail").text
    answer = press(mail, "send", "einladen", message="x" * 2_001)
    assert answer.status_code == 422
    assert answer.text.count("höchstens 2000 Zeichen") == 2
    assert "x" * 2_001 in answer.text
    short = press(answer.text, "mail-1", "einladen", message="kurz").text
    press(short, "send", "einladen")
    assert len(all_invited(app)) == 2


def test_whoever_was_invited_meanwhile_is_not_invited_again(
    app: Flask, manager: FlaskClient, upload: Upload, press: Press, world: World
) -> None:
    mail = press(upload(LIST).text, "mail").text
    data = {"company": "Beck GmbH", "email": "anna@beck.example", "language": "de"}
    assert post(manager, f"/cluster/{world.cluster}/mitglieder/einladen", data).status_code == 303
    answer = press(mail, "send", "einladen")
    assert answer.status_code == 409
    assert "Seit der Vorschau hat sich etwas geändert" in answer.text
    assert "1 jetzt einladen" in answer.text
    with database_session(app) as session:
        add_consent(session, make_organisation(session, "ROTH LTD").id, world.cluster)
    nobody = press(answer.text, "send", "einladen")
    assert "0 bereit zum Einladen" in nobody.text
    assert len(all_invited(app)) == 1


def test_one_person_may_answer_for_several_companies(
    app: Flask, upload: Upload, press: Press, world: World
) -> None:
    with database_session(app) as session:
        joined_company(session, world, "Beck GmbH", "Beck Holzbau GmbH")
        joined_company(session, world, "Ende KG", "Ende KG").withdrawn_at = datetime(2026, 1, 2, tzinfo=UTC)
    rows = "Firma;E-Mail\nBeck GmbH;rat@rat.example\nEnde KG;rat@rat.example\nNeu AG;rat@rat.example\n"
    page = upload(rows).text
    assert row_notes(page) == {
        2: "Gehört schon zum Cluster.",
        3: "Hat am 02.01.2026 die Einwilligung widerrufen.",
        4: "An diese Adresse ging schon eine Einladung für „Beck GmbH“.",
    }
    assert "1 bereit zum Einladen" in page
    mail = press(press(page, "again", decision_3="invite").text, "mail").text
    assert "2 jetzt einladen" in mail
    assert "E-Mail 1 von" not in mail  # one mail for both
    press(mail, "send", "einladen")
    assert [invitation[0] for invitation in all_invited(app)] == ["Beck GmbH", "Ende KG", "Ende KG", "Neu AG"]
    with database_session(app) as session:
        [letter] = session.scalars(select(Mail))
    assert "- Ende KG\n- Neu AG\n" in letter.body
    assert len(re.findall(r"(Ende KG|Neu AG)\nhttp\S+/einladung/unternehmen/\S+\n", letter.body)) == 2
    again = row_notes(upload(rows).text)
    assert [again[3], again[4]] == ["Ist schon eingeladen. Die Einladung steht unter „Mitglieder“."] * 2


def test_the_hour_allows_so_many_and_the_same_list_goes_on_later(
    app: Flask,
    manager: FlaskClient,
    upload: Upload,
    press: Press,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(invitations, "MAX_PER_HOUR", 3)
    rows = "\n".join(f"Firma {number};a{number}@firma.example" for number in range(5))
    mail = press(upload(rows).text, "mail").text
    assert "3 jetzt einladen" in mail
    answer = press(mail, "send", "einladen")
    assert "3 Einladungen sind angelegt, aber nicht gesendet" in answer.text
    assert "Noch nicht eingeladen sind 2" in answer.text
    assert "jetzt einladen" not in press(upload(rows).text, "mail").text
    data = {"company": "Noch eine", "email": "noch@eine.example", "language": "de"}
    assert post(manager, f"/cluster/{world.cluster}/mitglieder/einladen", data).status_code == 429
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61), tick=False):
        send_rows(press, upload(rows).text)
    assert [invitation[0] for invitation in all_invited(app)] == [f"Firma {number}" for number in range(5)]


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_empty_template_reads_as_no_row(
    manager: FlaskClient, upload: Upload, world: World, language: str
) -> None:
    manager.get(f"/sprache/{language}")
    file = manager.get(f"/cluster/{world.cluster}/mitglieder/liste/vorlage.csv").data
    heads = {
        "de": "Unternehmen;E-Mail;Ansprechperson;Sprache;Kohorte",
        "en": "Company;Email;Contact person;Language;Cohort",
    }
    assert file.decode("utf-8-sig") == f"{heads[language]}\r\n"
    page = upload(file + "Müller GmbH;a@müller.example;Ä. Müller;en\r\n".encode()).text
    assert {"de": "1 bereit zum Einladen.", "en": "1 ready to be invited."}[language] in page
    assert "Ä. Müller" in page
    assert "vermutet" not in page


def test_hostile_cells_stay_words(upload: Upload, press: Press) -> None:
    page = upload('Firma;Mail\n<script>alert(1)</script>;a@b.example\n"=cmd()";<b>@x.example\n').text
    assert "<script>alert" not in page
    assert "<b>@x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "'=cmd()" in press(page, "left-out").text
    assert "<script>alert" not in press(page, "mail").text


@pytest.mark.parametrize(
    "fields",
    [
        {"sheet": "7"},
        {"sheet": "-1", "column_company": "99", "column_email": "٣"},
        {"column_language": "all-fr", "column_name": "0"},
        {"decision_2": "maybe", "email_2": "x" * 500, "company_2": " \t ", "language_2": "\u202e"},
        {"decision_999": "invite", "email_999": "a@b.example"},
    ],
)
def test_fields_that_no_page_offers_do_no_harm(
    app: Flask, upload: Upload, press: Press, fields: dict[str, str]
) -> None:
    page = upload(forty_companies.company_workbook()).text
    for action in ("again", "left-out", "mail", "send"):
        assert press(page, action, **fields).status_code in (200, 400, 422)
    assert all_invited(app) == []


def test_companies_join_the_cohort_of_their_row_or_that_of_all(
    app: Flask, world: World, upload: Upload, press: Press
) -> None:
    with database_session(app) as session:
        autumn, spring, archived = (
            Cohort(cluster_id=world.cluster, reporting_year=2025, name=name, created_at=datetime.now(UTC))
            for name in ("Herbst", "Frühling", "Winter")
        )
        archived.archived_at = datetime.now(UTC)
        session.add_all([autumn, spring, archived])
        session.flush()
        ids = autumn.id, spring.id
    rows = (
        "Firma;Mail;Kohorte\nAuer KG;a@a.example;\nBlum KG;b@b.example;frühling\nCord KG;c@c.example;Winter\n"
    )
    page = upload(rows, cohort=str(ids[0])).text
    assert list(row_notes(page)) == [4]
    assert row_notes(page)[4].startswith("Diese Kohorte steht nicht zur Wahl.")
    mail = press(page, "mail", cohort_4="Frühling, 2025").text
    assert "Frühling, 2025 (2) · Herbst, 2025 (1)" in mail
    press(mail, "send", "einladen")
    with database_session(app) as session:
        found = session.scalars(select(Invitation).order_by(Invitation.company))
        joins = {one.company: one.cohort_id for one in found if one.company.endswith("KG")}
    assert joins == {"Auer KG": ids[0], "Blum KG": ids[1], "Cord KG": ids[1]}
