"""The check page: published facts and nothing else, and whether the data of a file are unchanged."""

import io
import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dnk_tool.config import Settings
from dnk_tool.domain.declarations.attachment_names import DATA_MEDIA_TYPE, data_file_name
from dnk_tool.domain.declarations.document import canonical_json, fingerprint
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.version_code import short_fingerprint, version_code
from dnk_tool.report.view.model import Issue
from dnk_tool.services.accounts import first_start
from dnk_tool.services.declarations import sign_off as sign_off_steps
from dnk_tool.services.declarations import submission
from dnk_tool.services.exports import rendering
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.publication import seal_keys, seals, verification
from dnk_tool.services.uploads import declarations as uploaded_declarations
from dnk_tool.services.uploads.declarations import DeclarationFileFault, UnreadableDeclaration
from dnk_tool.services.work import Work
from dnk_tool.store.publication import proofs
from dnk_tool.store.tables.declarations import Snapshot
from dnk_tool.web.publication.verification import MAX_REQUEST_BYTES, file_fault_text
from tests.support.app import count_statements, database_session, token_of
from tests.support.browsers import signed_in
from tests.support.declaration_scenario import (
    LATER,
    NOW,
    DeclarationScenario,
    scenario_session,
)

COMPANY = "Steinmetzwerkstatt Quenzel &amp; Marschall GbR"
NOT_PUBLISHED = "Diese Fassung ist hier nicht veröffentlicht."
UNCHANGED = "Die Daten in Ihrer Datei sind unverändert."
UNKNOWN = "Diese Daten sind hier nicht festgehalten."


def frozen(app: Flask, play: DeclarationScenario, *, publish: bool = True) -> tuple[str, bytes]:
    """Finish the declaration; the fingerprint and content of the version."""
    with scenario_session(app, play) as now:
        now.submit(to=False)
        if publish:
            publishing_steps.publish(Work(now.session, play.actor("owner"), NOW), now.declaration)
        return newest(now)


def newest(now: DeclarationScenario) -> tuple[str, bytes]:
    now.session.flush()
    snapshot = now.session.scalars(select(Snapshot).order_by(Snapshot.version.desc())).first()
    assert snapshot is not None
    return snapshot.sha256, snapshot.content


def second_version(
    app: Flask, play: DeclarationScenario, *, publish: bool, changed: bool = True
) -> tuple[str, bytes]:
    with scenario_session(app, play) as now:
        submission.reopen(Work(now.session, play.actor("editor"), LATER), now.declaration)
        if changed:
            now.declaration.organisation.employees = 99
        now.submit(to=False, now=LATER)
        if publish:
            publishing_steps.publish(Work(now.session, play.actor("owner"), LATER), now.declaration)
        return newest(now)


def unpublish_version(app: Flask, play: DeclarationScenario) -> None:
    with scenario_session(app, play) as now:
        publishing_steps.unpublish(Work(now.session, play.actor("owner"), LATER), now.declaration)


def verify_file(
    client: FlaskClient, content: bytes, name: str = "erklaerung.json", code: str = ""
) -> TestResponse:
    data = {"csrf_token": token_of(client), "file": (io.BytesIO(content), name), "code": code}
    return client.post("/pruefen", data=data, content_type="multipart/form-data")


def pdf_with(content: bytes) -> bytes:
    """A PDF that carries the data as our own do."""
    pdf, name, file = pikepdf.new(), data_file_name(2025), io.BytesIO()
    pdf.add_blank_page()
    spec = pikepdf.AttachedFileSpec(pdf, content, filename=name, mime_type=DATA_MEDIA_TYPE)
    pdf.attachments[name] = spec
    pdf.save(file)
    return file.getvalue()


def said(answer: TestResponse) -> str:
    """The words of the page's main part."""
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


# ---- An address


def test_a_published_version_says_what_is_public(
    app: Flask, play: DeclarationScenario, visitor: FlaskClient
) -> None:
    with scenario_session(app, play) as now:
        now.require_sign_off()
        now.submit(asks="boss")
        sign_off_steps.confirm_sign_off(Work(now.session, play.actor("boss"), NOW), now.declaration)
        now.approve()
        publishing_steps.publish(Work(now.session, play.actor("owner"), NOW), now.declaration)
        sha256, _content = newest(now)
    for path in (
        f"/p/{version_code(sha256)}",
        f"/p/{version_code(sha256).replace('-', '').upper()}",
        f"/p/{sha256}",
    ):
        page = visitor.get(path)
        assert page.status_code == 200
        assert page.headers["X-Robots-Tag"] == "noindex"
        text = said(page)
        for words in (
            "Diese Fassung ist hier veröffentlicht. Eine neuere ist nicht veröffentlicht.",
            COMPANY,
            "1 vom 25. November 2026",
            "Formal vollständig, geprüft von Cluster Nord am 25. November 2026",
            "Bestätigung 25. November 2026",
            " ".join(sha256[start : start + 8] for start in range(0, 64, 8)),
            short_fingerprint(sha256),
        ):
            assert words in text
        assert "Reviewer" not in text
        assert "Boss" not in text
        assert "/berichte/" in page.text
        assert "Siegel" not in text


def test_one_without_review_says_so(app: Flask, play: DeclarationScenario, visitor: FlaskClient) -> None:
    sha256, _content = frozen(app, play)
    assert "ohne Prüfung durch Dritte" in said(visitor.get(f"/p/{version_code(sha256)}"))
    english = visitor.get(f"/p/{version_code(sha256)}", headers={"Accept-Language": "en"})
    assert "without review by third parties" in said(english)
    assert "This version is published here." in said(english)


def test_what_is_not_published_looks_like_what_does_not_exist(
    app: Flask, play: DeclarationScenario, visitor: FlaskClient
) -> None:
    sha256, _content = frozen(app, play, publish=False)
    pages, statements = [], []
    visitor.get("/pruefen")
    for code in (version_code(sha256), "0000-0000-0000"):
        with count_statements(app) as asked:
            page = visitor.get(f"/p/{code}")
        assert page.status_code == 404
        pages.append(said(page).replace(code, ""))
        statements.append(len(asked))
    assert pages[0] == pages[1]
    assert statements[0] == statements[1]
    assert NOT_PUBLISHED in pages[0]
    assert COMPANY not in pages[0]


def test_a_newer_version_is_named(app: Flask, play: DeclarationScenario, visitor: FlaskClient) -> None:
    first, _content = frozen(app, play)
    hidden, _content = second_version(app, play, publish=False)
    assert "Eine neuere ist nicht veröffentlicht" in said(visitor.get(f"/p/{version_code(first)}"))
    assert visitor.get(f"/p/{version_code(hidden)}").status_code == 404
    with scenario_session(app, play) as now:
        publishing_steps.publish(Work(now.session, play.actor("owner"), LATER), now.declaration)
    text = said(visitor.get(f"/p/{version_code(first)}"))
    assert "Veröffentlicht ist jetzt Version 2." in text
    assert "1 vom 25. November 2026" in text
    assert "Eine neuere ist nicht veröffentlicht" in said(visitor.get(f"/p/{version_code(hidden)}"))


def test_of_a_withdrawn_version_nothing_is_told_but_that(
    app: Flask, play: DeclarationScenario, visitor: FlaskClient
) -> None:
    first, content = frozen(app, play)
    unpublish_version(app, play)
    for page in (visitor.get(f"/p/{version_code(first)}"), verify_file(visitor, content)):
        text = said(page)
        assert "Sie wurde zurückgezogen." in text
        assert COMPANY not in text
        assert "/berichte/" not in page.text.partition("<main")[2].partition("</main>")[0]
    assert visitor.get(f"/p/{first}.sig").status_code == 404


def test_the_same_data_in_two_versions_is_told_once_for_each(
    app: Flask, play: DeclarationScenario, visitor: FlaskClient
) -> None:
    first, _content = frozen(app, play)
    second, _content = second_version(app, play, publish=True, changed=False)
    assert first == second
    text = said(visitor.get(f"/p/{version_code(first)}"))
    assert "Eine neuere ist nicht veröffentlicht" in text
    assert "Veröffentlicht ist jetzt Version 2." in text


def test_two_fingerprints_with_one_code_ask_for_the_whole(
    app: Flask, play: DeclarationScenario, visitor: FlaskClient
) -> None:
    first, _content = frozen(app, play)
    second, _content = second_version(app, play, publish=True)
    alike = first[:15] + second[15:]
    with database_session(app) as session:
        session.scalars(select(Snapshot).where(Snapshot.sha256 == second)).one().sha256 = alike
    page = visitor.get(f"/p/{version_code(first)}")
    assert "Zu diesem Code gehören mehrere Fassungen." in said(page)
    assert COMPANY not in said(page)
    assert "Veröffentlicht ist jetzt Version 2." in said(visitor.get(f"/p/{first}"))
    assert COMPANY in said(visitor.get(f"/p/{alike}"))
    assert COMPANY in said(visitor.get(f"/p/{alike[:16]}...{alike[-8:]}")), "as print shortens it"
    assert visitor.get(f"/p/{alike[:16]}...{first[-8:]}").status_code == 404


def test_an_address_that_is_none_is_no_page(visitor: FlaskClient) -> None:
    for path in ("/p/x", "/p/uuuu-uuuu-uuuu", "/p/x.sig", "/p/0000-0000-0000.sig"):
        assert visitor.get(path).status_code == 404


# ---- The field


def test_what_is_typed_leads_to_the_page(visitor: FlaskClient) -> None:
    answer = visitor.get("/pruefen?code=https://dnk.example.de/p/NC9C-TD5B-2B6K")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/p/nc9c-td5b-2b6k")
    answer = visitor.get("/pruefen", query_string={"code": "AB12CD34 ab12cd34 … ab12cd34"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/p/ab12cd34ab12cd34...ab12cd34")


def test_what_cannot_be_read_stays_in_the_field(visitor: FlaskClient) -> None:
    answer = visitor.get('/pruefen?code=abc"<x>')
    assert answer.status_code == 422
    assert "mit zwölf Zeichen" in said(answer)
    assert 'value="abc&#34;&lt;x&gt;"' in answer.text


def test_nothing_typed_is_told_too(visitor: FlaskClient) -> None:
    assert visitor.get("/pruefen").status_code == 200
    assert visitor.get("/pruefen?code=").status_code == 422


# ---- A file


def test_a_file_of_a_published_version_is_unchanged(
    app: Flask, play: DeclarationScenario, visitor: FlaskClient
) -> None:
    sha256, content = frozen(app, play)
    pretty = json.dumps(json.loads(content), indent=2).encode()
    for file, name in ((content, "a.json"), (pretty, "b.json"), (pdf_with(content), "c.pdf")):
        answer = verify_file(visitor, file, name, code=version_code(sha256))
        assert answer.status_code == 200
        assert UNCHANGED in said(answer)
        assert COMPANY in said(answer)
        assert "anderen Fassung" not in said(answer)
        assert ("Seiten hat eine JSON-Datei nicht" in said(answer)) == name.endswith("json")
        assert ("Ihre Seiten aber sind nicht unser Original" in said(answer)) == name.endswith("pdf")


def test_a_file_of_a_version_that_is_not_published_gets_a_yes_and_no_more(
    app: Flask, play: DeclarationScenario, visitor: FlaskClient
) -> None:
    _sha256, content = frozen(app, play, publish=False)
    answer = verify_file(visitor, pdf_with(content))
    assert UNCHANGED in said(answer)
    assert NOT_PUBLISHED in said(answer)
    assert COMPANY not in said(answer)
    assert "25. November" not in said(answer)


def test_a_changed_file_is_not_known(app: Flask, play: DeclarationScenario, visitor: FlaskClient) -> None:
    sha256, content = frozen(app, play)
    document = read_document(content)
    changed = replace(document, organisation=replace(document.organisation, employees=12_345))
    answer = verify_file(visitor, pdf_with(canonical_json(changed)), code=version_code(sha256))
    assert "Die Daten in Ihrer Datei weichen von der veröffentlichten Fassung ab." in said(answer)
    assert UNCHANGED not in said(answer)
    other = replace(changed, organisation=replace(document.organisation, name="Ganz anders GmbH"))
    assert UNKNOWN in said(verify_file(visitor, canonical_json(other)))
    digits = fingerprint(canonical_json(changed))
    assert digits[:8] in said(answer)


def test_a_file_of_another_version_than_the_address_says_so(
    app: Flask, play: DeclarationScenario, visitor: FlaskClient
) -> None:
    sha256, _content = frozen(app, play)
    _other, content = second_version(app, play, publish=False)
    answer = verify_file(visitor, content, code=version_code(sha256))
    assert "Die Datei gehört zu einer anderen Fassung als die Prüfadresse" in said(answer)
    assert UNCHANGED in said(answer)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Wählen Sie eine Datei aus"),
        (b"hello", "Das ist weder ein PDF noch"),
        (b"%PDF-1.7\nnothing", "Diese Datei ist beschädigt"),
        (b'{"format": "dnk-declaration", "version": 1}', "keine gültige Erklärung"),
        (b'{"format": "dnk-declaration", "version": 99}', "neueren Version des Programms"),
        (b"[" * 50_000, "Das ist weder ein PDF noch"),
        (b'{"a":' * 50_000, "beschädigt"),
    ],
)
def test_what_cannot_be_checked_says_what_helps(
    visitor: FlaskClient, app: Flask, content: bytes, words: str
) -> None:
    answer = verify_file(visitor, content)
    assert answer.status_code == 422
    assert words in said(answer)
    assert 'id="file-error"' in answer.text


def test_a_pdf_without_data_says_what_helps(visitor: FlaskClient) -> None:
    pdf, file = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    pdf.save(file)
    assert "In diesem PDF stecken keine Daten." in said(verify_file(visitor, file.getvalue()))


def test_every_fault_has_words(app: Flask) -> None:
    with app.test_request_context():
        assert len({file_fault_text(fault) for fault in DeclarationFileFault}) == len(DeclarationFileFault)


def test_nothing_of_a_file_is_kept_and_nothing_is_written(
    app: Flask, play: DeclarationScenario, visitor: FlaskClient, tmp_path: Path
) -> None:
    _sha256, content = frozen(app, play)
    visitor.get("/pruefen")
    token = token_of(visitor)
    instance: Path = app.extensions["dnk_settings"].instance
    before = sorted(instance.rglob("*"))
    with count_statements(app) as statements:
        visitor.post(
            "/pruefen",
            data={"csrf_token": token, "file": (io.BytesIO(content), "a.json")},
            content_type="multipart/form-data",
        )
    writes = [
        statement
        for statement in statements
        if re.match(r"(INSERT|UPDATE|DELETE)", statement) and "rate_limit" not in statement
    ]
    assert writes == []
    assert sorted(instance.rglob("*")) == before


def test_a_file_may_be_larger_than_a_page_of_words_but_not_endless(visitor: FlaskClient) -> None:
    kind, lines = "multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name="
    token = lines + b'"csrf_token"\r\n\r\n' + token_of(visitor).encode() + b"\r\n"
    file = lines + b'"file"; filename="a.pdf"\r\n\r\n' + b"x" * 5_000_000 + b"\r\n--x--\r\n"
    answer = visitor.post("/pruefen", data=token + file, content_type=kind)
    assert "weder ein PDF" in said(answer)
    answer = visitor.post("/pruefen", data=b"x" * (MAX_REQUEST_BYTES + 1), content_type=kind)
    assert answer.status_code == 413
    assert "Diese Datei ist zu groß" in answer.text
    assert "kürzen Sie Ihren Text" not in answer.text


def test_it_is_not_tried_endlessly(visitor: FlaskClient) -> None:
    answers = [verify_file(visitor, b"x").status_code for _attempt in range(11)]
    assert answers == [422] * 10 + [429]


def test_visitors_leave_a_place_to_those_who_work_here(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "SLOT_TIMEOUT_SECONDS", 0)
    verification._visitor_slots.acquire()
    try:
        answer = verify_file(visitor, b"{}")
    finally:
        verification._visitor_slots.release()
    assert answer.status_code == 503
    assert "Gerade werden andere Dateien geprüft" in said(answer)
    with pytest.raises(UnreadableDeclaration):
        uploaded_declarations.read_declaration_file(b"{}")


# ---- The seal


@pytest.fixture
def instance(app: Flask) -> Path:
    """An instance with a key that seals."""
    path: Path = app.extensions["dnk_settings"].instance
    seal_keys.new_key(path, "IHK Musterstadt", on=NOW.date())
    return path


def seal_all(app: Flask, instance: Path) -> int:
    return seals.seal_due(app.extensions["dnk_session_factory"], instance, now=LATER)


def test_a_finished_version_is_sealed_and_the_page_says_by_whom(
    app: Flask, play: DeclarationScenario, visitor: FlaskClient, instance: Path
) -> None:
    sha256, _content = frozen(app, play)
    assert seal_all(app, instance) == 1
    assert seal_all(app, instance) == 0
    page = visitor.get(f"/p/{version_code(sha256)}")
    assert "mit Siegel von IHK Musterstadt vom 25. November 2026" in said(page)
    file = visitor.get(f"/p/{version_code(sha256)}.sig")
    assert file.headers["Content-Disposition"].endswith(".sig")
    seal = seals.parse_seal(file.data)
    published = visitor.get("/.well-known/dnk-seal.pem")
    path = instance / "from-the-web.pem"
    path.write_bytes(published.data)
    keys = {key.number: key for key in seal_keys.read_keys(path)}
    assert seals.verify_seal(seal, sha256, keys) is seals.SealVerdict.VALID
    member = signed_in(app, "owner")
    files = member.get(f"/erklaerungen/{play.declaration.id}/dateien")
    address = f"/erklaerungen/{play.declaration.id}/versionen/1.sig"
    assert address in files.text
    assert member.get(address).data == file.data


def test_only_what_is_done_is_sealed(app: Flask, play: DeclarationScenario, instance: Path) -> None:
    with scenario_session(app, play) as now:
        now.submit()
    assert seal_all(app, instance) == 0
    with scenario_session(app, play) as now:
        now.approve()
    assert seal_all(app, instance) == 1


@pytest.mark.parametrize(
    "stage", ["signing", "submitted", "changes", "approved", "finished", "published", "reopened"]
)
def test_what_is_done_is_the_same_for_the_seal_as_for_publishing(
    app: Flask, play: DeclarationScenario, stage: str
) -> None:
    from dnk_tool.store.declarations import versions

    with scenario_session(app, play) as now:
        now.go_to_stage(stage)
        now.session.flush()
        done = [
            version.snapshot.id
            for version in versions.versions(now.session, now.declaration.id)
            if version.outcome in versions.FINAL
        ]
        assert [number for number, _sha256 in proofs.unsealed_versions(now.session)] == done


def test_without_a_key_nothing_is_sealed(app: Flask, play: DeclarationScenario, visitor: FlaskClient) -> None:
    frozen(app, play)
    assert seal_all(app, app.extensions["dnk_settings"].instance) == 0
    assert visitor.get("/.well-known/dnk-seal.pem").status_code == 404


def test_a_seal_of_an_earlier_key_stays_valid_until_its_key_is_gone(
    app: Flask, play: DeclarationScenario, visitor: FlaskClient, instance: Path
) -> None:
    sha256, _content = frozen(app, play)
    seal_all(app, instance)
    [first] = seal_keys.public_keys(instance)
    seal_keys.new_key(instance, "IHK Musterstadt", on=LATER.date() + timedelta(days=9), replace=True)
    assert "mit Siegel von IHK Musterstadt" in said(visitor.get(f"/p/{version_code(sha256)}"))
    (instance / "seal/public" / f"{first}.pem").unlink()
    assert "mit einem Schlüssel, der nicht mehr gilt" in said(visitor.get(f"/p/{version_code(sha256)}"))
    factory = app.extensions["dnk_session_factory"]
    assert seals.reseal(factory, instance, now=LATER) == 1
    assert seals.reseal(factory, instance, now=LATER) == 0
    assert "mit Siegel von IHK Musterstadt" in said(visitor.get(f"/p/{version_code(sha256)}"))


def test_a_seal_that_somebody_changed_in_the_database_is_invalid(
    app: Flask, play: DeclarationScenario, visitor: FlaskClient, instance: Path
) -> None:
    sha256, _content = frozen(app, play)
    seal_all(app, instance)
    with database_session(app) as session:
        [(number, _sha256, text)] = proofs.seals(session)
        proofs.save_seal(session, number, text.replace("Musterstadt", "Beispielstadt"))
    text = said(visitor.get(f"/p/{version_code(sha256)}"))
    assert "Siegel ungültig" in text
    assert "Beispielstadt" not in text
    with database_session(app) as session:
        proofs.save_seal(session, number, "{")
    assert "Siegel" not in said(visitor.get(f"/p/{version_code(sha256)}")).replace("Siegel herunterladen", "")


# ---- The address in the PDF


def test_only_a_version_that_may_be_passed_on_gets_the_address() -> None:
    final = Issue(2, NOW.date(), False, "ab12cd34" * 8)
    assert (
        verification.with_verification_url(final, "https://dnk.example.de/").check_at
        == "https://dnk.example.de/p/nc9c-td5b-2b6k"
    )
    for issue, url in (
        (final, ""),
        (replace(final, is_pending=True), "https://dnk.example.de"),
        (replace(final, is_draft=True), "https://dnk.example.de"),
        (replace(final, version=None), "https://dnk.example.de"),
    ):
        assert verification.with_verification_url(issue, url) == issue


def test_a_demo_names_the_address_of_its_machine(app: Flask, tmp_path: Path) -> None:
    settings = app.extensions["dnk_settings"].model_copy(update={"instance": tmp_path, "port": 8123})
    assert verification.check_page_origin(settings) == ""
    first_start.mark_as_demo(tmp_path)
    assert verification.check_page_origin(settings) == "http://localhost:8123"
    public = settings.model_copy(update={"public_url": "https://dnk.example.de"})
    assert verification.check_page_origin(public) == "https://dnk.example.de"


def test_a_kept_pdf_without_an_address_keeps_its_place(
    app: Flask, play: DeclarationScenario, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    printed: list[str] = []

    def render(_document: object, issue: Issue, **_named: object) -> bytes:
        printed.append(issue.check_at)
        return f"%PDF-{issue.check_at}".encode()

    monkeypatch.setattr(rendering, "render_pdf", render)
    frozen(app, play, publish=False)
    with database_session(app) as session:
        snapshot = session.scalars(select(Snapshot)).one()
        issue, folder = rendering.issue_of_version(session, snapshot), tmp_path / "rendered"
        for url in ("", "", "https://a.example", "https://a.example", "https://b.example"):
            wanted = rendering.version_pdf_request(
                session, snapshot, verification.with_verification_url(issue, url)
            )
            content = rendering.render_cached(wanted, folder, record=lambda _issue, _content: None)
            assert (url.encode() in content) or not url
    assert [address.partition("/p/")[0] for address in printed] == [
        "",
        "https://a.example",
        "https://b.example",
    ]
    assert len(list(folder.iterdir())) == 1


def test_the_pdf_from_the_web_carries_the_address(
    app: Flask, play: DeclarationScenario, visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "render_pdf", lambda _, issue, **_named: f"%PDF-{issue.check_at}".encode())
    settings: Settings = app.extensions["dnk_settings"]
    public = settings.model_copy(update={"public_url": "https://dnk.example.de"})
    monkeypatch.setitem(app.extensions, "dnk_settings", public)
    sha256, _content = frozen(app, play)
    page = visitor.get(f"/p/{version_code(sha256)}")
    slug = re.search(r"/berichte/([a-z0-9-]+)", page.text)
    assert slug is not None
    content = visitor.get(f"/berichte/{slug[1]}/erklaerung.pdf").data
    assert content == f"%PDF-https://dnk.example.de/p/{version_code(sha256)}".encode()
