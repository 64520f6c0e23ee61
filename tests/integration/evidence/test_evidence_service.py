"""Evidence: who may add and remove it and when, and what leaves the company."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.evidence import WHOLE_DECLARATION, EvidenceTarget
from dnk_tool.domain.permissions import Actor, ClusterRole, NotPermitted, Role
from dnk_tool.services.declarations.annex import annex_of
from dnk_tool.services.editing.locks import Locked
from dnk_tool.services.evidence import files as evidence_files
from dnk_tool.services.evidence.access import may_open_evidence, require_evidence_editable
from dnk_tool.services.evidence.files import EvidenceDetails
from dnk_tool.services.evidence.listing import listed_evidence
from dnk_tool.services.work import Work
from dnk_tool.store.evidence import queries as evidence
from dnk_tool.store.evidence.blob_store import BlobKey
from dnk_tool.store.evidence.file_blob_store import FileBlobStore
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.evidence import EvidenceFile
from dnk_tool.store.tables.figures import LineRow
from tests.integration.conftest import NOW
from tests.support.evidence import ANSWER, FIGURE, add_evidence, make_file


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here is the same in every database."""
    return sqlite_url


@pytest.fixture
def blobs(tmp_path: Path) -> FileBlobStore:
    return FileBlobStore(tmp_path / "evidence")


def target_line(session: Session, declaration: Declaration) -> EvidenceTarget:
    row = LineRow(
        organisation_id=declaration.organisation_id,
        year=declaration.reporting_year,
        calculator="energy",
        content={},
        version=1,
        changed_at=NOW,
    )
    session.add(row)
    session.flush()
    return EvidenceTarget(line=row.id)


def event_details(session: Session, kind: EventKind) -> list[dict[str, Any]]:
    session.flush()
    return list(session.scalars(select(Event.detail).where(Event.kind == kind)))


def count_files(session: Session) -> int:
    session.flush()
    return len(session.scalars(select(EvidenceFile)).all())


# ---- What belongs to what


def test_a_file_serves_an_answer_a_figure_a_line_and_the_whole(
    session: Session, declaration: Declaration, actor: Actor, blobs: FileBlobStore
) -> None:
    targets = [ANSWER, FIGURE, target_line(session, declaration), WHOLE_DECLARATION]
    for target in targets:
        add_evidence(session, blobs, declaration, actor, target=target)
    (file,) = evidence.of_declaration(session, declaration)
    assert set(file.targets) == set(targets)
    assert evidence.by_target(session, declaration, [FIGURE]) == {FIGURE: [file]}
    assert evidence.file_ids_by_target(session, declaration) == {target: {file.id} for target in targets}
    assert evidence.count_files_by_figure(session, declaration) == {FIGURE.datapoint: 1}
    assert evidence.count_files_by_line(session, declaration) == {targets[2].line: 1}
    assert b"".join(blobs.open(BlobKey(declaration.organisation_id, file.sha256))) == b"a bill"


def test_the_same_content_is_there_once_and_keeps_what_was_said_of_it(
    session: Session, declaration: Declaration, actor: Actor, blobs: FileBlobStore
) -> None:
    said = EvidenceDetails("Strom", date(2026, 12, 31), is_listed=True)
    first = add_evidence(session, blobs, declaration, actor, make_file(), make_file(), about=said)
    again = add_evidence(session, blobs, declaration, actor, make_file(name="kopie.pdf"), target=FIGURE)
    assert (len(first.fresh), len(first.known)) == (1, 0)
    assert (len(again.fresh), len(again.known)) == (0, 1)
    assert (again.known[0].name, EvidenceDetails.of(again.known[0])) == ("Rechnung.pdf", said)
    assert evidence.used_bytes(session, declaration.organisation_id) == len(b"a bill")


def test_a_file_can_be_used_again_without_sending_it(
    session: Session, declaration: Declaration, actor: Actor, blobs: FileBlobStore
) -> None:
    file = add_evidence(session, blobs, declaration, actor).fresh[0]
    for number in (1, 0):
        assert (
            evidence_files.attach_existing(Work(session, actor, NOW), declaration, FIGURE, [file.id])
            == number
        )
    with pytest.raises(LookupError):
        evidence_files.attach_existing(Work(session, actor, NOW), declaration, FIGURE, [987_654])


@pytest.mark.parametrize(
    "target", [EvidenceTarget(ref="99.9"), EvidenceTarget(datapoint="x"), EvidenceTarget(line=4)]
)
def test_nothing_belongs_to_what_nobody_knows(
    session: Session, declaration: Declaration, actor: Actor, blobs: FileBlobStore, target: EvidenceTarget
) -> None:
    with pytest.raises(LookupError):
        add_evidence(session, blobs, declaration, actor, target=target)
    assert count_files(session) == 0


def test_a_file_of_another_company_does_not_exist(
    session: Session, declaration: Declaration, actor: Actor, blobs: FileBlobStore, fresh_declaration: Any
) -> None:
    session.commit()
    other_id, people = fresh_declaration()
    other = session.get_one(Declaration, other_id)
    foreign = add_evidence(session, blobs, other, people["petra"]).fresh[0]
    assert evidence.find_file(session, declaration, foreign.id) is None
    for attempt in (evidence_files.attach_existing, evidence_files.remove_evidence):
        given: Any = (FIGURE, [foreign.id]) if attempt is evidence_files.attach_existing else (foreign.id,)
        with pytest.raises(LookupError):
            attempt(Work(session, actor, NOW), declaration, *given)  # type: ignore[operator]


# ---- Who may, and when


def test_contributors_add_to_their_sections_only(
    session: Session, declaration: Declaration, actor: Actor, blobs: FileBlobStore
) -> None:
    company = declaration.organisation_id
    contributor = Actor(2, {company: Role.CONTRIBUTOR}, {company: frozenset({"13"})})
    own = add_evidence(session, blobs, declaration, contributor).fresh[0]
    foreign = add_evidence(
        session, blobs, declaration, actor, make_file(b"b"), target=EvidenceTarget(ref="1.1")
    ).fresh[0]
    for target in (EvidenceTarget(ref="1.1"), target_line(session, declaration), WHOLE_DECLARATION):
        with pytest.raises(NotPermitted):
            add_evidence(session, blobs, declaration, contributor, target=target)
    with pytest.raises(LookupError):
        evidence_files.remove_evidence(Work(session, contributor, NOW), declaration, foreign.id)
    evidence_files.attach_existing(
        Work(session, actor, NOW), declaration, EvidenceTarget(ref="1.1"), [own.id]
    )
    with pytest.raises(NotPermitted):
        evidence_files.remove_evidence(Work(session, contributor, NOW), declaration, own.id)
    evidence_files.remove_evidence(Work(session, contributor, NOW), declaration, own.id, only=ANSWER)


@pytest.mark.parametrize("role", [Role.VIEWER, None])
def test_viewers_and_strangers_add_nothing(
    session: Session, declaration: Declaration, actor: Actor, blobs: FileBlobStore, role: Role | None
) -> None:
    doer = Actor(2, {declaration.organisation_id: role} if role else {})
    file = add_evidence(session, blobs, declaration, actor).fresh[0]
    for target in (ANSWER, FIGURE, WHOLE_DECLARATION, target_line(session, declaration)):
        with pytest.raises(NotPermitted):
            add_evidence(session, blobs, declaration, doer, target=target)
    with pytest.raises((NotPermitted, LookupError)):
        evidence_files.change_evidence(
            Work(session, doer, NOW), declaration, file.id, EvidenceDetails("x"), seen=1
        )
    with pytest.raises((NotPermitted, LookupError)):
        evidence_files.remove_evidence(Work(session, doer, NOW), declaration, file.id)


@pytest.mark.parametrize("state", [State.SIGNING, State.SUBMITTED, State.APPROVED, State.FINISHED])
def test_nothing_changes_while_it_is_frozen(
    session: Session, declaration: Declaration, actor: Actor, blobs: FileBlobStore, state: State
) -> None:
    file = add_evidence(session, blobs, declaration, actor).fresh[0]
    of_line = target_line(session, declaration)
    declaration.state = state
    for target in (ANSWER, FIGURE, WHOLE_DECLARATION, of_line):
        with pytest.raises(Locked):
            add_evidence(session, blobs, declaration, actor, target=target)
    with pytest.raises(Locked):
        evidence_files.change_evidence(
            Work(session, actor, NOW), declaration, file.id, EvidenceDetails("x"), seen=1
        )
    with pytest.raises(Locked):
        evidence_files.remove_evidence(Work(session, actor, NOW), declaration, file.id)


# ---- What is said of a file


def test_changes_collide_by_version_and_the_trail_names_nobody(
    session: Session, declaration: Declaration, actor: Actor, blobs: FileBlobStore
) -> None:
    file = add_evidence(session, blobs, declaration, actor).fresh[0]
    said = EvidenceDetails("Lohn Petra Muster", date(2027, 1, 1), is_for_review=True)
    evidence_files.change_evidence(Work(session, actor, NOW), declaration, file.id, said, seen=1)
    evidence_files.change_evidence(
        Work(session, actor, NOW), declaration, file.id, said, seen=1
    )  # sent twice
    with pytest.raises(ConflictError):
        evidence_files.change_evidence(
            Work(session, actor, NOW), declaration, file.id, EvidenceDetails("x"), seen=1
        )
    (detail,) = event_details(session, EventKind.EVIDENCE_CHANGED)
    assert detail["fields"] == {
        "evidence_title": [],
        "valid_until": ["", "2027-01-01"],
        "is_for_review": [False, True],
    }
    assert "Rechnung" not in str(event_details(session, EventKind.EVIDENCE_ADDED))


def test_one_event_says_what_was_added_to_what(
    session: Session, declaration: Declaration, actor: Actor, blobs: FileBlobStore
) -> None:
    files = add_evidence(session, blobs, declaration, actor, make_file(), make_file(b"b")).fresh
    (detail,) = event_details(session, EventKind.EVIDENCE_ADDED)
    assert detail == {"evidence": [[file.id, "pdf"] for file in files], "section": "13", "point": "13.1"}


def test_only_what_is_marked_leaves_the_company(
    session: Session, declaration: Declaration, actor: Actor, blobs: FileBlobStore
) -> None:
    of_line = target_line(session, declaration)
    add_evidence(session, blobs, declaration, actor, make_file(b"private", "Lohn.pdf"))
    add_evidence(
        session,
        blobs,
        declaration,
        actor,
        make_file(b"l", "l.pdf"),
        target=of_line,
        about=EvidenceDetails("B", is_listed=True),
    )
    add_evidence(
        session,
        blobs,
        declaration,
        actor,
        make_file(b"r", "r.pdf"),
        target=FIGURE,
        about=EvidenceDetails("A", is_for_review=True),
    )
    pieces = listed_evidence(session, declaration, of_lines={of_line.line: ["ghg.scope1.gross"]})
    assert [(piece.title, piece.belongs_to, piece.is_listed, piece.is_for_review) for piece in pieces] == [
        ("A", (FIGURE.datapoint,), False, True),
        ("B", ("ghg.scope1.gross",), True, False),
    ]


def test_the_document_holds_what_is_marked(
    session: Session, declaration: Declaration, actor: Actor, blobs: FileBlobStore
) -> None:
    file = add_evidence(
        session, blobs, declaration, actor, about=EvidenceDetails("Strom", is_listed=True)
    ).fresh[0]
    (piece,) = annex_of(session, declaration).evidence
    assert (piece.sha256, piece.title, piece.belongs_to) == (file.sha256, "Strom", ("13.1",))


# ---- Every role, on everything a file can belong to


def people(company: int, declaration: int, foreign: int) -> dict[str, Actor]:
    """Everybody who could try; a contributor has criterion 13, who is behind a link was asked for 13.1."""
    own = {company: frozenset({"13"})}
    return {
        "owner": Actor(1, {company: Role.OWNER}),
        "editor": Actor(2, {company: Role.EDITOR}),
        "contributor": Actor(3, {company: Role.CONTRIBUTOR}, own),
        "contributor elsewhere": Actor(4, {company: Role.CONTRIBUTOR}, {company: frozenset({"1"})}),
        "viewer": Actor(5, {company: Role.VIEWER}),
        "by link": Actor(6, asked={declaration: frozenset({"13.1"})}),
        "foreign owner": Actor(7, {foreign: Role.OWNER}, {foreign: frozenset({"13"})}),
        "manager": Actor(8, clusters={1: ClusterRole.MANAGER}),
        "reviewer": Actor(9, clusters={1: ClusterRole.REVIEWER}),
        "operator": Actor(10, is_operator=True),
        "nobody": Actor(),
    }


EVERYTHING = {"answer", "figure", "line", "whole"}
MAY_ADD: dict[str, set[str]] = {
    "owner": EVERYTHING,
    "editor": EVERYTHING,
    "contributor": {"answer"},
    "by link": {"answer"},
}
MAY_SEE: dict[str, set[str]] = {
    "owner": EVERYTHING,
    "editor": EVERYTHING,
    "viewer": EVERYTHING,
    "contributor": {"answer"},
}


def test_everybody_may_do_exactly_what_the_table_says(
    session: Session, declaration: Declaration, actor: Actor, blobs: FileBlobStore
) -> None:
    """The figure is asked by criterion 12; "by link" has no page for it, but would not be refused below."""
    targets = {
        "answer": ANSWER,
        "figure": FIGURE,
        "line": target_line(session, declaration),
        "whole": WHOLE_DECLARATION,
    }
    added, seen = {}, {}
    for who, doer in people(declaration.organisation_id, declaration.id, 987).items():
        added[who] = {
            name
            for name, target in targets.items()
            if may(require_evidence_editable, session, declaration, target, doer)
        }
        seen[who] = {
            name for name, target in targets.items() if may_open_evidence(declaration, [target], doer)
        }
    assert {who: names for who, names in added.items() if names} == MAY_ADD
    assert {who: names for who, names in seen.items() if names} == MAY_SEE


def may(attempt: Callable[..., None], *given: Any) -> bool:
    try:
        attempt(*given)
    except NotPermitted:
        return False
    return True
