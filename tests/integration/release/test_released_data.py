"""What earlier releases made still opens: databases, files, seals, links and PDFs of tests/data/released."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import create_engine, make_url, select
from sqlalchemy.orm import Session

from dnk_tool import config
from dnk_tool.app import create_app
from dnk_tool.cli.main import cli
from dnk_tool.domain.declarations.document import canonical_json, fingerprint
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.version_code import version_code
from dnk_tool.domain.permissions import SHELL
from dnk_tool.services.accounts import installation_key, second_factor
from dnk_tool.services.accounts.installation_key import KeyProblem
from dnk_tool.services.declarations.documents import current_file
from dnk_tool.services.evidence import store_check
from dnk_tool.services.publication import seal_keys, seals
from dnk_tool.services.uploads.declarations import declaration_data, read_declaration_file
from dnk_tool.store import schema
from dnk_tool.store.database import make_engine
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.publication import print_records, proofs
from dnk_tool.store.tables.review import RemarkRow
from tests import prints
from tests.released import RELEASES, Release
from tests.support.app import TEMPLATE_CACHE, Browser, post, secured, sign_in_by_form
from tests.support.authenticators import TotpApp

LATER = timedelta(days=1)
OF_A_DECLARATION = (
    "/", "/kriterien/general", "/kriterien/1", "/kriterien/13", "/kennzahlen", "/rechner/energy", "/belege/",
    "/dateien", "/verlauf/1.1", "/schnellchecks/", "/einstellungen", "/beitraege",
)  # fmt: skip
OF_A_COMPANY = ("/profil", "/personen", "/cluster", "/erscheinungsbild", "/protokoll")
OF_A_CLUSTER = (
    "/",
    "/waermebild",
    "/uebersicht.csv",
    "/pruefung/",
    "/mitglieder",
    "/team",
    "/textbausteine/",
)
OF_A_REVIEW = ("/", "/general", "/5", "/13")
OF_A_PUBLICATION = ("", "/erklaerung.json", "/kennzahlen.csv")
PUBLIC = ("/berichte", "/berichte/feed.atom", "/berichte/cluster/1", "/pruefen")
STEP = "/anmelden/zweiter-schritt"


@dataclass(frozen=True)
class Old:
    """An instance of an earlier release, in use with the present program."""

    release: Release
    app: Flask

    @property
    def instance(self) -> Path:
        return Path(self.app.instance_path)

    @property
    def store(self) -> Session:
        session: Session = self.app.extensions["dnk_session_factory"]()
        return session

    def visitor(self) -> FlaskClient:
        return secured(self.app.test_client())

    def signed_in(self, email: str) -> FlaskClient:
        browser = self.visitor()
        sign_in_by_form(browser, email, self.release.recorded["password"])
        return browser


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """On which database the instance lies."""
    return str(request.param)


@pytest.fixture(scope="module", params=RELEASES, ids=lambda release: release.name)
def old(kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Old]:
    """An instance of each release, its database brought up to date."""
    release: Release = request.param
    folder = release.put_instance(tmp_path_factory.mktemp("released") / "instance")
    if kind == "sqlite":
        yield from _in_use(release, folder, release.fill_sqlite(folder / "dnk.sqlite3"))
        return
    server_url = request.getfixturevalue("postgres_url")
    name, server = f"released_{uuid4().hex}", create_engine(server_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    url = make_url(server_url).set(database=name).render_as_string(hide_password=False)
    yield from _in_use(release, folder, release.fill_postgresql(url))
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    server.dispose()


def _in_use(release: Release, folder: Path, url: str) -> Iterator[Old]:
    engine = make_engine(url)
    schema.upgrade(engine)
    engine.dispose()
    app = create_app(config.load_settings(instance=folder, database_url=url))
    app.testing = True
    app.test_client_class = Browser
    app.jinja_env.bytecode_cache = TEMPLATE_CACHE
    yield Old(release, app)
    app.extensions["dnk_engine"].dispose()


@pytest.fixture(autouse=True)
def then(request: pytest.FixtureRequest) -> Iterator[None]:
    """It is the day after: links are still good, and deadlines to come."""
    if "old" not in request.fixturenames:
        yield
        return
    with time_machine.travel(request.getfixturevalue("old").release.made_at + LATER):
        yield


def test_the_database_is_brought_up_to_date(old: Old) -> None:
    engine = old.app.extensions["dnk_engine"]
    assert schema.is_current(engine)
    with engine.connect() as connection:
        assert schema.differences(connection) == []
        remarks = connection.execute(select(RemarkRow.written_at, RemarkRow.published_at)).all()
    assert remarks
    assert all(written == published for written, published in remarks), "companies go on reading them"


def test_every_version_is_as_it_was_frozen(old: Old) -> None:
    keys = seal_keys.public_keys(old.instance)
    assert old.release.versions
    with old.store as session:
        numbers = {
            (declaration.id, snapshot.version)
            for declaration in declarations.all_declarations(session)
            for snapshot in declarations.snapshots(session, declaration.id)
        }
        assert numbers == {(version.declaration, version.number) for version in old.release.versions}
        for version in old.release.versions:
            snapshot = declarations.snapshot(session, version.declaration, version.number)
            assert snapshot is not None
            assert snapshot.content == version.content
            assert snapshot.sha256 == fingerprint(version.content) == version.sha256
            assert version_code(version.sha256) == version.code
            assert canonical_json(read_document(version.content)) == version.content
            assert print_records.may_miss_prints(session, version.sha256), "its PDFs are never called changed"
            seal = proofs.seal_of(session, version.declaration, version.number)
            assert seal == version.seal
            assert bool(seal) == version.is_final
            if seal:
                assert (
                    seals.verify_seal(seals.parse_seal(seal), version.sha256, keys) is seals.SealVerdict.VALID
                )


def test_its_key_goes_on_sealing(old: Old) -> None:
    key = seal_keys.signing_key(old.instance)
    assert key is not None
    made = seals.create_seal("0" * 64, key, on=old.release.made_at.date())
    assert seals.verify_seal(made, "0" * 64, seal_keys.public_keys(old.instance)) is seals.SealVerdict.VALID


def test_drafts_say_what_they_said(old: Old) -> None:
    assert old.release.drafts
    with old.store as session:
        for number, content in old.release.drafts.items():
            declaration = declarations.by_id(session, number)
            assert declaration is not None
            assert current_file(session, declaration) == content, declaration.organisation.name


def test_people_find_their_pages(old: Old) -> None:
    """Of one declaration in each state."""
    by_state = {declaration["state"]: declaration for declaration in old.release.recorded["declarations"]}
    assert len(by_state) > 5
    for declaration in by_state.values():
        browser = old.signed_in(declaration["owner"])
        assert declaration["name"] in _unescaped(_opens(browser, f"/unternehmen/{declaration['company']}"))
        for page in OF_A_COMPANY:
            _opens(browser, f"/unternehmen/{declaration['company']}{page}")
        for page in OF_A_DECLARATION:
            _opens(browser, f"/erklaerungen/{declaration['id']}{page}")


def test_people_fetch_their_files(old: Old) -> None:
    for owner in dict.fromkeys(version.owner for version in old.release.versions):
        browser = old.signed_in(owner)
        for version in old.release.versions:
            if version.owner != owner:
                continue
            address = f"/erklaerungen/{version.declaration}/versionen/{version.number}"
            assert browser.get(f"{address}.json").data == version.content
            if version.seal:
                assert browser.get(f"{address}.sig").text == version.seal


def test_a_cluster_finds_its_members_and_reviews(old: Old) -> None:
    people = old.release.recorded["clusters"]
    assert people
    for recorded in people:
        browser, cluster = old.signed_in(recorded["person"]), f"/cluster/{recorded['id']}"
        for page in OF_A_CLUSTER:
            _opens(browser, f"{cluster}{page}")
        waiting = [
            each["id"]
            for each in old.release.recorded["declarations"]
            if each["state"] == "submitted" and each["cluster"] == recorded["id"]
        ]
        assert waiting
        for number in waiting:
            for page in OF_A_REVIEW:
                _opens(browser, f"{cluster}/pruefung/{number}{page}")


def test_everybody_reads_what_is_published(old: Old) -> None:
    visitor = old.visitor()
    versions = {(version.declaration, version.number): version for version in old.release.versions}
    for page in PUBLIC:
        _opens(visitor, page)
    published = old.release.recorded["published"]
    assert 200 in {
        visitor.get(f"/berichte/{publication['slug']}/logo.png").status_code for publication in published
    }
    for publication in published:
        for page in OF_A_PUBLICATION:
            _opens(visitor, f"/berichte/{publication['slug']}{page}")
        version = versions[publication["declaration"], publication["number"]]
        assert visitor.get(f"/berichte/{publication['slug']}/erklaerung.json").data == version.content
        assert version.sha256[:8] in visitor.get(f"/p/{version.code}").text
        assert visitor.get(f"/p/{version.code}.sig").text == version.seal
        assert visitor.get(f"/berichte/{publication['slug']}/kennzahlen.xlsx").data.startswith(b"PK")


def test_every_file_of_evidence_opens(old: Old) -> None:
    report = store_check.check_evidence_store(
        old.app.extensions["dnk_session_factory"],
        old.app.extensions["dnk_blobs"],
        actor=SHELL,
        now=old.release.made_at,
    )
    assert report.is_fine
    assert report.checked == len({file["sha256"] for file in old.release.recorded["evidence"]}) > 0
    for file in old.release.recorded["evidence"]:
        page = old.signed_in(file["owner"]).get(
            f"/erklaerungen/{file['declaration']}/belege/{file['id']}/datei"
        )
        assert hashlib.sha256(page.data).hexdigest() == file["sha256"], file["name"]


def test_an_app_goes_on_giving_codes_and_a_code_for_lost_devices_counts(old: Old) -> None:
    known = old.release.recorded["second_factor"]
    for given in ({"code": TotpApp(known["secret"]).code()}, {"recovery_code": known["recovery_code"]}):
        browser = old.signed_in(known["email"])
        assert browser.get("/betrieb").status_code != 200
        assert post(browser, STEP, given).status_code == 303
        _opens(browser, "/betrieb")
        _opens(browser, "/betrieb/post")


def test_nobody_needs_a_second_factor_who_needed_none_before(
    old: Old, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Existing installations keep what they had; a new one demands it of operators and managers."""
    monkeypatch.delenv("DNK_SECOND_FACTOR_FOR")
    settings = config.load_settings(instance=tmp_path)  # without the mark of the demo
    assert settings.second_factor_for is None
    with old.store as session:
        assert second_factor.demanded_roles(session, settings) == ()


def test_its_secret_key_is_known_by_its_apps(old: Old) -> None:
    settings = old.app.extensions["dnk_settings"]
    with old.store as session:
        assert installation_key.key_problem(session, settings) is None
        foreign = settings.model_copy(update={"secret_key": SecretStr("a key of another server" * 2)})
        assert installation_key.key_problem(session, foreign) is KeyProblem.FOREIGN


def test_links_in_mails_still_lead_somewhere(old: Old) -> None:
    assert old.release.recorded["links"]
    for link in old.release.recorded["links"]:
        _opens(old.visitor(), link)


@pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.name)
def test_a_pdf_is_read_back_without_loss(release: Release) -> None:
    versions = {version.name: version for version in release.versions}
    assert release.pdfs
    for name, path in release.pdfs.items():
        content = path.read_bytes()
        assert declaration_data(content) == versions[name].content
        assert canonical_json(read_declaration_file(content)) == versions[name].content


@pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.name)
def test_anybody_verifies_what_was_handed_out(
    release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = release.put_instance(tmp_path / "instance")
    monkeypatch.setenv("DNK_INSTANCE", str(instance))
    for name, path in release.pdfs.items():
        seal = release.folder / "versions" / f"{name}.sig"
        done = CliRunner().invoke(cli, ["declaration", "verify", str(path), "--signature", str(seal)])
        assert done.exit_code == 0, done.output
        assert "seal: valid (IHK Musterstadt" in done.output


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_every_finished_version_is_printed(old: Old) -> None:
    """Not printed again what would be of the same page, by the same programs and libraries.

    Whether the same give the same is what `test_prints` sees each time.
    """
    others = prints.differing()
    assert len(old.release.finished) >= 10
    for version in old.release.finished:
        name = f"{old.release.name}/{version.name}"
        with old.store as session:
            wanted = prints.of_version(session, version)
        if prints.is_noted(name, wanted.inputs):
            continue
        content = wanted.make()
        assert declaration_data(content) == version.content, name
        then, now = prints.recorded()["prints"][name], prints.noted(content)
        assert now.pages == then["pages"], name
        # Other bytes are to be expected of other libraries.
        assert others or now.sha256 == then["sha256"], name


def _opens(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path, follow_redirects=True)
    assert answer.status_code == 200, (path, answer.status_code)
    assert answer.request.path.startswith(path), (path, answer.request.path)
    return answer.text


def _unescaped(html: str) -> str:
    return unescape(html).replace("\xad", "")
