"""Evidence in the browser: uploaded, refused without losing a word, handed out safely, and to whom."""

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.evidence import WHOLE_DECLARATION, EvidenceTarget, FileRejected, FileRejectionReason
from dnk_tool.domain.permissions import Actor, ClusterRole, Role
from dnk_tool.services.declarations import submission
from dnk_tool.services.evidence.files import EvidenceDetails
from dnk_tool.services.uploads import inspection
from dnk_tool.services.uploads.decoding import sanitised
from dnk_tool.services.uploads.inspection import InspectedFile, inspect_file
from dnk_tool.services.work import Work
from dnk_tool.store.evidence.blob_store import BlobStore, StorageDown, StorageFull
from dnk_tool.store.evidence.file_blob_store import FileBlobStore
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.evidence import EvidenceFile
from dnk_tool.store.tables.figures import LineRow
from dnk_tool.web import endpoint_limits
from dnk_tool.web.http import rate_limits
from tests.support.app import (
    World,
    add_consent,
    add_member,
    count_statements,
    database_session,
    make_account,
    make_cluster,
    post,
    token_of,
    without_token,
)
from tests.support.browsers import signed_in
from tests.support.evidence import FIGURE, add_evidence, make_file
from tests.support.files import acting_files, evidence_files
from tests.support.review_scenario import NOW, import_craft

PDF = evidence_files.pdf()
Files = Sequence[tuple[str, bytes]]
POWER = "energy.electricity.consumption"


@pytest.fixture(autouse=True)
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Decode in this process: the child has tests of its own."""
    monkeypatch.setattr(inspection, "_run", sanitised)


def page(world: World, rest: str = "") -> str:
    return f"/erklaerungen/{world.own_declaration}/belege/{rest}"


def upload(
    client: FlaskClient,
    world: World,
    files: Files = (("Rechnung.pdf", PDF),),
    query: str = "antwort=1.1",
    **more: Any,
) -> TestResponse:
    """Send files as the form does."""
    sent = [FileStorage(io.BytesIO(content), name) for name, content in files]
    body = {"files": sent, **more, "csrf_token": token_of(client)}
    # Encoded here: the test client would leave a file of its own open.
    boundary, data = encode_multipart(MultiDict(body))
    kind = f"multipart/form-data; boundary={boundary}"
    return client.post(page(world, f"neu?{query}"), data=data, content_type=kind)


@contextmanager
def changed(app: Flask, world: World) -> Iterator[Declaration]:
    with database_session(app) as session:
        yield session.get_one(Declaration, world.own_declaration)


def kept_files(app: Flask) -> list[EvidenceFile]:
    with database_session(app) as session:
        return list(session.scalars(select(EvidenceFile)))


def blobs(app: Flask) -> BlobStore:
    store: BlobStore = app.extensions["dnk_blobs"]
    return store


def only_id(app: Flask) -> int:
    (file,) = kept_files(app)
    return file.id


def words_of_page(answer: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


# ---- Uploading


def test_files_are_uploaded_listed_opened_changed_and_removed(
    app: Flask, world: World, editor: FlaskClient
) -> None:
    answer = upload(
        editor,
        world,
        [("Strom Mai.pdf", PDF), ("scan.png", evidence_files.photo())],
        valid_until="31.12.2025",
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, page(world, "neu?antwort=1.1"))
    here = words_of_page(editor.get(answer.headers["Location"]))
    assert "2 Belege sind gespeichert." in here
    assert "Strom Mai.pdf" in here
    assert "scan.jpg" in here  # what it really is
    assert "abgelaufen" in here
    file = next(file for file in kept_files(app) if file.name == "Strom Mai.pdf")
    opened = editor.get(page(world, f"{file.id}/datei"))
    assert opened.data == PDF
    saved = post(
        editor, page(world, f"{file.id}"), {"title": "Jahresabrechnung", "is_listed": "1", "version": "1"}
    )
    assert saved.status_code == 303
    listed = words_of_page(editor.get(page(world)))
    assert "Jahresabrechnung" in listed
    assert "in der Erklärung genannt" in listed
    assert "kB von 500 MB" in listed
    assert "lässt sich hier nicht zurückholen" in words_of_page(
        editor.get(page(world, f"{file.id}/entfernen"))
    )
    assert post(editor, page(world, f"{file.id}/entfernen")).status_code == 303
    assert [file.name for file in kept_files(app)] == ["scan.jpg"]
    assert len(list(blobs(app).all())) == 1


@pytest.mark.parametrize("query", [f"kennzahl={POWER}", "antwort=GRI-SRS-305-1", ""])
def test_a_file_may_belong_to_a_figure_an_indicator_or_the_whole(
    app: Flask, world: World, editor: FlaskClient, query: str
) -> None:
    assert upload(editor, world, query=query, target="erklaerung").status_code == 303
    assert editor.get(page(world, f"neu?{query}")).status_code == 200
    assert "Rechnung.pdf" in editor.get(page(world)).text
    if query.startswith("kennzahl"):
        figure = editor.get(f"/erklaerungen/{world.own_declaration}/kennzahlen/{POWER}").text
        assert f"/belege/{only_id(app)}/datei" in figure


def test_the_form_of_all_files_offers_what_they_may_belong_to(
    app: Flask, world: World, editor: FlaskClient
) -> None:
    html = editor.get(page(world)).text
    assert 'value="erklaerung" selected' in html
    assert 'value="antwort:13.1"' in html
    assert upload(editor, world, query="", target="antwort:13.1").headers["Location"] == page(world)
    with database_session(app) as session:
        (file,) = session.scalars(select(EvidenceFile))
        assert [use.target for use in file.uses] == [EvidenceTarget(ref="13.1")]
    refused = upload(editor, world, query="", target="antwort:99.9", title="Mein Titel")
    assert refused.status_code == 422
    assert "Wählen Sie, wozu die Dateien gehören." in refused.text


@pytest.mark.parametrize("query", ["antwort=99.9", "kennzahl=x", "zeile=4", "zeile=x", "zeile=" + "9" * 30])
def test_what_nobody_knows_has_no_page(world: World, editor: FlaskClient, query: str) -> None:
    assert editor.get(page(world, f"neu?{query}")).status_code == 404
    assert upload(editor, world, query=query).status_code == 404


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "Wählen Sie mindestens eine Datei aus."),
        ([("a.docx", evidence_files.refused_files()["docm as docx"][1])], "enthält Makros"),
        ([("IMG.HEIC", b"x")], "Speichern Sie das Foto als JPG"),
        ([("a.pdf", evidence_files.encrypted_pdf())], "Speichern Sie sie ohne Passwort"),
        ([("gut.pdf", PDF), ("böse.svg", evidence_files.SVG)], "„böse.svg“: Diese Art von Datei"),
        ([(f"{number}.pdf", PDF) for number in range(21)], "höchstens 20 Dateien"),
        ([("groß.pdf", b"%PDF-" + bytes(10_000_000))], "Möglich sind 10 MB."),
    ],
)
def test_a_refused_upload_keeps_no_file_and_every_word(
    app: Flask, world: World, editor: FlaskClient, files: Files, said: str
) -> None:
    typed = {"title": "Mein <Titel>", "valid_until": "31.12.2026", "is_for_review": "1"}
    answer = upload(editor, world, files, **typed)
    assert answer.status_code == 422
    assert said in words_of_page(answer)
    assert 'value="Mein &lt;Titel&gt;"' in answer.text
    assert 'value="31.12.2026"' in answer.text
    assert re.search(r'name="is_for_review"[^>]* checked', answer.text)
    assert not kept_files(app)
    assert not list(blobs(app).all())


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("pdf opens another file", "Dieses PDF tut etwas von selbst"),
        ("pdf stream in another file", "Dieses PDF verweist auf andere Dateien oder fremde Rechner."),
        ("docx field in a header", "Dieses Dokument holt beim Öffnen Bilder, Texte oder Daten von anderswo."),
        ("a.ods cell of:=WEBSERVICE([.A1])", "Diese Tabelle enthält Formeln"),
        ("a.txt html", "In dieser Datei stehen Befehle für Webseiten (HTML)."),
    ],
)
def test_f5_the_page_says_why_a_file_that_acts_is_refused(
    app: Flask, world: World, editor: FlaskClient, what: str, said: str
) -> None:
    acting = acting_files.refused_acting_files()
    name, content, _why = next(file for key, file in acting.items() if key.startswith(what))
    answer = upload(editor, world, [(name, content)], title="Mein Beleg")
    assert answer.status_code == 422
    assert said in words_of_page(answer)
    assert 'value="Mein Beleg"' in answer.text
    assert not kept_files(app)


def test_a_date_that_is_none_is_told_at_its_field(app: Flask, world: World, editor: FlaskClient) -> None:
    answer = upload(editor, world, valid_until="irgendwann")
    assert answer.status_code == 422
    assert 'href="#valid_until"' in answer.text
    assert not kept_files(app)


def test_a_title_holds_no_invisible_signs(app: Flask, world: World, editor: FlaskClient) -> None:
    """PostgreSQL keeps no NUL; others could turn the letters around."""
    upload(editor, world, title="Strom\x07rechnung \u202e2025")
    assert [file.title for file in kept_files(app)] == ["Stromrechnung 2025"]


def test_a_store_that_does_not_answer_keeps_no_removal_from_being_done(
    app: Flask, world: World, editor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The content is one without use then, and goes with the next tidying up."""
    upload(editor, world)

    def delete(*_given: Any) -> None:
        raise StorageDown("x")

    monkeypatch.setattr(FileBlobStore, "delete", delete)
    answer = post(editor, page(world, f"{only_id(app)}/entfernen"))
    assert answer.status_code == 303
    assert not kept_files(app)


def test_a_store_that_does_not_answer_is_told_and_logged(
    app: Flask,
    world: World,
    editor: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    upload(editor, world)

    def down(*_given: Any) -> None:
        raise StorageDown("GenericError")

    monkeypatch.setattr(FileBlobStore, "open", down)
    answer = editor.get(page(world, f"{only_id(app)}/datei"))
    assert answer.status_code == 503
    request = answer.headers["X-Request-Id"]
    said = f"the store of evidence does not answer: GenericError (request {request})"
    assert [record.levelname for record in caplog.records if record.getMessage() == said] == ["ERROR"]


@pytest.mark.parametrize(("fault", "status"), [(StorageFull(), 507), (StorageDown("x"), 503)])
def test_a_store_that_cannot_keep_it_is_told_and_leaves_nothing(
    app: Flask,
    world: World,
    editor: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
    status: int,
) -> None:
    def put(*_given: Any) -> None:
        raise fault

    monkeypatch.setattr(FileBlobStore, "put", put)
    answer = upload(editor, world, title="Bleibt stehen")
    assert answer.status_code == status
    assert "Es wurde nichts gespeichert" in words_of_page(answer)
    assert 'value="Bleibt stehen"' in answer.text
    assert not kept_files(app)


def test_without_room_nothing_is_kept(
    app: Flask, world: World, editor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dnk_tool.web.evidence.uploads.quota", lambda: 10)
    answer = upload(editor, world)
    assert answer.status_code == 422
    assert "frei sind 10" not in words_of_page(answer)
    assert "frei sind 1 kB" in words_of_page(answer)
    assert not kept_files(app)
    assert not list(blobs(app).all())


def test_a_request_that_is_too_large_is_answered_with_what_to_do(
    app: Flask, world: World, editor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dnk_tool.web.evidence.routes.largest_upload", lambda: 1000)
    answer = upload(editor, world, [("a.pdf", bytes(2_100_000))])
    assert answer.status_code == 413
    assert "zusammen zu groß" in answer.text
    assert "in mehreren Schritten" in answer.text


def test_only_this_address_takes_large_requests(world: World, editor: FlaskClient) -> None:
    for path in ("kennzahlen/import", "belege/zuordnen"):
        answer = editor.post(
            f"/erklaerungen/{world.own_declaration}/{path}",
            data=bytes(2_100_000),
            content_type="multipart/form-data; boundary=x",
        )
        assert answer.status_code == 413, path


def test_uploads_are_limited(app: Flask, world: World, editor: FlaskClient) -> None:
    (limit,) = endpoint_limits.LIMITS["evidence.upload"]
    assert (limit.item.amount, limit.key) == (120, rate_limits.by_person)


def test_a_file_is_used_again_without_sending_it(app: Flask, world: World, editor: FlaskClient) -> None:
    upload(editor, world)
    html = editor.get(page(world, f"neu?kennzahl={POWER}")).text
    assert "Einen Beleg verwenden, der schon da ist" in html
    path = page(world, f"zuordnen?kennzahl={POWER}")
    for sent, said in (
        ({"file": str(only_id(app))}, "1 Beleg ist zugeordnet."),
        ({"file": "x"}, "mindestens einen Beleg"),
    ):
        answer = post(editor, path, sent)
        assert said in words_of_page(editor.get(answer.headers["Location"]))
    detach = page(world, f"{only_id(app)}/entfernen?kennzahl={POWER}")
    assert "Die Datei bleibt" in words_of_page(editor.get(detach))
    post(editor, detach)
    assert len(kept_files(app)) == 1


def test_two_people_who_change_the_same_file_see_both(app: Flask, world: World, editor: FlaskClient) -> None:
    upload(editor, world)
    path = page(world, str(only_id(app)))
    post(editor, path, {"title": "Erste", "version": "1"})
    answer = post(editor, path, {"title": "Zweite", "version": "1"})
    assert answer.status_code == 409
    assert 'value="Zweite"' in answer.text
    assert "Bezeichnung: Erste" in words_of_page(answer)


def test_a_frozen_declaration_takes_no_file(app: Flask, world: World, editor: FlaskClient) -> None:
    upload(editor, world)
    with changed(app, world) as declaration:
        declaration.state = State.SUBMITTED
    assert upload(editor, world, [("b.pdf", evidence_files.pdf("b"))]).status_code == 409
    assert post(editor, page(world, f"{only_id(app)}/entfernen")).status_code == 409
    assert 'type="file"' not in editor.get(page(world)).text
    assert 'type="file"' not in editor.get(page(world, "neu?antwort=1.1")).text
    assert 'name="title"' not in editor.get(page(world, str(only_id(app)))).text
    assert editor.get(page(world, f"{only_id(app)}/datei")).status_code == 200


# ---- Handing out


def test_a_declaration_that_is_frozen_while_files_are_looked_into_takes_none(
    app: Flask, world: World, editor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked_into(*given: Any, **named: Any) -> InspectedFile:
        with changed(app, world) as declaration:
            declaration.state = State.FINISHED
        return inspect_file(*given, **named)

    monkeypatch.setattr("dnk_tool.web.evidence.uploads.inspect_file", looked_into)
    assert upload(editor, world).status_code == 409
    assert not kept_files(app)
    assert not list(blobs(app).all())


def test_whoever_finds_the_check_busy_does_not_queue_for_every_file(
    world: World, editor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def busy(name: str, *_given: Any, **_named: Any) -> InspectedFile:
        tried.append(name)
        raise FileRejected(FileRejectionReason.BUSY)

    monkeypatch.setattr("dnk_tool.web.evidence.uploads.inspect_file", busy)
    answer = upload(editor, world, [(f"{number}.pdf", PDF) for number in range(5)])
    assert answer.status_code == 422
    assert "Versuchen Sie es in einer halben Minute noch einmal" in words_of_page(answer)
    assert tried == ["0.pdf"]


def test_a_file_is_handed_out_so_that_no_browser_runs_it(
    app: Flask, world: World, editor: FlaskClient
) -> None:
    name = "Straße Ü; a=b.pdf"
    upload(editor, world, [(name, PDF)])
    answer = editor.get(page(world, f"{only_id(app)}/datei"))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Length"] == str(len(PDF))
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert "filename*=UTF-8''Stra%C3%9Fe%20%C3%9C%3B%20a%3Db.pdf" in disposition
    assert 'filename="Strae U; a=b.pdf"' in disposition


def test_a_refusal_names_the_file_without_what_turns_its_letters_around(
    world: World, editor: FlaskClient
) -> None:
    answer = upload(editor, world, [("/geheim/Rechnung\u202efdp.exe", b"MZ")])
    assert answer.status_code == 422
    assert "„Rechnungfdp.exe“: Diese Art von Datei" in words_of_page(answer)
    assert "\u202e" not in answer.text
    assert "geheim" not in answer.text


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        ("Bücher".encode(), "utf-8"),
        (b"Strom", "utf-8"),
        ("\ufeffBücher".encode("utf-16"), "utf-16"),
        ("Bücher".encode("cp1252"), "windows-1252"),
    ],
)
def test_a_text_is_handed_out_with_its_character_set(
    app: Flask, world: World, editor: FlaskClient, content: bytes, charset: str
) -> None:
    assert upload(editor, world, (("liste.txt", content),)).status_code == 303
    answer = editor.get(page(world, f"{only_id(app)}/datei"))
    assert answer.headers["Content-Type"] == f"text/plain; charset={charset}"
    assert answer.data == content


@pytest.mark.parametrize("name", ["../../etc/passwd.csv", "..\\..\\a.csv", "a%0d%0aX-Evil: 1.csv"])
def test_no_name_reaches_a_header_or_the_disk(
    app: Flask, world: World, editor: FlaskClient, name: str
) -> None:
    upload(editor, world, [(name, b"a;b\n")])
    answer = editor.get(page(world, f"{only_id(app)}/datei"))
    assert "X-Evil" not in answer.headers
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert [blob.key is not None for blob in blobs(app).all()] == [True]


def test_a_large_file_comes_in_pieces(app: Flask, world: World, editor: FlaskClient) -> None:
    upload(editor, world, [("a.txt", b"wort " * 400_000)])
    answer = editor.get(page(world, f"{only_id(app)}/datei"), buffered=False)
    assert max(len(chunk) for chunk in answer.response) <= 256 * 1024
    answer.close()


def test_a_content_that_is_missing_is_our_fault(app: Flask, world: World, editor: FlaskClient) -> None:
    upload(editor, world)
    for blob in list(blobs(app).all()):
        blobs(app).delete_path(blob.path)
    answer = editor.get(page(world, f"{only_id(app)}/datei"))
    assert answer.status_code == 500
    assert "Der Fehler liegt bei uns" in answer.text


# ---- Who sees what


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("owner", 200),
        ("viewer", 200),
        ("contributor", 404),
        ("expired", 404),
        ("stranger", 404),
        ("manager", 404),
        ("outsider", 404),
        ("operator", 404),
    ],
)
def test_a_file_is_for_the_company_alone(
    app: Flask, world: World, editor: FlaskClient, who: str, status: int
) -> None:
    """It belongs to criterion 13; the contributor works on criterion 1. Foreign and unknown look the same."""
    upload(editor, world, query="antwort=13.1")
    client, file_id = signed_in(app, who), only_id(app)
    for rest in (f"{file_id}/datei", f"{file_id}", f"{file_id}/entfernen"):
        answer = client.get(page(world, rest))
        assert answer.status_code == status, rest
        if status == 404:
            unknown = client.get(page(world, rest.replace(str(file_id), "987654")))
            assert unknown.status_code == 404
            assert without_token(unknown.text) == without_token(answer.text)
    assert ("Rechnung.pdf" in client.get(page(world)).text) is (status == 200)


def test_a_contributor_sees_and_adds_what_belongs_to_their_criterion(
    app: Flask, world: World, editor: FlaskClient
) -> None:
    contributor = signed_in(app, "contributor")
    assert upload(contributor, world).status_code == 303
    assert upload(contributor, world, query="antwort=13.1").status_code == 403
    assert upload(contributor, world, query="", target="erklaerung").status_code == 403
    html = contributor.get(page(world)).text
    assert "Rechnung.pdf" in html
    assert 'value="antwort:1.1"' in html
    assert 'value="antwort:13.1"' not in html
    assert 'value="erklaerung"' not in html
    assert "Belege (1)" in words_of_page(
        contributor.get(f"/erklaerungen/{world.own_declaration}/kriterien/1")
    )


def test_a_contributor_is_not_told_what_else_a_file_belongs_to(
    app: Flask, world: World, editor: FlaskClient
) -> None:
    """The name of a line may name people; contributors see no lines."""
    with database_session(app) as session:
        named = {"calculator": "energy", "activity": "diesel", "label": "Tankkarte von Frau Meier"}
        bill = LineRow(
            organisation_id=world.own, year=2025, calculator="energy", content=named, changed_at=NOW
        )
        session.add(bill)
        session.flush()
        number = bill.id
    upload(editor, world)
    upload(editor, world, query=f"zeile={number}")
    assert "Meier" in editor.get(page(world)).text
    contributor = signed_in(app, "contributor")
    for path in ("", f"{only_id(app)}", "neu?antwort=1.1"):
        answer = contributor.get(page(world, path))
        assert "Rechnung.pdf" in answer.text
        assert "Meier" not in answer.text


def test_a_viewer_changes_nothing(app: Flask, world: World, editor: FlaskClient) -> None:
    upload(editor, world)
    viewer, file_id = signed_in(app, "viewer"), only_id(app)
    for path, data in (
        (f"{file_id}", {"title": "x", "version": "1"}),
        (f"{file_id}/entfernen", {}),
        (f"zuordnen?kennzahl={POWER}", {"file": str(file_id)}),
    ):
        assert post(viewer, page(world, path), data).status_code == 403
    assert upload(viewer, world).status_code == 403
    assert 'type="file"' not in viewer.get(page(world)).text


def test_a_file_of_another_year_is_not_there(app: Flask, world: World, editor: FlaskClient) -> None:
    upload(editor, world)
    with changed(app, world) as declaration:
        declaration.reporting_year = 2024
    assert editor.get(page(world, f"{only_id(app)}/datei")).status_code == 404


def test_the_list_asks_the_database_the_same_however_many_files(
    app: Flask, world: World, editor: FlaskClient
) -> None:
    upload(editor, world)
    editor.get(page(world))
    numbers = []
    for count in (1, 9):
        for number in range(count - 1):
            upload(editor, world, [(f"{number}.pdf", evidence_files.pdf(str(number)))])
        with count_statements(app) as statements:
            editor.get(page(world))
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]


def test_the_trail_tells_what_happened_without_names(app: Flask, world: World, editor: FlaskClient) -> None:
    upload(editor, world, [("Lohn Petra Muster.pdf", PDF)])
    post(editor, page(world, str(only_id(app))), {"title": "Geheim", "is_for_review": "1", "version": "1"})
    post(editor, page(world, f"{only_id(app)}/entfernen"))
    html = signed_in(app, "owner").get(f"/unternehmen/{world.own}/protokoll").text
    for said in ("Beleg hinzugefügt", "Angaben zu einem Beleg geändert", "Beleg entfernt", "PDF"):
        assert said in html
    with database_session(app) as session:
        assert "Petra" not in str(list(session.scalars(select(Event.detail))))
        assert "Geheim" not in str(list(session.scalars(select(Event.detail))))


# ---- The review


@dataclass(frozen=True)
class Case:
    """A submitted version with files, by what they are called, with their hashes; one is private."""

    cluster: int
    declaration: int
    hashes: dict[str, str]

    def path(self, rest: str) -> str:
        return f"/cluster/{self.cluster}/pruefung/{self.declaration}/{rest}"

    def file(self, name: str) -> str:
        return self.path(f"belege/{self.hashes[name]}")


@pytest.fixture
def case(app: Flask) -> Case:
    with database_session(app) as session:
        declaration = import_craft(session)
        company = declaration.organisation_id
        add_member(session, company, "owner", Role.OWNER)
        make_account(session, "operator@example.org", is_operator=True)
        cluster = make_cluster(session, "Nord", manager=ClusterRole.MANAGER, reviewer=ClusterRole.REVIEWER)
        make_cluster(session, "Süd", outsider=ClusterRole.MANAGER)
        add_consent(session, company, cluster.id)
        owner = Actor(None, {company: Role.OWNER})
        targets = {
            "offen": EvidenceTarget(ref="1.1"),
            "zahl": FIGURE,
            "ganz": WHOLE_DECLARATION,
            "privat": EvidenceTarget(ref="1.1"),
        }
        hashes = {}
        for name, target in targets.items():
            file, about = (
                make_file(name.encode(), f"{name}.pdf"),
                EvidenceDetails(is_for_review=name != "privat"),
            )
            add_evidence(session, blobs(app), declaration, owner, file, target=target, about=about)
            hashes[name] = file.sha256
        submission.submit(Work(session, owner, NOW), declaration, cluster_id=cluster.id)
        return Case(cluster.id, declaration.id, hashes)


def of_content(session: Session, sha256: str) -> EvidenceFile:
    return session.scalars(select(EvidenceFile).where(EvidenceFile.sha256 == sha256)).one()


def test_reviewers_open_what_the_company_shows_them_and_nothing_else(app: Flask, case: Case) -> None:
    reviewer = signed_in(app, "reviewer")
    page_of_one = reviewer.get(case.path("1")).text
    assert "Beleg öffnen: offen.pdf" in page_of_one
    assert "nicht auf Viren geprüft" in page_of_one, "there is no scanner"
    assert "privat" not in page_of_one
    assert "Beleg öffnen: ganz.pdf" in reviewer.get(case.path("")).text
    assert "Beleg öffnen: zahl.pdf" in reviewer.get(case.path("12")).text
    for name, status in {"offen": 200, "zahl": 200, "ganz": 200, "privat": 404}.items():
        assert reviewer.get(case.file(name)).status_code == status, name
    opened = reviewer.get(case.file("offen"))
    assert opened.data == b"offen"
    assert "attachment" in opened.headers["Content-Disposition"]
    assert "sandbox" in opened.headers["Content-Security-Policy"]
    unknown, private = reviewer.get(case.path(f"belege/{'0' * 64}")), reviewer.get(case.file("privat"))
    assert without_token(unknown.text) == without_token(private.text)


@pytest.mark.parametrize("who", ["outsider", "operator", "owner"])
def test_nobody_else_opens_them_there(app: Flask, case: Case, who: str) -> None:
    assert signed_in(app, who).get(case.file("offen")).status_code == 404


def test_what_the_company_takes_back_is_closed_at_once(app: Flask, case: Case) -> None:
    reviewer = signed_in(app, "reviewer")
    for is_open, status in ((False, 404), (True, 200)):
        with database_session(app) as session:
            of_content(session, case.hashes["offen"]).is_for_review = is_open
        assert reviewer.get(case.file("offen")).status_code == status
        assert ("offen.pdf" in reviewer.get(case.path("1")).text) is is_open
    with database_session(app) as session:
        session.scalars(select(Consent)).one().withdrawn_at = datetime.now(UTC)
    assert reviewer.get(case.file("offen")).status_code == 404


def test_what_is_opened_after_submitting_stays_closed(app: Flask, case: Case) -> None:
    with database_session(app) as session:
        of_content(session, case.hashes["privat"]).is_for_review = True
    assert signed_in(app, "reviewer").get(case.file("privat")).status_code == 404
