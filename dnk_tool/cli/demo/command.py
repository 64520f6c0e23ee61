"""The command `dnk demo`: an instance with a cluster, its members and people, and a rendered declaration."""

from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool import config
from dnk_tool.cli.database import open_database
from dnk_tool.cli.demo import FINISHED_FILE, PASSWORD, climate_network, cluster, examples
from dnk_tool.cli.demo.content import cluster_content
from dnk_tool.cli.output import progress
from dnk_tool.cli.serve import run
from dnk_tool.report.process.engine_choice import choose_engine
from dnk_tool.services.accounts import first_start, passwords
from dnk_tool.services.exports import pdf_cache
from dnk_tool.services.exports.print_records import Recorder, recorder
from dnk_tool.services.exports.rendering import issue_of_version, render_cached, version_pdf_request
from dnk_tool.services.publication.verification import check_page_origin, with_verification_url
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.database import write_session
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.evidence.configured_blob_store import open_blob_store


@click.command()
@click.option("--no-serve", is_flag=True, help="Only seed and render, do not serve.")
def demo(no_serve: bool) -> None:
    """Seed a demo once, render a sample declaration, and serve it on this machine only.

    A second start keeps what was entered meanwhile. An instance with accounts of its own is left alone.
    """
    settings = config.load_settings()
    if not settings.is_local:
        raise config.ConfigurationError(
            [f"The demo's passwords are public; it does not serve on DNK_HOST={settings.host}"]
        )
    choose_engine(settings.pdf_engine)
    sample = settings.instance.resolve() / "beispiel-erklaerung.pdf"
    with open_database() as factory:
        _seed_once(factory, settings)
        if not sample.exists():
            with factory() as session:
                _render_sample(session, sample, check_page_origin(settings), recorder(factory))
    notice = _notice(sample)
    if no_serve:
        click.echo(notice)
        return
    run(settings, notice=notice)


def _seed_once(factory: sessionmaker[Session], settings: config.Settings) -> None:
    """Fill a new instance with the demo's data. Raises ConfigurationError for one that was in use before."""
    instance = settings.instance
    with factory() as session:
        is_new = not accounts.any_exists(session)
    if not is_new and not first_start.is_demo(instance):
        raise config.ConfigurationError(
            [f"{instance} has accounts already. Set DNK_INSTANCE to another folder for the demo."]
        )
    if is_new:
        config.create_secret_key(settings)
        # The mark comes first: no account with a public password ever exists without it.
        first_start.mark_as_demo(instance)
        password_hash = passwords.hashed(PASSWORD)
        with write_session(factory) as session:
            cluster.seed(
                session, open_blob_store(settings), password_hash=password_hash, now=datetime.now(UTC)
            )
            session.commit()
        climate_network.seed(
            factory, open_blob_store(settings), password_hash=password_hash, now=datetime.now(UTC)
        )


def _render_sample(session: Session, sample: Path, origin: str, record: Recorder) -> None:
    """Render the published declaration as PDF, to be read without signing in."""
    name = examples.load_document(FINISHED_FILE).organisation.name
    companies = [organisation.id for organisation in declarations.organisations_named(session, name)]
    for declaration in declarations.of_organisations(session, companies):
        snapshot = declarations.snapshot(session, declaration.id, 1)
        if snapshot is None:
            continue
        issue = with_verification_url(issue_of_version(session, snapshot), origin)
        with progress("Rendering the sample declaration"):
            wanted = version_pdf_request(session, snapshot, issue)
            sample.write_bytes(render_cached(wanted, sample.parent / pdf_cache.FOLDER, record=record))
        return


def _notice(sample: Path) -> str:
    lines = ["", f"Sign in with one of these addresses, password {PASSWORD}", ""]
    lines += [f"  {each.email:<22}  {each.who}\n{'':26}{each.what}" for each in cluster_content().sign_ins]
    lines += ["", f"A finished declaration as PDF: {sample}", ""]
    return "\n".join(lines)
