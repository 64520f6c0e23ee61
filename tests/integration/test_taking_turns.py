"""Two requests at the same moment: whoever waits for the turn sees what the one before did."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.answers import Answer, Disclosure
from dnk_tool.domain.document_reader import read_document
from dnk_tool.domain.permissions import SHELL
from dnk_tool.domain.states import NotPossible
from dnk_tool.services import finishing
from dnk_tool.services.answering import Locked, Submission, save_section
from dnk_tool.services.declarations import Settings, change_settings, settings_of
from dnk_tool.services.documents import import_document
from dnk_tool.services.saving import Given
from dnk_tool.store import declarations
from dnk_tool.store.database import writing
from dnk_tool.store.models import Declaration

CRAFT = Path(__file__).parents[1] / "data/craft.json"
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)

Verb = Callable[[Session, Declaration], object]


@pytest.fixture
def declaration_id(store: sessionmaker[Session]) -> int:
    with writing(store) as session:
        made = import_document(session, read_document(CRAFT.read_bytes()), actor=SHELL, now=NOW)
        session.commit()
        return made.id


def finish(session: Session, declaration: Declaration) -> object:
    return finishing.finish(session, declaration, actor=SHELL, now=NOW)


def save(session: Session, declaration: Declaration) -> object:
    section = declarations.selection_of(declaration).section_by_ref["1"]
    late = Submission({"1.1": Given(Answer(Disclosure.COMPLY, "zu spät"), 1)})
    return save_section(session, declaration, section, late, actor=SHELL, now=NOW)


def change(session: Session, declaration: Declaration) -> object:
    seen = settings_of(declaration).mark
    return change_settings(session, declaration, Settings("effas", "en"), seen=seen, actor=SHELL, now=NOW)


def rename(session: Session, declaration: Declaration) -> object:
    declarations.lock(session, declaration.organisation_id)
    declaration.organisation.name = "Neuer Name GmbH"
    return None


def in_turn(store: sessionmaker[Session], declaration_id: int, first: Verb, second: Verb) -> list[object]:
    """Begin `second` while `first` has not committed yet; what each gave or raised."""
    results: list[object] = [None, None]
    has_turn, is_waiting = threading.Event(), threading.Event()

    def run(position: int, verb: Verb) -> None:
        # On SQLite the second one waits at its very beginning, on PostgreSQL with the rows in its hands.
        with writing(store) as session:
            try:
                if position:
                    has_turn.wait(10)
                    is_waiting.set()
                declaration = declarations.by_id(session, declaration_id)
                assert declaration is not None
                results[position] = verb(session, declaration)
                if not position:
                    session.flush()
                    has_turn.set()
                    is_waiting.wait(10)
                    threading.Event().wait(0.5)
                session.commit()
            except Exception as error:  # noqa: BLE001  whatever was raised is the result
                results[position] = error
                session.rollback()
                has_turn.set()

    threads = [threading.Thread(target=run, args=one) for one in enumerate((first, second))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_a_save_that_waited_for_the_finish_is_refused(
    store: sessionmaker[Session], declaration_id: int
) -> None:
    _, late = in_turn(store, declaration_id, finish, save)
    assert isinstance(late, Locked)
    with store() as session:
        assert declarations.snapshot(session, declaration_id, 1).content == CRAFT.read_bytes()  # type: ignore[union-attr]
        declaration = declarations.by_id(session, declaration_id)
        assert declaration is not None
        assert declarations.content(session, declaration).sheet.answer("1.1").text != "zu spät"


def test_a_finish_that_waited_for_a_save_freezes_it(
    store: sessionmaker[Session], declaration_id: int
) -> None:
    in_turn(store, declaration_id, save, finish)
    with store() as session:
        snapshot = declarations.snapshot(session, declaration_id, 1)
        assert snapshot is not None
        assert "zu spät" in snapshot.content.decode()


def test_settings_that_waited_for_the_finish_are_refused(
    store: sessionmaker[Session], declaration_id: int
) -> None:
    _, late = in_turn(store, declaration_id, finish, change)
    assert isinstance(late, Locked)


def test_a_finish_that_waited_freezes_the_new_name(store: sessionmaker[Session], declaration_id: int) -> None:
    in_turn(store, declaration_id, rename, finish)
    with store() as session:
        snapshot = declarations.snapshot(session, declaration_id, 1)
        assert snapshot is not None
        assert "Neuer Name GmbH" in snapshot.content.decode()


def test_of_two_finishes_one_wins(store: sessionmaker[Session], declaration_id: int) -> None:
    first, second = in_turn(store, declaration_id, finish, finish)
    assert not isinstance(first, Exception)
    assert isinstance(second, NotPossible)
