"""Import and export: byte for byte the same, and never half."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.answers import completeness
from dnk_tool.domain.declarations.document import canonical_json, fingerprint
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.states import State, TransitionNotAllowed
from dnk_tool.domain.permissions import SHELL, Actor, NotPermitted, Role
from dnk_tool.services.declarations import submission, transitions
from dnk_tool.services.declarations.documents import (
    FiguresDiffer,
    current_file,
    import_document,
    live_document,
)
from dnk_tool.services.declarations.start import YearTaken, change_settings
from dnk_tool.services.editing.locks import Locked
from dnk_tool.services.editing.settings import DeclarationSettings, settings_of
from dnk_tool.services.work import Work
from dnk_tool.store.database import write_session
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.figures import FigureRow
from tests.support import row_cache

DATA = sorted((Path(__file__).parents[2] / "data").glob("*.json"))
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
COMPLETE = [path for path in DATA if path.stem != "draft"]


def imported_once(session: Session, path: Path) -> Declaration:
    """The declaration of a file, imported once for each engine and put back for every further test."""

    def write(session: Session) -> int:
        declaration = import_document(Work(session, SHELL, NOW), read_document(path.read_bytes()))
        session.flush()
        return declaration.id

    number = row_cache.write_or_restore(session, ("imported", path), write)
    return session.get_one(Declaration, number)


def change_as_seen(session: Session, declaration: Declaration, settings: DeclarationSettings) -> None:
    """Change the settings as somebody does who has the present ones before them."""
    seen = settings_of(declaration).mark
    change_settings(Work(session, SHELL, NOW), declaration, settings, seen=seen)


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.stem)
def test_round_trip_is_byte_for_byte(session: Session, path: Path) -> None:
    declaration = imported_once(session, path)
    session.expire_all()
    assert canonical_json(live_document(session, declaration)) == path.read_bytes()


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.stem)
def test_completeness_is_the_same_in_file_and_store(session: Session, path: Path) -> None:
    declaration = imported_once(session, path)
    in_store = completeness.declaration_completeness(declarations.read_content(session, declaration).sheet)
    assert in_store == completeness.declaration_completeness(read_document(path.read_bytes()).sheet())


@pytest.mark.parametrize("path", COMPLETE, ids=lambda path: path.stem)
def test_a_complete_declaration_is_frozen_and_reopened(session: Session, path: Path) -> None:
    declaration = imported_once(session, path)
    snapshot = submission.finish(Work(session, SHELL, NOW), declaration)
    session.flush()
    assert declaration.state is State.FINISHED
    assert (snapshot.content, snapshot.sha256) == (path.read_bytes(), fingerprint(path.read_bytes()))
    with pytest.raises(TransitionNotAllowed):
        submission.finish(Work(session, SHELL, NOW), declaration)
    submission.reopen(Work(session, SHELL, NOW), declaration)
    session.flush()
    assert (declaration.state, declaration.version) == (State.REOPENED, 2)
    kept = declarations.snapshot(session, declaration.id, 1)
    assert kept is not None
    assert kept.content == path.read_bytes()
    kinds = [event.kind.value for event in session.scalars(select(Event).order_by(Event.id))]
    assert kinds[0] == "imported"
    assert kinds[-2:] == ["finished", "reopened"]


def test_gaps_refuse_the_finish_and_change_nothing(store: sessionmaker[Session]) -> None:
    path = next(path for path in DATA if path.stem == "draft")
    with write_session(store) as session:
        declaration_id = imported_once(session, path).id
        session.commit()
    with write_session(store) as session:
        declaration = declarations.by_id(session, declaration_id)
        assert declaration is not None
        with pytest.raises(transitions.DeclarationIncomplete) as refused:
            submission.finish(Work(session, SHELL, NOW), declaration)
        session.rollback()
    assert refused.value.gaps == completeness.declaration_gaps(read_document(path.read_bytes()).sheet())
    with store() as session:
        declaration = declarations.by_id(session, declaration_id)
        assert declaration is not None
        assert declaration.state is State.DRAFT
        assert not declarations.snapshots(session, declaration_id)


def test_the_finished_version_is_what_is_handed_out(session: Session) -> None:
    declaration = imported_once(session, COMPLETE[0])
    submission.finish(Work(session, SHELL, NOW), declaration)
    session.flush()
    declaration.organisation.name = "Umbenannt GmbH"
    assert current_file(session, declaration) == COMPLETE[0].read_bytes()
    assert live_document(session, declaration).organisation.name == "Umbenannt GmbH"


def test_the_same_year_is_not_imported_twice(session: Session) -> None:
    declaration = imported_once(session, COMPLETE[0])
    document = read_document(COMPLETE[0].read_bytes())
    with pytest.raises(YearTaken):
        import_document(Work(session, SHELL, NOW), document, organisation=declaration.organisation)


def test_other_figures_of_the_company_refuse_the_import(session: Session) -> None:
    declaration = imported_once(session, COMPLETE[0])
    document = read_document(COMPLETE[0].read_bytes())
    row = session.scalars(
        select(FigureRow).where(FigureRow.value.is_not(None)).order_by(FigureRow.id)
    ).first()
    assert row is not None
    assert row.value is not None
    row.value += 1
    session.flush()
    with pytest.raises(FiguresDiffer) as refused:
        import_document(Work(session, SHELL, NOW), document, organisation=declaration.organisation)
    assert refused.value.keys == [(row.year, row.datapoint)]


def test_answers_outside_of_the_chosen_set_stay_stored(session: Session) -> None:
    path = next(path for path in DATA if path.stem == "craft")
    declaration = imported_once(session, path)
    before = live_document(session, declaration)
    count = session.scalar(select(func.count()).select_from(FigureRow))
    change_as_seen(session, declaration, DeclarationSettings("effas", before.language))
    session.flush()
    assert live_document(session, declaration).indicator_set == "effas"
    change_as_seen(session, declaration, DeclarationSettings("gri", before.language))
    session.flush()
    assert canonical_json(live_document(session, declaration)) == canonical_json(before)
    assert session.scalar(select(func.count()).select_from(FigureRow)) == count


def test_settings_of_a_finished_declaration_are_locked(session: Session) -> None:
    declaration = imported_once(session, COMPLETE[0])
    submission.finish(Work(session, SHELL, NOW), declaration)
    with pytest.raises(Locked):
        change_as_seen(session, declaration, DeclarationSettings("effas", "de"))


def test_a_viewer_may_not_finish(session: Session) -> None:
    declaration = imported_once(session, COMPLETE[0])
    viewer = Actor(7, {declaration.organisation_id: Role.VIEWER})
    with pytest.raises(NotPermitted):
        submission.finish(Work(session, viewer, NOW), declaration)
