"""The command `dnk demo`: an instance with a cluster, its members and people, and a rendered declaration."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool import config
from dnk_tool.cli.database import open_database
from dnk_tool.cli.demo import FINISHED_FILE, PASSWORD, climate_network, examples, residues, review
from dnk_tool.cli.demo.clock import DemoClock, Scenario, run_scenarios
from dnk_tool.cli.demo.companies import DemoContext, add_cluster_staff, confirm_members
from dnk_tool.cli.demo.content import cluster_content
from dnk_tool.cli.demo.member_declarations import load_members
from dnk_tool.cli.demo.scenarios import SCENARIOS
from dnk_tool.cli.output import progress
from dnk_tool.cli.serve import run
from dnk_tool.domain.clusters.cohorts import course_end, course_plan
from dnk_tool.domain.permissions import Actor, ClusterRole
from dnk_tool.report.process.engine_choice import choose_engine
from dnk_tool.services.accounts import first_start, passwords
from dnk_tool.services.clusters import administration as cluster_administration
from dnk_tool.services.clusters import cohorts as cohort_service
from dnk_tool.services.clusters.cohorts import CohortData, MilestoneData
from dnk_tool.services.exchange import poll_answers, polls
from dnk_tool.services.exports import pdf_cache
from dnk_tool.services.exports.print_records import Recorder, recorder
from dnk_tool.services.exports.rendering import issue_of_version, render_cached, version_pdf_request
from dnk_tool.services.publication.verification import check_page_origin, with_verification_url
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.database import write_session
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.evidence.blob_store import BlobStore
from dnk_tool.store.evidence.configured_blob_store import open_blob_store
from dnk_tool.store.tables.clusters import Cohort
from dnk_tool.store.tables.exchange.polls import PollRow

# The second cohort is in its sixth week: the meeting of week six is tomorrow.
COHORT_STARTED = 41


def _ask_before_and_after(demo: DemoContext) -> None:
    """Ask before a meeting, and the same again after it; the report of the cluster shows both."""
    content = cluster_content().poll
    before = polls.create_poll(demo.work(), demo.cluster, content.question)
    _let_answer(demo, before, content.before)
    later = polls.ask_again(demo.work(), demo.cluster, before.id)
    _let_answer(demo, later, content.after)
    polls.put_in_report(demo.session, demo.cluster, later.id, is_in_report=True, actor=demo.manager)


def _let_answer(demo: DemoContext, poll: PollRow, counts: tuple[int, ...]) -> None:
    """Open the poll, let as many phones answer, and close it."""
    polls.open_poll(demo.work(), demo.cluster, poll.id)
    chosen = [place for place, count in enumerate(counts) for _ in range(count)]
    for number, place in enumerate(chosen):
        poll_answers.count_device_answer(
            demo.session, poll.id, (place,), "", seen=poll.version, ticket=f"{number}"
        )
    polls.close_poll(demo.work(), demo.cluster, poll.id)


def seed(session: Session, blobs: BlobStore, *, password_hash: str, now: datetime) -> None:
    """Create the operator, the cluster with its team, and its members with all that they did."""
    demo = DemoContext(session, blobs, password_hash, DemoClock(now), examples.example_year())
    demo.clock.go_to(420)
    content = cluster_content()
    operator, manager, reviewer = (content.people[key] for key in ("operator", "manager", "reviewer"))
    account = demo.account(operator.email, operator.name, is_operator=True)
    runs_it = Actor(account.id, is_operator=True)
    demo.cluster = cluster_administration.create_cluster(demo.work(runs_it), content.name)
    demo.manager = add_cluster_staff(demo, manager, ClusterRole.MANAGER)
    demo.reviewer = add_cluster_staff(demo, reviewer, ClusterRole.REVIEWER)
    run_scenarios(demo.clock, _scenarios(demo))
    confirm_members(demo)
    review.open_what_waits(demo, demo.reviewer, "4", now=now)


def _scenarios(demo: DemoContext) -> Iterator[Scenario]:
    yield _manager_scenario(demo)
    for key, member in load_members().items():
        yield SCENARIOS[key](demo, member)
    yield examples.published_example(demo)
    yield examples.example_in_progress(demo)
    yield residues.offers_and_searches(demo)


def _manager_scenario(demo: DemoContext) -> Scenario:
    """The steps of the cluster's manager."""
    content = cluster_content()
    yield 412
    work = Work(demo.session, demo.manager, demo.now)
    cluster_administration.change_cluster(
        work, demo.cluster, name=content.name, contact=content.contact, has_public_list=True
    )
    _set_deadline(demo, demo.year - 1, content.deadlines["last_year"])
    review.add_reusable_remarks(demo)
    yield 150
    _set_deadline(demo, demo.year, content.deadlines["this_year"])
    yield COHORT_STARTED
    _add_cohort(demo)
    yield 20
    _ask_before_and_after(demo)


def _add_cohort(demo: DemoContext) -> None:
    """A second cohort in its sixth week, with a milestone tomorrow, and every third member in it."""
    starts = demo.clock.day(COHORT_STARTED)
    milestones = [
        MilestoneData(one.day, one.title, place, sections=one.sections)
        for one, place in zip(
            course_plan(starts, "Auftakt", "Workshop"), cluster_content().places, strict=True
        )
    ]
    name, due = f"Herbst {demo.clock.today.year}", course_end(starts)
    entered = CohortData(demo.year, name, starts, due, indicator_set="gri", milestones=milestones)
    cohort = _save(demo, entered)
    members = [company.id for company, _ in cluster_lists.list_members(demo.session, demo.cluster.id)]
    cohort_service.assign(demo.work(), demo.cluster, demo.year, sorted(members)[4::3], cohort_id=cohort.id)


def _set_deadline(demo: DemoContext, year: int, days: int) -> None:
    _save(demo, CohortData(year, due=demo.clock.day(-days)))


def _save(demo: DemoContext, data: CohortData) -> Cohort:
    return cohort_service.save_cohort(demo.work(), demo.cluster, data)


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
            seed(session, open_blob_store(settings), password_hash=password_hash, now=datetime.now(UTC))
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
