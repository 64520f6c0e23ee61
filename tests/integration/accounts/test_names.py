"""The names of accounts: of those that are loaded, without a statement."""

from sqlalchemy.orm import Session

from dnk_tool.store.accounts.queries import names_of
from tests.support.app import make_account, record_statements


def test_only_accounts_that_are_not_loaded_are_asked_for(session: Session) -> None:
    anna = make_account(session, "anna@example.org", name="Anna")
    berta = make_account(session, "berta@example.org", name="")
    session.flush()
    names = {anna.id: "Anna", berta.id: "berta@example.org"}
    with record_statements(session.get_bind()) as statements:  # type: ignore[arg-type]
        assert names_of(session, names.keys()) == names
        assert statements == []
        session.expunge(berta)
        assert names_of(session, [*names, 987_654]) == names
    assert len(statements) == 1


def test_who_is_gone_or_was_changed_elsewhere_is_looked_up(session: Session) -> None:
    anna = make_account(session, "anna@example.org", name="Anna")
    session.commit()  # what is loaded may be out of date from here on
    key = anna.id
    session.delete(anna)
    session.commit()
    assert names_of(session, [key]) == {}
    assert names_of(session, []) == {}
