"""Opening and saving pages without touching them changes nothing, whatever a real declaration holds."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from dnk_tool.domain.answers.answer import Origin
from dnk_tool.domain.declarations.annex import NO_ANNEX
from dnk_tool.domain.declarations.document import canonical_json
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.permissions import SHELL, Role
from dnk_tool.services.declarations.documents import current_file, import_document
from dnk_tool.services.people.organisations import add_member
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.answers import AnswerRevision
from dnk_tool.store.tables.figures import FigureRevision
from tests.support.app import database_session, form_fields, make_account, sign_in

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / "tests/data").glob("*.json")) + sorted(
    (ROOT / "dnk_tool/cli/demo/data").glob("*.json")
)
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_saving_every_page_untouched_changes_nothing(app: Flask, client: FlaskClient, path: Path) -> None:
    document = read_document(path.read_bytes())
    typed = {key: replace(figure, origin=Origin.ENTERED) for key, figure in document.figures.items()}
    expected = canonical_json(replace(document, figures=typed, annex=NO_ANNEX, names_schema=True))
    with database_session(app) as session:
        declaration = import_document(Work(session, SHELL, NOW), document)
        account = make_account(session, "petra@example.org")
        session.flush()
        add_member(session, declaration.organisation, account.id, Role.OWNER, now=NOW)
        declaration_id, organisation_id = declaration.id, declaration.organisation_id
        before = count_revisions(session)
    sign_in(client, "petra@example.org")
    pages = [
        f"/erklaerungen/{declaration_id}/kriterien/{section.ref}" for section in document.selection.sections
    ]
    for page in [
        *pages,
        f"/erklaerungen/{declaration_id}/einstellungen",
        f"/unternehmen/{organisation_id}/profil",
    ]:
        answer = client.post(page, data=form_fields(client.get(page).text))
        assert answer.status_code == 303, (page, answer.text)
    with database_session(app) as session:
        kept = declarations.by_id(session, declaration_id)
        assert kept is not None
        assert current_file(session, kept) == expected
        assert count_revisions(session) == before


def count_revisions(session: object) -> int:
    return sum(
        session.scalar(select(func.count()).select_from(table))  # type: ignore[attr-defined]
        for table in (AnswerRevision, FigureRevision)
    )
