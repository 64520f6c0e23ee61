"""Companies at work: people, questions, bills, evidence, and the year after."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.domain.answers.answer import Origin
from dnk_tool.domain.evidence import WHOLE_DECLARATION, EvidenceTarget
from dnk_tool.domain.figures.calculators import CalculatorLine, with_proposed_factors
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import Actor, ClusterRole, Role
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services.answers import take_over
from dnk_tool.services.declarations import next_year
from dnk_tool.services.evidence.files import EvidenceDetails
from dnk_tool.services.figures import calculator_lines
from dnk_tool.services.invitations import contribution_requests as answer_requests
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.work import Work
from dnk_tool.store.accounts.queries import by_email
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.evidence.file_blob_store import FileBlobStore
from dnk_tool.store.tables.clusters import ClusterStaff
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import FigureRow
from dnk_tool.store.tables.organisations import Membership
from tests.support import evidence
from tests.support.app import (
    add_member,
    make_cluster,
    make_organisation,
)


def add_people(session: Session, company: int) -> dict[str, Any]:
    """Every kind of person in a company, one of them in a second company and a cluster, and invitations."""
    now = datetime.now(UTC)
    owner = by_email(session, "jonas@example.org")
    assert owner is not None
    session.flush()
    zora = add_member(session, company, "zora", Role.CONTRIBUTOR, sections=["2", "5", "13"])
    add_member(session, company, "wilma", Role.VIEWER, until=now.date() - timedelta(days=9))
    busy = add_member(session, company, "viola", Role.EDITOR)
    second = make_organisation(session, "Zweite Donaudampfschifffahrtsgesellschaft mbH")
    session.add(Membership(user_id=busy.id, organisation_id=second.id, role=Role.EDITOR, created_at=now))
    cluster = make_cluster(session, "Cluster Nordheide")
    session.add(
        ClusterStaff(user_id=busy.id, cluster_id=cluster.id, role=ClusterRole.REVIEWER, created_at=now)
    )
    links = {}
    for name, email, role, refs in (
        ("invited", "nele.neuling@example.org", Role.CONTRIBUTOR, ["2", "13"]),
        ("invited_before", "neu@example.org", Role.VIEWER, []),
    ):
        _row, links[name] = secret_links.create_invitation(
            session,
            InvitationKind.MEMBER,
            email=email,
            language="de",
            by=owner.id,
            now=now,
            organisation_id=company,
            role=role.value,
            refs=refs,
        )
    return {"member": zora.id, **links}


def add_questions(session: Session, half: int) -> dict[str, str]:
    """Questions by mail in every stage, and the links of one that is open and of one that is answered."""
    now, links = datetime.now(UTC), {}
    declaration, editor = session.get_one(Declaration, half), by_email(session, "jonas@example.org")
    assert editor is not None
    actor = Actor(editor.id, {declaration.organisation_id: Role.OWNER})
    for name, refs, days in (
        ("asked", ["13.2", "GRI-SRS-305-1"], 0),
        ("reminded", ["8.1"], 2),
        ("answered", ["6.1"], 3),
        ("revoked", ["10.1", "10.2"], 4),
        ("expired", ["20.1"], 40),
        ("resting", ["19.1"], 1),
    ):
        question, links[name] = answer_requests.request_contribution(
            Work(session, actor, now - timedelta(days=days)),
            declaration,
            email=f"{name}@example.org",
            name="Karl-Heinz Donaudampfschifffahrtskapitän",
            refs=refs,
            message="Kannst du das bis Freitag ergänzen?\n\nDie Zahlen stehen in der Tankabrechnung.",
            language="de",
        )
        question.accepted_at = now if name == "answered" else None
        question.revoked_at = now if name == "revoked" else None
        question.times_sent = 2 if name == "reminded" else 1
        question.created_by = None if name == "resting" else editor.id
    return {name: links[name] for name in ("asked", "answered", "resting")}


def add_bill(session: Session, half: int) -> dict[str, int]:
    """A power bill in a calculator."""
    owner, declaration = by_email(session, "jonas@example.org"), session.get_one(Declaration, half)
    activity = load_calculators()["energy"].activity("electricity")
    assert owner is not None
    assert activity is not None
    given = CalculatorLine(
        0, "energy", "electricity", quantities={"quantity": Quantity(Decimal(41_250), "kWh")}
    )
    line = with_proposed_factors(given, activity, load_factors(), declaration.reporting_year)
    actor = Actor(owner.id, {declaration.organisation_id: Role.OWNER})
    saved = calculator_lines.save_line(Work(session, actor, datetime.now(UTC)), declaration, line, seen=0)
    place = {"organisation_id": declaration.organisation_id, "year": declaration.reporting_year}
    for figure in session.scalars(select(FigureRow).filter_by(**place, origin=Origin.LINES)):
        figure.value = (figure.value or Decimal(0)) / 2  # as an earlier program calculated
    return {"line": saved.stored.line.id}


def add_shown_evidence(session: Session, files: FileBlobStore, half: int, line: int) -> dict[str, int]:
    """A file with everything that can be said of it, beside a line, a figure and an answer."""
    owner, declaration = by_email(session, "jonas@example.org"), session.get_one(Declaration, half)
    assert owner is not None
    actor = Actor(owner.id, {declaration.organisation_id: Role.OWNER})
    ended = EvidenceDetails("Stromrechnung", date(2026, 3, 31), is_listed=True, is_for_review=True)
    long = evidence.make_file(name="Donaudampfschifffahrtsgesellschaftskapitänsmützenrechnung_2025_v2.pdf")
    for target in (
        EvidenceTarget(line=line),
        EvidenceTarget(datapoint="energy.electricity.consumption"),
        EvidenceTarget(ref="13.1"),
    ):
        added = evidence.add_evidence(session, files, declaration, actor, long, target=target, about=ended)
    other = evidence.make_file(b"another", "Zertifikat.pdf")
    evidence.add_evidence(session, files, declaration, actor, other, target=WHOLE_DECLARATION)
    return {"file": added.known[0].id}


def add_year_after(session: Session, before: int) -> dict[str, int]:
    """The year after a complete declaration: some of it taken over, some on offer."""
    owner, declaration = by_email(session, "karin@example.org"), session.get_one(Declaration, before)
    assert owner is not None
    actor = Actor(owner.id, {declaration.organisation_id: Role.OWNER})
    now = datetime.now(UTC)
    begun = next_year.begin_next_year(Work(session, actor, now), declaration)
    section = declarations.selection_of(begun).section_by_ref["13"]
    refs = ("13.1", "13.2.goals", "GRI-SRS-305-1")
    take_over.take_over(Work(session, actor, now), begun, section, refs=refs)
    return {"year_after": begun.id}


def add_deleted(session: Session, organisation_id: int) -> dict[str, int]:
    """A declaration that can still be restored."""
    now = datetime.now(UTC)
    columns = {"edition": "dnk-2017", "indicator_set": "gri", "language": "de", "created_at": now}
    row = Declaration(
        organisation_id=organisation_id, reporting_year=2020, changed_at=now, deleted_at=now, **columns
    )
    session.add(row)
    session.flush()
    return {"deleted": row.id}
