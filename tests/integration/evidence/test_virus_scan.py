"""Uploads are scanned by a real clamd with a signature of its own; where none answers, a setting decides."""

import io
import itertools
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from dnk_tool.app import create_app
from dnk_tool.cli.main import cli
from dnk_tool.config import ConfigurationError, Settings, load_settings
from dnk_tool.domain.evidence import FileRejected, FileRejectionReason
from dnk_tool.domain.permissions import Actor, Role
from dnk_tool.secret_keys import create_key
from dnk_tool.services.uploads import inspection, table_files, virus_scan
from dnk_tool.services.uploads.csv_tables import TableFault, UnreadableTable
from dnk_tool.services.uploads.declarations import (
    DeclarationFileFault,
    UnreadableDeclaration,
    read_declaration_file,
)
from dnk_tool.services.uploads.decoding import sanitised, sanitised_logo
from dnk_tool.services.uploads.virus_scan import (
    MAX_SCANS,
    ScanFault,
    ScannerAway,
    ScanRefused,
    VirusScanner,
    choose_scanner,
    chosen_scanner,
    configured_scanner,
    scan_upload,
)
from dnk_tool.store.database import make_engine, session_factory, write_session
from dnk_tool.store.evidence.blob_store import BlobKey
from dnk_tool.store.evidence.file_blob_store import FileBlobStore
from dnk_tool.store.tables.evidence import EvidenceFile
from tests.support.app import (
    database_session,
    declaration_of,
    make_organisation,
    make_world,
    token_of,
)
from tests.support.browsers import signed_in
from tests.support.evidence import add_evidence, make_file
from tests.support.files import evidence_files
from tests.support.machine import free_port

# The test file of the antivirus makers, in two parts, so that no scanner takes this module for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
LARGEST = 10_000_000
START_SECONDS = 120


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a clamd that knows one signature, and takes files of up to 1 MiB."""
    program = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin:/opt/homebrew/sbin")
    if program is None:
        pytest.skip("clamd is not installed")
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "test.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
    path = folder / "clamd.sock"
    settings = folder / "clamd.conf"
    settings.write_text(
        f"Foreground yes\nDatabaseDirectory {folder}\nLocalSocket {path}\nPidFile {folder}/pid\n"
        "StreamMaxLength 1M\nMaxThreads 2\n"
    )
    with subprocess.Popen(
        [program, "--config-file", settings], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            until = time.monotonic() + START_SECONDS
            while not path.exists() and process.poll() is None and time.monotonic() < until:
                time.sleep(0.02)
            yield f"unix:{path}"
        finally:
            process.terminate()


@pytest.fixture(autouse=True)
def no_scanner_afterwards() -> Iterator[None]:
    yield
    choose_scanner(None)


@pytest.fixture
def installation(tmp_path: Path, empty_database: Path) -> Settings:
    settings = load_settings(instance=tmp_path / "instance")
    create_key(settings.instance)
    shutil.copyfile(empty_database, settings.instance / "dnk.sqlite3")
    return settings


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port where somebody listens who never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed_port() -> int:
    return free_port()


def test_f5_clamd_finds_the_test_virus_and_lets_others_pass(clamd: str) -> None:
    scanner = VirusScanner(clamd)
    assert scanner.finds_something(EICAR)
    assert scanner.finds_something(b"Betreff: Rechnung\r\n" * 5_000 + EICAR)
    for content in (b"", b"a", evidence_files.pdf(), bytes(900_000)):
        assert not scanner.finds_something(content)


def test_f5_every_kind_of_upload_is_scanned(clamd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        inspection,
        "_run",
        lambda content, kind, *logo: (sanitised_logo if logo else sanitised)(content, kind),
    )
    choose_scanner(VirusScanner(clamd))
    picture = evidence_files.logo()
    for name, content in (("a.txt", EICAR), ("a.png", picture + EICAR)):
        with pytest.raises(FileRejected) as refused:
            inspection.inspect_file(name, content, largest=LARGEST)
        assert refused.value.why is FileRejectionReason.INFECTED
    with pytest.raises(FileRejected) as refused:
        inspection.inspect_logo("a.png", picture + EICAR, largest=LARGEST)
    assert refused.value.why is FileRejectionReason.INFECTED
    with pytest.raises(UnreadableTable) as unreadable:
        table_files.read_table_file(b"Firma;Mail\n" + EICAR)
    assert unreadable.value.fault is TableFault.INFECTED
    with pytest.raises(UnreadableDeclaration) as no_declaration:
        read_declaration_file(b'{"a": "' + EICAR.replace(b"\\", b"\\\\") + EICAR + b'"}')
    assert no_declaration.value.fault is DeclarationFileFault.INFECTED
    assert inspection.inspect_logo("a.png", picture, largest=LARGEST)
    assert inspection.inspect_file("a.txt", b"Notiz", largest=LARGEST)


def upload_note(app: Flask, content: bytes) -> TestResponse:
    """Send a file of evidence with its title, as an editor does on the page."""
    world = make_world(app)
    client = signed_in(app, "editor")
    sent = {"files": FileStorage(io.BytesIO(content), "Notiz.txt"), "title": "Mein <Titel>"}
    boundary, data = encode_multipart(MultiDict(sent | {"csrf_token": token_of(client)}))
    return client.post(
        f"/erklaerungen/{world.own_declaration}/belege/neu?antwort=1.1",
        data=data,
        content_type=f"multipart/form-data; boundary={boundary}",
    )


def test_f5_an_infected_file_is_refused_on_the_page(app: Flask, clamd: str) -> None:
    choose_scanner(VirusScanner(clamd))
    answer = upload_note(app, EICAR)
    assert answer.status_code == 422
    assert "Der Virenscanner hat in dieser Datei etwas gefunden." in answer.text
    assert 'value="Mein &lt;Titel&gt;"' in answer.text
    assert "nicht auf Viren geprüft" not in answer.text
    with database_session(app) as session:
        assert session.scalars(select(EvidenceFile)).all() == []


def test_f5_a_file_waits_for_the_scanner_on_the_page(app: Flask, closed_port: int) -> None:
    choose_scanner(VirusScanner(f"127.0.0.1:{closed_port}"))
    answer = upload_note(app, b"Notiz")
    assert answer.status_code == 422
    assert "Der Virenscanner antwortet gerade nicht" in answer.text
    assert 'value="Mein &lt;Titel&gt;"' in answer.text


def test_f5_the_page_says_that_nothing_is_scanned(app: Flask, closed_port: int) -> None:
    assert "Dateien werden hier nicht auf Viren geprüft." in upload_note(app, b"").text
    choose_scanner(VirusScanner(f"127.0.0.1:{closed_port}", is_required=False))
    client = signed_in(app, "editor")
    answer = client.get("/erklaerungen/1/belege/")
    assert "außer wenn der Virenscanner gerade nicht erreichbar ist" in answer.text


def test_f5_the_application_takes_the_scanner_of_its_settings(installation: Settings) -> None:
    for clamd in ("localhost:3310", ""):
        settings = load_settings(
            instance=installation.instance, clamd=clamd, clamd_required=False, clamd_max_mb=9
        )
        create_app(settings)
        expected = VirusScanner(clamd, is_required=False, max_bytes=9_000_000) if clamd else None
        assert chosen_scanner() == expected


def test_f5_stored_files_are_scanned_on_demand(
    installation: Settings, clamd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DNK_INSTANCE", str(installation.instance))
    engine = make_engine(installation.database)
    blobs = FileBlobStore(installation.instance / "evidence")
    with write_session(session_factory(engine)) as session:
        organisation = make_organisation(session, "A GmbH", owner=Role.OWNER)
        actor = Actor(1, {organisation.id: Role.OWNER})
        files = [make_file(b"fine"), make_file(EICAR)]
        add_evidence(session, blobs, declaration_of(session, organisation), actor, *files)
        session.commit()
    engine.dispose()
    run = CliRunner().invoke
    without = run(cli, ["evidence", "check", "--scan"])
    assert without.exit_code == 1
    assert "DNK_CLAMD is empty" in without.output
    monkeypatch.setenv("DNK_CLAMD", clamd)
    result = run(cli, ["evidence", "check", "--scan"])
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"infected: {BlobKey(organisation.id, files[1].sha256).path}",
        "2 files, 0 missing, 0 changed, 0 not needed, 1 infected",
    ]
    monkeypatch.setenv("DNK_CLAMD", f"{clamd}-gone")
    assert "does not scan these files" in run(cli, ["evidence", "check", "--scan"]).output


def test_f5_what_is_too_large_for_the_scanner_is_refused(clamd: str) -> None:
    for scanner in (VirusScanner(clamd), VirusScanner(clamd, max_bytes=1_000_000)):
        choose_scanner(scanner)
        with pytest.raises(ScanRefused) as refused:
            scan_upload(bytes(8_000_000))
        assert refused.value.fault is ScanFault.TOO_LARGE_TO_SCAN, scanner.max_bytes


@pytest.mark.parametrize("is_required", [True, False])
def test_f5_without_an_answer_the_setting_decides(
    closed_port: int,
    silent_port: int,
    is_required: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    time_left, waits = virus_scan._time_left, list[float]()

    def note_wait(deadline: float) -> float:
        waits.append(time_left(deadline))
        return waits[-1]

    monkeypatch.setattr(virus_scan, "_time_left", note_wait)
    for address in (f"127.0.0.1:{closed_port}", f"127.0.0.1:{silent_port}", f"unix:{tmp_path}/none"):
        choose_scanner(VirusScanner(address, is_required=is_required, seconds=0.2))
        if is_required:
            with pytest.raises(ScanRefused) as refused:
                scan_upload(b"Geheimnis" * 100_000)
            assert refused.value.fault is ScanFault.NOT_SCANNED
        else:
            scan_upload(b"Geheimnis" * 100_000)
    assert 0 < max(waits) <= 0.2
    assert caplog.text.count("no answer") == 3
    assert "Geheimnis" not in caplog.text


@pytest.fixture
def hung_clamd() -> Iterator[tuple[str, list[socket.socket]]]:
    """The address of a server that takes files as clamd does, but never answers; and who waits for it."""
    waiting: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0), backlog=32) as server:

        def take() -> None:
            while True:
                try:
                    connection, _address = server.accept()
                except OSError:
                    return
                received = b""
                while not received.endswith(b"a\0\0\0\0"):
                    received += connection.recv(1_000)
                waiting.append(connection)

        thread = threading.Thread(target=take)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", waiting
        server.shutdown(socket.SHUT_RDWR)
        thread.join(60)
    for connection in waiting:
        connection.close()


@pytest.mark.parametrize("is_required", [True, False])
def test_f5_a_hung_scanner_holds_few_threads(
    hung_clamd: tuple[str, list[socket.socket]], is_required: bool, caplog: pytest.LogCaptureFixture
) -> None:
    address, waiting = hung_clamd
    choose_scanner(VirusScanner(address, is_required=is_required, seconds=START_SECONDS))

    def upload_one() -> ScanFault | None:
        try:
            scan_upload(b"a")
        except ScanRefused as refused:
            return refused.fault
        return None

    with ThreadPoolExecutor(8) as people:
        uploads = [people.submit(upload_one) for _ in range(8)]
        over = list(itertools.islice(as_completed(uploads), 8 - MAX_SCANS))
        assert not [done for done in uploads if done not in over and done.done()]
        assert len(waiting) == MAX_SCANS
        for connection in waiting:  # clamd is started again
            connection.sendall(b"stream: OK\0")
        assert {done.result() for done in over} == {ScanFault.NOT_SCANNED if is_required else None}
        assert [done.result() for done in uploads if done not in over] == [None] * MAX_SCANS
    assert caplog.text.count("the virus scanner gave no answer: busy") == 8 - MAX_SCANS


@pytest.mark.parametrize("reply", [b"", b"stream: ERROR\0", b"PONG\0", b"stream: OK but\0", b"x" * 9_000])
def test_f5_only_clamds_own_words_let_a_file_pass(reply: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _address = server.accept()
            with connection:
                received = b""
                while not received.endswith(b"a\0\0\0\0"):
                    received += connection.recv(1_000)
                connection.sendall(reply)

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(ScannerAway):
            VirusScanner(f"127.0.0.1:{server.getsockname()[1]}", seconds=10).finds_something(b"a")
        thread.join(60)


def test_f5_a_trickling_reply_has_a_bound() -> None:
    """Each byte comes in time, all of them together do not."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        is_over = threading.Event()

        def trickle() -> None:
            connection, _address = server.accept()
            with connection:
                while not is_over.wait(0.02):
                    connection.sendall(b"x")

        thread = threading.Thread(target=trickle)
        thread.start()
        with pytest.raises(ScannerAway):
            VirusScanner(f"127.0.0.1:{server.getsockname()[1]}", seconds=0.3).finds_something(b"a")
        is_over.set()
        thread.join(60)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"clamd": "unix:/run/clamav/clamd.ctl"}, ""),
        ({"clamd": "localhost:3310"}, ""),
        ({"clamd": "[::1]:3310"}, ""),
        ({"clamd": "scanner.example:3310"}, "DNK_CLAMD_REMOTE"),
        ({"clamd": "scanner.example:3310", "clamd_remote": True}, ""),
        ({"clamd": "localhost"}, "unix:/path or host:port"),
        ({"clamd": "localhost:0"}, "unix:/path or host:port"),
        ({"clamd": "unix:clamd"}, "unix:/path or host:port"),
    ],
)
def test_f5_the_scanner_stands_on_this_machine_unless_allowed(
    tmp_path: Path, given: dict[str, object], problem: str
) -> None:
    if problem:
        with pytest.raises(ConfigurationError, match=problem):
            load_settings(instance=tmp_path, **given)
    else:
        assert configured_scanner(load_settings(instance=tmp_path, **given))
    assert configured_scanner(load_settings(instance=tmp_path)) is None
