"""A list of companies: uploaded, looked at, corrected, and sent; nothing is kept before that."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.services.clusters import invitation_limit
from dnk_tool.services.clusters import join as cluster_joins
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.uploads.csv_tables import MAX_FILE_BYTES
from dnk_tool.store.accounts.queries import by_email
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.mail import Mail
from tests.contract.test_routes import tables
from tests.support.app import (
    WORDING,
    World,
    add_consent,
    database_session,
    form_fields,
    make_account,
    make_organisation,
    post,
    sign_in,
    token_of,
)

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
def manager(app: Flask, world: World) -> FlaskClient:
    client = app.test_client()
    sign_in(client, "manager@example.org")
    return client


@pytest.fixture
def upload(manager: FlaskClient, world: World) -> Upload:
    def send(content: str | bytes, name: str = "liste.csv", **more: Any) -> TestResponse:
        # Written out by hand: the test client would leave a large body's temporary file open.
        raw = content.encode() if isinstance(content, str) else content
        fields = {"language": "de", "csrf_token": token_of(manager), **more}
        part = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
        parts = [part.format(*field) for field in fields.items()]
        head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = "".join([*parts, head]).encode() + raw + b"\r\n--x--\r\n"
        path = f"/cluster/{world.cluster}/mitglieder/liste"
        return manager.post(path, data=body, content_type="multipart/form-data; boundary=x")

    return send


def confirm(manager: FlaskClient, world: World, page: str, **more: str) -> TestResponse:
    path = f"/cluster/{world.cluster}/mitglieder/liste/einladen"
    return manager.post(path, data=form_fields(page) | more, follow_redirects=True)


def said(page: str) -> list[str]:
    """What the preview says of rows that are left out, or to be looked at."""
    return re.findall(r"<strong>(Zeile \d+:</strong> .*)</span></li>", page)


def joined(session: Session, world: World, invited_as: str, name: str) -> Consent:
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


def sent(app: Flask) -> list[tuple[str, str, str, str]]:
    with database_session(app) as session:
        rows = session.scalars(select(Invitation).order_by(Invitation.id))
        return [
            (invitation.company, invitation.email, invitation.name, invitation.language)
            for invitation in rows
        ]


def test_the_preview_names_good_rows_and_faults_and_keeps_nothing(app: Flask, upload: Upload) -> None:
    before = tables(app)
    page = upload(LIST)
    assert page.status_code == 200
    assert "2 Unternehmen können eingeladen werden." in page.text
    assert "4 Zeilen werden ausgelassen." in page.text
    for number, text in (
        (3, "Es steht keine E-Mail-Adresse da."),
        (4, "„kein at zeichen“ ist keine E-Mail-Adresse."),
        (5, "Dieses Unternehmen steht mit derselben Adresse schon in Zeile 2."),
        (6, "Gehört schon zum Cluster."),
    ):
        assert f"<strong>Zeile {number}:</strong> {text}" in page.text
    changed = {name for name, rows in tables(app).items() if rows != before[name]}
    assert changed <= {"sign_in"}  # when the browser was seen last


def test_confirmed_rows_are_invited_in_their_language(
    app: Flask, manager: FlaskClient, upload: Upload, world: World
) -> None:
    answer = confirm(manager, world, upload(LIST).text, message="Wir kennen uns\r\nvom {{ 7*7 }} Stammtisch.")
    assert "2 Einladungen sind angelegt, aber nicht gesendet" in answer.text
    assert sent(app) == [
        ("Beck GmbH", "anna@beck.example", "Anna Beck", "de"),
        ("Roth Ltd", "jo@roth.example", "Jo Roth", "en"),
    ]
    with database_session(app) as session:
        german, english = session.scalars(select(Mail).order_by(Mail.id))
    assert "Wir kennen uns\nvom {{ 7*7 }} Stammtisch." in german.body
    assert "Guten Tag Anna Beck" in german.body
    assert (german.language, english.language) == ("de", "en")
    assert "/einladung/unternehmen/" in english.body
    again = upload(LIST).text
    assert again.count("Ist schon eingeladen.") == 3
    assert "Einladungen senden" not in again


def test_what_the_list_names_no_language_for_takes_the_chosen_one(
    app: Flask, manager: FlaskClient, upload: Upload, world: World
) -> None:
    page = upload("Beck GmbH,anna@beck.example\n", language="en").text
    confirm(manager, world, page)
    assert sent(app) == [("Beck GmbH", "anna@beck.example", "", "en")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Wählen Sie eine Datei aus, in der etwas steht."),
        (b";;\n", "In dieser Datei steht nichts."),
        (b"\x89PNG\r\n\x00\x00", "Das ist keine Tabelle."),
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
    assert sent(app) == []


def test_only_what_was_looked_at_can_be_sent(
    app: Flask, manager: FlaskClient, upload: Upload, world: World
) -> None:
    rows = form_fields(upload(LIST).text)["rows"][0]
    path = f"/cluster/{world.cluster}/mitglieder/liste/einladen"
    for forged in ("", "x", rows[:-3] + "abc", rows.replace(".", "", 1)):
        answer = post(manager, path, {"rows": forged})
        assert answer.status_code == 422
        assert "Diese Vorschau gilt nicht mehr." in answer.text
    other = app.test_client()
    sign_in(other, "outsider@example.org")
    theirs = f"/cluster/{world.foreign_cluster}/mitglieder/liste/einladen"
    assert post(other, theirs, {"rows": rows}).status_code == 422
    assert sent(app) == []


def test_a_message_that_is_too_long_stays_with_its_rows(
    app: Flask, manager: FlaskClient, upload: Upload, world: World
) -> None:
    page = upload(LIST).text
    answer = confirm(manager, world, page, message="x" * 2_001)
    assert answer.status_code == 422
    assert answer.text.count("höchstens 2000 Zeichen") == 2
    assert "x" * 2_001 in answer.text
    assert said(answer.text) == said(page)
    assert len(said(page)) == 4
    confirm(manager, world, answer.text, message="kurz")
    assert len(sent(app)) == 2


def test_whoever_was_invited_meanwhile_is_passed_over(
    app: Flask, manager: FlaskClient, upload: Upload, world: World
) -> None:
    page = upload(LIST).text
    data = {"company": "Beck GmbH", "email": "anna@beck.example", "language": "de"}
    assert post(manager, f"/cluster/{world.cluster}/mitglieder/einladen", data).status_code == 303
    with database_session(app) as session:
        add_consent(session, make_organisation(session, "ROTH LTD").id, world.cluster)
    answer = confirm(manager, world, page)
    assert "2 Zeilen wurden übergangen" in answer.text
    assert len(sent(app)) == 1


def test_one_person_may_answer_for_several_companies(
    app: Flask, manager: FlaskClient, upload: Upload, world: World
) -> None:
    with database_session(app) as session:
        joined(session, world, "Beck GmbH", "Beck Holzbau GmbH")
        gone = joined(session, world, "Ende KG", "Ende KG")
        gone.withdrawn_at = datetime.now(UTC)
    rows = "Firma;E-Mail\nBeck GmbH;rat@rat.example\nEnde KG;rat@rat.example\nNeu AG;rat@rat.example\n"
    page = upload(rows).text
    assert "2 Unternehmen können eingeladen werden." in page
    notes = said(page)
    assert [note for note in notes if "Gehört schon zum Cluster." in note] == [
        "Zeile 2:</strong> Gehört schon zum Cluster."
        '<br><span class="dnk-quiet">Beck GmbH, rat@rat.example</span>'
    ]
    assert sum("ging schon eine Einladung für „Beck GmbH“" in note for note in notes) == 2
    confirm(manager, world, page)
    assert [invitation[0] for invitation in sent(app)] == ["Beck GmbH", "Ende KG", "Ende KG", "Neu AG"]
    with database_session(app) as session:
        [mail] = session.scalars(select(Mail))
    assert "- Ende KG\n- Neu AG\n" in mail.body
    assert len(re.findall(r"(Ende KG|Neu AG)\nhttp\S+/einladung/unternehmen/\S+\n", mail.body)) == 2
    again = upload(rows).text
    assert again.count("Ist schon eingeladen.") == 2


def test_a_company_invited_elsewhere_is_invited_and_the_manager_told(
    app: Flask, manager: FlaskClient, upload: Upload, world: World
) -> None:
    confirm(manager, world, upload(LIST).text)
    page = upload("Firma;E-Mail\nBeck GmbH;neu@beck.example\n").text
    assert "1 Unternehmen kann eingeladen werden." in page
    [note] = said(page)
    assert "Dieses Unternehmen ist schon eingeladen, an anna@beck.example." in note
    longer = confirm(manager, world, page, message="x" * 2_001).text
    assert said(longer) == [note]
    confirm(manager, world, longer, message="")
    assert sent(app)[-1][:2] == ("Beck GmbH", "neu@beck.example")


def test_titles_above_the_heads_leave_the_language_alone(
    app: Flask, manager: FlaskClient, upload: Upload, world: World
) -> None:
    titled = "Mitgliederliste 2026;;\n;;\nFirma;E-Mail;Sprache\nRoth Ltd;jo@roth.example;en\nOhne KG;;\n"
    page = upload(titled).text
    assert said(page) == [
        'Zeile 5:</strong> Es steht keine E-Mail-Adresse da.<br><span class="dnk-quiet">Ohne KG</span>'
    ]
    confirm(manager, world, page)
    assert sent(app) == [("Roth Ltd", "jo@roth.example", "", "en")]


def test_the_hour_allows_so_many_and_the_same_list_goes_on_later(
    app: Flask, manager: FlaskClient, upload: Upload, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitation_limit, "MAX_PER_HOUR", 3)
    rows = "\n".join(f"Firma {number};a{number}@firma.example" for number in range(5))
    page = upload(rows).text
    assert "3 Einladungen senden" in page
    answer = confirm(manager, world, page)
    assert "3 Einladungen sind angelegt, aber nicht gesendet" in answer.text
    assert "Noch nicht eingeladen sind 2" in answer.text
    stuck = upload(rows).text
    assert "Einladungen senden" not in stuck
    assert (
        post(
            manager,
            f"/cluster/{world.cluster}/mitglieder/einladen",
            {"company": "Noch eine", "email": "noch@eine.example", "language": "de"},
        ).status_code
        == 429
    )
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61), tick=False):
        confirm(manager, world, upload(rows).text)
    assert [invitation[0] for invitation in sent(app)] == [f"Firma {number}" for number in range(5)]


def test_the_empty_template_reads_as_no_row(manager: FlaskClient, upload: Upload, world: World) -> None:
    file = manager.get(f"/cluster/{world.cluster}/mitglieder/liste/vorlage.csv")
    assert file.headers["Content-Disposition"] == "attachment; filename=Einladungen.csv"
    assert file.data.decode("utf-8-sig") == "Unternehmen;E-Mail;Ansprechperson;Sprache\r\n"
    page = upload(file.data + "Müller GmbH;a@müller.example;Ä. Müller;en\r\n".encode())
    assert "1 Unternehmen kann eingeladen werden." in page.text
    assert "Ä. Müller" in page.text


def test_the_english_template_is_read_too(manager: FlaskClient, upload: Upload, world: World) -> None:
    manager.get("/sprache/en")
    file = manager.get(f"/cluster/{world.cluster}/mitglieder/liste/vorlage.csv").data
    assert file.decode("utf-8-sig") == "Company;Email;Contact person;Language\r\n"
    page = upload(file + b"Smith Ltd;sue@smith.example;Sue Smith;de\r\n").text
    assert "1 company can be invited." in page
    assert (
        '<span class="dnk-members__label">Contact person</span> <span class="dnk-people__address">Sue Smith'
        in page
    )


def test_hostile_cells_stay_words(upload: Upload) -> None:
    page = upload('Firma;Mail\n<script>alert(1)</script>;a@b.example\n"=cmd()";<b>@x\n').text
    assert "<script>alert" not in page
    assert "<b>@x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
