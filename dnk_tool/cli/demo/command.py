"""The command `dnk demo`: an instance with a cluster, its members and people, and a rendered declaration."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool import config
from dnk_tool.cli.demo import FILES, FINISHED, IN_PROGRESS, PASSWORD, cluster
from dnk_tool.cli.output import progress, stored
from dnk_tool.cli.serve import run
from dnk_tool.domain.assessment import Assessment, Measure, Rating
from dnk_tool.domain.document_reader import read_document
from dnk_tool.domain.permissions import SHELL, Role
from dnk_tool.services import passwords, setting_up
from dnk_tool.services.accounts import create_account
from dnk_tool.services.documents import import_document
from dnk_tool.services.organisations import add_member
from dnk_tool.services.printing import finished_pdf, issue_of_version
from dnk_tool.store import accounts, assessments, declarations
from dnk_tool.store.accounts import Account
from dnk_tool.store.database import writing
from dnk_tool.store.models import Declaration

PEOPLE = (
    ("petra@demo.example", "Petra Sommer", FINISHED, Role.OWNER),
    ("jonas@demo.example", "Jonas Brandt", IN_PROGRESS, Role.OWNER),
    ("mehmet@demo.example", "Mehmet Arslan", IN_PROGRESS, Role.EDITOR),
)

RATINGS = (
    Rating.PARTIAL, Rating.IMPLEMENTED, Rating.PARTIAL, Rating.PLANNED, Rating.IMPLEMENTED, Rating.PARTIAL,
    Rating.PLANNED, Rating.NOT_STARTED, Rating.PARTIAL, Rating.IMPLEMENTED, Rating.EXEMPLARY,
)  # fmt: skip


@click.command()
@click.option("--no-serve", is_flag=True, help="Only seed and render, do not serve.")
def demo(no_serve: bool) -> None:
    """Seed a demo once, render a sample declaration, and serve it on this machine only.

    A second start keeps what was entered meanwhile. An instance with accounts of its own is left alone.
    """
    settings = config.load()
    if not settings.is_local:
        raise config.ConfigurationError(
            [f"The demo's passwords are public; it does not serve on DNK_HOST={settings.host}"]
        )
    sample = settings.instance.resolve() / "beispiel-erklaerung.pdf"
    with stored() as factory:
        _seed_once(factory, settings.instance)
        if not sample.exists():
            with factory() as session:
                _render_sample(session, sample)
    notice = _notice(sample)
    if no_serve:
        click.echo(notice)
        return
    run(settings, notice=notice)


def _seed_once(factory: sessionmaker[Session], instance: Path) -> None:
    """Raises ConfigurationError for an instance that was in use before."""
    with factory() as session:
        is_new = not accounts.any_exists(session)
    if not is_new and not setting_up.is_demo(instance):
        raise config.ConfigurationError(
            [f"{instance} has accounts already. Set DNK_INSTANCE to another folder for the demo."]
        )
    if is_new:
        # The mark comes first: no account with a public password ever exists without it.
        setting_up.mark_as_demo(instance)
        password_hash = passwords.hashed(PASSWORD)
        with writing(factory) as session:
            _seed(session, password_hash)
            session.commit()


def _seed(session: Session, password_hash: str) -> None:
    """Two companies with declarations of their own, an operator, and a cluster that reviews."""
    now = datetime.now(UTC)
    begun = now - timedelta(days=200)
    found = {
        name: import_document(session, read_document((FILES / name).read_bytes()), actor=SHELL, now=at)
        for name, at in ((FINISHED, begun), (IN_PROGRESS, now - timedelta(days=2)))
    }
    owners: dict[Declaration, Account] = {}
    for email, name, file, role in PEOPLE:
        account = _account(session, email, name, password_hash, begun)
        add_member(session, found[file].organisation, account.id, role, now=begun)
        if role is Role.OWNER:
            owners[found[file]] = account
    _account(session, "betrieb@demo.example", "Demo-Betrieb", password_hash, begun, is_operator=True)
    _assess(session, found[IN_PROGRESS], now)
    cluster.seed(session, password_hash=password_hash, owners=owners, finished=found[FINISHED], now=now)


def _account(
    session: Session,
    email: str,
    name: str,
    password_hash: str,
    now: datetime,
    *,
    is_operator: bool = False,
) -> Account:
    return create_account(
        session,
        email=email,
        name=name,
        password_hash=password_hash,
        language="de",
        now=now,
        is_operator=is_operator,
    )


def _assess(session: Session, declaration: Declaration, now: datetime) -> None:
    """A self-assessment that is half done, with two measures."""
    suppliers = "Die zehn größten Lieferanten nach Umwelt- und Sozialstandards fragen"
    agreements = "Im Führungskreis klären, ob Energieziele in die Zielvereinbarungen kommen"
    measures = {
        4: (Measure(suppliers, "Jonas Brandt", date(now.year + 1, 3, 31)),),
        8: (Measure(agreements, "Petra Brandt"),),
    }
    for number, rating in enumerate(RATINGS, start=1):
        assessments.put(
            session, declaration.id, number, Assessment(rating, measures.get(number, ())), now=now
        )


def _render_sample(session: Session, sample: Path) -> None:
    """The declaration that went all the way as PDF, to look at without signing in."""
    document = read_document((FILES / FINISHED).read_bytes())
    companies = [one.id for one in declarations.named(session, document.organisation.name)]
    for declaration in declarations.of_organisations(session, companies):
        found = declarations.snapshot(session, declaration.id, 1)
        if found is None:
            continue
        issue = issue_of_version(session, found)
        with progress("Rendering the sample declaration"):
            sample.write_bytes(finished_pdf(found, issue, sample.parent / "rendered"))
        return


def _notice(sample: Path) -> str:
    lines = ["", "Sign in with one of these addresses, password " + PASSWORD, ""]
    lines += [
        f"  karin@demo.example      manages the cluster {cluster.NAME}: ten members, three reviews",
        "  ralf@demo.example       her second pair of eyes there",
        "  jonas@demo.example      Metallbau Brandt KG, declaration in progress",
        "  mehmet@demo.example     his colleague there, to try two people at once",
        "  petra@demo.example      Tischlerei Sommer GmbH, approved and published",
        "  reinigung@demo.example  Textilreinigung Schäfer e. K., changes requested on three criteria",
        "  druckerei@demo.example  Druckerei Morgenroth GmbH, asked to sign off",
        "  betrieb@demo.example    operator of the installation",
        "",
        f"A finished declaration as PDF: {sample}",
        "",
    ]
    return "\n".join(lines)
