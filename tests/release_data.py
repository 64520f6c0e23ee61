"""Keeps an instance as this version of the program makes it: `python -m tests.release_data NAME`.

See tests/data/released/README.md. A folder that is there is never written again.
"""

import argparse
import gzip
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import time_machine
from click.testing import CliRunner
from sqlalchemy import make_url, select, text
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool import __version__, config
from dnk_tool.app import create_app
from dnk_tool.cli.demo import PASSWORD
from dnk_tool.cli.main import cli
from dnk_tool.domain.declarations.document import canonical_json
from dnk_tool.domain.declarations.states import EDITABLE_STATES
from dnk_tool.domain.declarations.version_code import version_code
from dnk_tool.domain.permissions import SHELL, Actor, Role
from dnk_tool.paths import write_private_file
from dnk_tool.report.view.branding import Branding
from dnk_tool.services.accounts import passwords
from dnk_tool.services.accounts.lifecycle import create_account
from dnk_tool.services.declarations import branding, submission
from dnk_tool.services.declarations.documents import import_document, live_document
from dnk_tool.services.exports import pdf_cache
from dnk_tool.services.exports.print_records import Recorder, recorder
from dnk_tool.services.exports.rendering import issue_of_version, render_cached, version_pdf_request
from dnk_tool.services.people.organisations import add_member
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.publication.verification import with_verification_url
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations.versions import FINAL, version
from dnk_tool.store.evidence import queries as evidence
from dnk_tool.store.publication import proofs
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, ClusterStaff
from dnk_tool.store.tables.declarations import Declaration, Snapshot
from dnk_tool.store.tables.mail import Mail
from dnk_tool.store.tables.organisations import Membership
from dnk_tool.store.tables.publication import Publication
from dnk_tool.web.mail import reminders
from tests import released
from tests.support import postgresql
from tests.support.app import Browser, database_session, secured, sign_in_by_form
from tests.support.authenticators import set_up_app
from tests.support.documents import stored_document
from tests.support.files.evidence_files import logo

DATA = Path(__file__).parent / "data"
OWNER, SECOND_FACTOR = "vera@demo.example", "betrieb@demo.example"
# Whose version is finished, published, and has a look; and what stays in work, one of it in English.
FINISHED, IN_WORK = "craft", ("effas", "draft")
PRINTED = 2
DEMO_PDF = "beispiel-erklaerung.pdf"
STOP = re.compile(r"/erinnerungen/abbestellen/\S+")
# What only psql or only the newest server understands.
FOREIGN = re.compile(r"^(\\(un)?restrict .*|SET transaction_timeout = .*)\n", re.MULTILINE)


def main() -> None:
    """Make the folder of a release."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("name", help="name of the folder, such as 2026-11")
    asked.add_argument("--day", default=datetime.now(UTC).date().isoformat(), help="today in the instance")
    given = asked.parse_args()
    target = released.FOLDER / given.name
    if target.exists():
        sys.exit(f"{target} is there already, and is never written again.")
    now = datetime.fromisoformat(f"{given.day}T09:00:00+00:00")
    with tempfile.TemporaryDirectory() as place, time_machine.travel(now):
        made = Path(place) / "made"
        made.mkdir()
        make(Path(place) / "instance", made, now=now)
        shutil.copytree(made, target)


def make(instance: Path, target: Path, *, now: datetime) -> None:
    """Make an instance, and in `target` all that is kept of it."""
    instance.mkdir()
    write_private_file(instance / "config.toml", f'public_url = "{released.PUBLIC_URL}"\n')
    os.environ["DNK_INSTANCE"] = str(instance)
    _run_command("init")
    _run_command("demo", "--no-serve")
    app = create_app(config.load_settings())
    app.test_client_class = Browser
    password_hash = passwords.hashed(PASSWORD)
    with database_session(app) as session:
        _write_beyond_the_demo(session, password_hash, now=now)
    _run_command("seal", "new-key", "IHK Musterstadt")
    _run_command("seal", "versions")
    reminders.send_due(app, now=now)
    browser = secured(app.test_client())
    sign_in_by_form(browser, SECOND_FACTOR, PASSWORD)
    phone, codes = set_up_app(browser)
    with database_session(app) as session:
        said = {"made_at": now.isoformat(), "program": __version__, "password": PASSWORD}
        said |= {"second_factor": {"email": SECOND_FACTOR, "secret": phone.secret, "recovery_code": codes[0]}}
        said |= _recorded(session)
        words = json.dumps(said, ensure_ascii=False, indent=1) + "\n"
        (target / released.RECORDED).write_text(words, "utf-8")
        _write_documents(session, target)
    factory: sessionmaker[Session] = app.extensions["dnk_session_factory"]
    with factory() as session:
        _write_pdfs(session, target, instance, recorder(factory))
    app.extensions["dnk_engine"].dispose()
    with postgresql.cluster() as url:
        _run_command("copy-database", url)
        _pack(target / released.POSTGRESQL, _dump_of_postgresql(url))
    _pack(target / released.SQLITE, _dump_of_sqlite(instance / "dnk.sqlite3"))
    for path in (*instance.glob("dnk.sqlite3*"), instance / DEMO_PDF):
        path.unlink()
    shutil.rmtree(instance / pdf_cache.FOLDER)
    shutil.copytree(instance, target / released.INSTANCE)


def _run_command(*words: str) -> None:
    done = CliRunner().invoke(cli, words)
    if done.exit_code:
        sys.exit(f"dnk {' '.join(words)}: {done.output}")


def _write_beyond_the_demo(session: Session, password_hash: str, *, now: datetime) -> None:
    """What the demo has not: a look, EFFAS, English, a draft with every gap."""
    given: dict[str, Any] = {"password_hash": password_hash, "language": "de", "now": now}
    owner = create_account(session, email=OWNER, name="Vera Quenzel", **given)
    session.flush()
    for name in (FINISHED, *IN_WORK):
        document = stored_document(name)
        declaration = import_document(Work(session, SHELL, now), document)
        company = declaration.organisation
        add_member(session, company, owner.id, Role.OWNER, now=now)
        actor = Actor(owner.id, {company.id: Role.OWNER})
        branding.change_branding(Work(session, actor, now), company, Branding("#00aa66", logo()), seen=0)
        if name == FINISHED:
            submission.submit(Work(session, actor, now), declaration, cluster_id=None, signatory=owner)
            session.flush()
            publishing_steps.publish(Work(session, actor, now), declaration)
    session.flush()


def _recorded(session: Session) -> dict[str, Any]:
    """What there is, by its numbers and addresses, and who may open it."""
    owners = dict(
        session.execute(
            select(Declaration.id, Account.email)
            .join(Membership, Membership.organisation_id == Declaration.organisation_id)
            .join(Account, Account.id == Membership.user_id)
            .where(Membership.role == Role.OWNER)
            .order_by(Declaration.id)
        ).all()
    )
    every = declarations.all_declarations(session)
    clusters = select(Cluster.id, Account.email).join(ClusterStaff, ClusterStaff.cluster_id == Cluster.id)
    staff = clusters.join(Account, Account.id == ClusterStaff.user_id).order_by(ClusterStaff.user_id)
    mails = session.scalars(select(Mail.body).order_by(Mail.id))
    return {
        "schema": session.scalar(text("SELECT version_num FROM alembic_version")),
        "declarations": [
            {
                "id": declaration.id,
                "company": declaration.organisation.id,
                "name": declaration.organisation.name,
                "owner": owners[declaration.id],
                "state": declaration.state.value,
                "cluster": declaration.cluster_id,
            }
            for declaration in sorted(every, key=lambda declaration: declaration.id)
        ],
        "versions": [
            {
                "declaration": snapshot.declaration_id,
                "number": snapshot.version,
                "owner": owners[snapshot.declaration_id],
                "is_final": frozen_version is not None and frozen_version.outcome in FINAL,
                "sha256": snapshot.sha256,
                "code": version_code(snapshot.sha256),
            }
            for snapshot in _snapshots(session)
            for frozen_version in (version(session, snapshot.declaration_id, snapshot.version),)
        ],
        "evidence": [
            {
                "declaration": declaration.id,
                "id": file.id,
                "name": file.name,
                "sha256": file.sha256,
                "owner": owners[declaration.id],
            }
            for declaration in sorted(every, key=lambda declaration: declaration.id)
            for file in evidence.of_declaration(session, declaration)
        ],
        "published": [
            {
                "slug": publication.slug,
                "declaration": publication.declaration_id,
                "number": publication.version,
            }
            for publication in session.scalars(select(Publication).order_by(Publication.declaration_id))
        ],
        "clusters": [{"id": key, "person": email} for key, email in session.execute(staff)],
        "links": sorted({link for body in mails for link in STOP.findall(body)}),
    }


def _snapshots(session: Session) -> list[Snapshot]:
    return list(session.scalars(select(Snapshot).order_by(Snapshot.declaration_id, Snapshot.version)))


def _write_documents(session: Session, target: Path) -> None:
    folder, drafts = target / released.VERSIONS, target / released.DRAFTS
    folder.mkdir()
    drafts.mkdir()
    for snapshot in _snapshots(session):
        path = folder / f"{snapshot.declaration_id}-{snapshot.version}.json"
        path.write_bytes(snapshot.content)
        if seal := proofs.seal_of(session, snapshot.declaration_id, snapshot.version):
            path.with_suffix(".sig").write_text(seal, "utf-8")
    for declaration in declarations.all_declarations(session):
        if declaration.state in EDITABLE_STATES:
            content = canonical_json(live_document(session, declaration))
            (drafts / f"{declaration.id}.json").write_bytes(content)


def _write_pdfs(session: Session, target: Path, instance: Path, record: Recorder) -> None:
    """The newest versions that are published, as anybody fetches them."""
    folder = target / released.PDFS
    folder.mkdir()
    latest = select(Publication).order_by(Publication.declaration_id.desc()).limit(PRINTED)
    for publication in session.scalars(latest):
        snapshot = declarations.snapshot(session, publication.declaration_id, publication.version)
        if snapshot is None:
            raise LookupError(publication.slug)
        issue = with_verification_url(issue_of_version(session, snapshot), released.PUBLIC_URL)
        request = version_pdf_request(session, snapshot, issue)
        content = render_cached(request, instance / pdf_cache.FOLDER, record=record)
        (folder / f"{publication.declaration_id}-{publication.version}.pdf").write_bytes(content)


def _dump_of_sqlite(file: Path) -> str:
    with closing(sqlite3.connect(file)) as connection:
        return "\n".join(connection.iterdump()) + "\n"


def _dump_of_postgresql(url: str) -> str:
    """As pg_dump writes it, in statements that any driver can run."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    folder = postgresql.programs() or Path()
    options = ["--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=100", f"--dbname={address}"]
    done = subprocess.run([folder / "pg_dump", *options], check=True, capture_output=True, text=True)
    return FOREIGN.sub("", done.stdout)


def _pack(path: Path, words: str) -> None:
    path.write_bytes(gzip.compress(words.encode(), mtime=0))


if __name__ == "__main__":
    main()
