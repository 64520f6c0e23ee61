"""The demo shows what it promises: every state, every sign, two years, and a past that reads in order."""

import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.catalogue.residue_pairs import load_residue_pairs
from dnk_tool.cli.demo import command as demo
from dnk_tool.cli.demo import member_declarations as texts
from dnk_tool.cli.demo.content import cluster_content, network_content
from dnk_tool.cli.demo.examples import finished_document
from dnk_tool.domain import reminders as deadline_reminders
from dnk_tool.domain.answers.completeness import SectionProgress
from dnk_tool.domain.clusters.cockpit import ClusterTask, MemberStage
from dnk_tool.domain.declarations.document import canonical_json
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.exchange.residues import matches
from dnk_tool.domain.review import Audience, ReviewSide
from dnk_tool.report.view.charts.trend import trend
from dnk_tool.services.mail import reminders
from dnk_tool.services.uploads.decoding import sanitised
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.clusters import cockpit, cockpit_sums
from dnk_tool.store.clusters.cockpit import MemberFilter, MemberSummary
from dnk_tool.store.clusters.cockpit_sql import ClusterYear
from dnk_tool.store.database import make_engine, session_factory, write_session
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations.queries import selection_of
from dnk_tool.store.evidence.blob_store import BlobKey, BlobStore
from dnk_tool.store.evidence.file_blob_store import FileBlobStore
from dnk_tool.store.exchange import residues
from dnk_tool.store.publication import publications
from dnk_tool.store.review import remarks
from dnk_tool.store.review import verdicts as stored_verdicts
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.evidence import EvidenceFile
from dnk_tool.store.tables.exchange.residues import ResidueInquiryRow
from dnk_tool.store.tables.review import RemarkRow
from dnk_tool.store.tables.review_team import ReviewAssignment, ReviewConflict, ReviewOpening
from tests.integration.conftest import NOW, odd_figures
from tests.pages.example import published_json

LATEST, BEFORE = 2025, 2024


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[Session]:
    """The demo, seeded once; tests only read it."""
    file = shutil.copy(empty_database, tmp_path_factory.mktemp("demo") / "dnk.sqlite3")
    engine = make_engine(f"sqlite:///{file}")
    with write_session(session_factory(engine)) as session:
        demo.seed(session, FileBlobStore(file.parent / "evidence"), password_hash="unused", now=NOW)
        session.commit()
        yield session
    engine.dispose()


def test_no_firm_is_asked_about_an_odd_figure(seeded: Session) -> None:
    """Everybody copies the demo, so that its figures pass the rules that others are asked by."""
    assert odd_figures(seeded) == []


def test_the_example_is_the_version_that_the_demo_publishes(seeded: Session) -> None:
    """Each figure, line and factor of it; `make example` writes it anew."""
    assert published_json(seeded) == canonical_json(finished_document())


@pytest.fixture(scope="module")
def files(seeded: Session) -> BlobStore:
    """Where the demo's evidence lies."""
    return FileBlobStore(Path(str(seeded.get_bind().engine.url.database)).parent / "evidence")


@pytest.fixture(scope="module")
def views(seeded: Session) -> dict[int, ClusterYear]:
    """How the cluster looks at each of its years."""
    cluster_id = seeded.scalars(select(Cluster.id)).one()
    years = cockpit_sums.reporting_years(seeded, cluster_id)
    return {year: years.view(cluster_id, year, now=NOW) for year in years.known}


@pytest.fixture(scope="module")
def members(seeded: Session, views: dict[int, ClusterYear]) -> dict[int, dict[str, MemberSummary]]:
    """All members by year and name."""
    return {
        year: {member.name: member for member in cockpit.list_all(seeded, view, MemberFilter())}
        for year, view in views.items()
    }


def test_every_stage_in_two_years(members: dict[int, dict[str, MemberSummary]]) -> None:
    assert sorted(members) == [BEFORE, LATEST]
    assert len(members[LATEST]) >= 8
    assert {member.stage for member in members[LATEST].values()} == set(MemberStage)
    assert {MemberStage.DRAFT, MemberStage.APPROVED, MemberStage.PUBLISHED} <= {
        member.stage for member in members[BEFORE].values()
    }


def test_every_sign_of_the_heat_map(seeded: Session, members: dict[int, dict[str, MemberSummary]]) -> None:
    shown = members[LATEST].values()
    progress = cockpit_sums.progress_of(
        seeded, [member.declaration_id for member in shown if member.declaration_id]
    )
    explained = [
        progress_by_section
        for progress_by_section in progress.values()
        if SectionProgress.EXPLAINED in progress_by_section.values()
    ]
    assert len(explained) >= 3, "several members explain a whole criterion"
    assert {SectionProgress.OPEN, SectionProgress.ANSWERED} <= {
        section_progress
        for progress_by_section in progress.values()
        for section_progress in progress_by_section.values()
    }
    assert any(member.remarks for member in shown)


def test_what_there_is_to_do(
    views: dict[int, ClusterYear], members: dict[int, dict[str, MemberSummary]]
) -> None:
    def with_task(year: int, task: ClusterTask) -> set[str]:
        return {name for name, member in members[year].items() if task in member.tasks(views[year])}

    assert len(with_task(LATEST, ClusterTask.REVIEW)) == 2
    assert len(with_task(LATEST, ClusterTask.SILENT)) == 3
    assert with_task(LATEST, ClusterTask.OVERDUE) == set(), "this year's deadline is still to come"
    assert with_task(BEFORE, ClusterTask.OVERDUE) == {
        "Spedition Albers GmbH & Co. KG",
        "Möbelwerkstätten Oberland eG",
    }


def test_a_review_in_progress(seeded: Session) -> None:
    submitted = seeded.scalars(select(Declaration).where(Declaration.state == State.SUBMITTED)).all()
    judged = {
        declaration.id: len(stored_verdicts.latest_judgements(seeded, declaration.id))
        for declaration in submitted
    }
    [in_progress] = [
        declaration.id
        for declaration in submitted
        if 0 < judged[declaration.id] < len(selection_of(declaration).sections)
    ]
    said = seeded.scalars(select(RemarkRow.audience).where(RemarkRow.declaration_id == in_progress))
    assert set(said) == set(Audience)


def test_a_review_team_at_work(seeded: Session) -> None:
    """Ralf has the review in progress and is reading it; he keeps out of another company."""
    [assigned], [opened] = (
        seeded.scalars(select(table)).all() for table in (ReviewAssignment, ReviewOpening)
    )
    assert (assigned.declaration_id, assigned.account_id) == (opened.declaration_id, opened.account_id)
    [conflict] = seeded.scalars(select(ReviewConflict)).all()
    assert conflict.account_id == assigned.account_id
    waiting = select(Declaration.organisation_id).where(Declaration.state == State.SUBMITTED)
    assert conflict.organisation_id in seeded.scalars(waiting).all()


def test_the_review_shows_bills_beside_calculated_figures(seeded: Session) -> None:
    submitted = seeded.scalars(select(Declaration).where(Declaration.state == State.SUBMITTED)).all()
    frozen = [declarations.snapshot(seeded, declaration.id, declaration.version) for declaration in submitted]
    documents = [read_document(snapshot.content) for snapshot in frozen if snapshot]
    [document] = [document for document in documents if document.annex.calculations]
    assert {step.datapoint for line in document.annex.calculations for step in line.steps} >= {
        "ghg.scope1.gross",
        "ghg.scope2.location",
    }
    opened = [piece for piece in document.annex.evidence if piece.is_for_review]
    assert {"Gas, Jahresrechnung", "Strom, Jahresrechnung"} <= {piece.title for piece in opened}


def test_a_second_round_with_answered_remarks(seeded: Session) -> None:
    again = seeded.scalars(
        select(Declaration).where(Declaration.state == State.SUBMITTED, Declaration.version == 2)
    ).one()
    threads = remarks.threads(seeded, again.id, ReviewSide.REVIEWERS, cluster_id=again.cluster_id)
    assert len(threads) == 3
    assert all(thread.is_answered for thread in threads)


def test_the_past_reads_in_order(seeded: Session) -> None:
    events = seeded.scalars(select(Event).order_by(Event.id)).all()
    assert all(earlier.happened_at <= later.happened_at for earlier, later in pairwise(events))
    assert all(event.happened_at < NOW for event in events)
    assert all(event.by_account for event in events), "somebody did it, whom the trail can name"


def test_twelve_residues_with_three_pairs(seeded: Session) -> None:
    posted = residues.posted_notices(seeded, seeded.scalars(select(Cluster.id)).one())
    found = matches(posted, load_residue_pairs())
    assert (len(posted), len(found)) == (12, 3)
    assert [match.pair.key for match in found if match.pair] == ["aluminium-scrap"]
    asked = seeded.scalars(select(ResidueInquiryRow)).all()
    assert sorted(row.owner_agreed_at is not None for row in asked) == [False, True]


def test_reminders_are_due(seeded: Session) -> None:
    lines = [line for digest in reminders.due_digests(seeded, now=NOW) for line in digest.lines]
    assert {line.task for line in lines} == set(deadline_reminders.PendingTask)
    assert all(line.days_left <= 7 for line in lines)


def test_a_former_member_is_seen_no_more(
    seeded: Session, members: dict[int, dict[str, MemberSummary]]
) -> None:
    left = seeded.scalars(select(Consent).where(Consent.withdrawn_at.is_not(None))).one()
    shown = {member.organisation_id for of_year in members.values() for member in of_year.values()}
    assert left.organisation_id not in shown


def test_who_can_sign_in(seeded: Session) -> None:
    of_network = {network_content().manager.email, network_content().owner}
    for email in {each.email for each in cluster_content().sign_ins} - of_network:
        assert accounts.by_email(seeded, email), email


def test_no_text_has_a_hole() -> None:
    """Every word that a sentence asks for is there, for every firm."""
    for member in texts.load_members().values():
        said = [
            answer.text + answer.explanation
            for answer in texts.build_declaration(member, LATEST).answers.values()
        ]
        assert not [text for text in said if "{" in text or "  " in text or text != text.strip()]


def test_bills_lie_beside_their_lines_and_could_have_been_uploaded(seeded: Session, files: BlobStore) -> None:
    rows = seeded.scalars(select(EvidenceFile)).all()
    assert sorted(len(row.uses) for row in rows if any(use.line_id for use in row.uses)) == [1, 1, 2, 2]
    for row in rows:
        content = b"".join(files.open(BlobKey(row.organisation_id, row.sha256)))
        assert sanitised(content, row.kind) == content
        assert len(content) == row.size < 5_000


def test_published_years_show_how_figures_went(seeded: Session) -> None:
    software = declarations.organisations_named(seeded, "Lippewerk Software GmbH")[0]
    years = publications.published_years_of(seeded, software.id, limit=6)
    documents = [read_document(publication.content) for publication in years]
    shown = trend(documents, "de")
    assert shown
    assert [str(LATEST), str(BEFORE)] == [str(document.reporting_year) for document in documents]
    assert {"energy.total", "ghg.scope1.gross", "water.withdrawal.total", "waste.total"} <= {
        row.key for row in shown.rows if all(number is not None for number in row.numbers)
    }
    assert shown.charts
    for document in documents:
        assert "erfunden" in document.answers["general.notes"].text, "nobody takes the figures for real ones"
        parts = ("energy.fuels.non-renewable", "energy.electricity.consumption", "energy.heating.consumption")
        values = {
            key: figure.value
            for (year, key), figure in document.figures.items()
            if year == document.reporting_year
        }
        assert values["energy.total"] == sum(values[key] or 0 for key in parts), "sums add up"
