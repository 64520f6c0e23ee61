"""No word of a text that may not be quoted stands beside any aspect; one that may be stands beside each."""

from collections.abc import Callable, Mapping

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from dnk_tool.catalogue import selection_for
from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.domain.permissions import SHELL
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.publication.quotations import allow_quotation
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.privacy import deletion
from dnk_tool.store.tables.declarations import Declaration
from tests.integration.publication.published_companies import (
    add_snapshot,
    comply,
    finish_document,
    named_document,
    publish_document,
)
from tests.support.app import database_session
from tests.support.browsers import signed_in
from tests.support.declaration_scenario import LATER, DeclarationScenario, declaration_path, make_scenario

# Section and size of the company that reads: whatever should not be there would come first.
ALIKE = {"sector": "23", "employees": 7}


def canary(name: str, ref: str) -> str:
    return f"Kanarienvogel {name} bei {ref}."


def unpublish_answers(session: Session, declaration: Declaration) -> None:
    publishing_steps.unpublish(Work(session, SHELL, LATER), declaration)


def publish_anew(session: Session, declaration: Declaration) -> None:
    unpublish_answers(session, declaration)
    publishing_steps.publish(Work(session, SHELL, LATER), declaration)


def say_no(session: Session, declaration: Declaration) -> None:
    allow_quotation(Work(session, SHELL, LATER), declaration, is_allowed=False)


def keep_search_engines_out(session: Session, declaration: Declaration) -> None:
    company = declaration.organisation
    company.is_findable = True
    publishing_steps.set_findable(Work(session, SHELL, LATER), company, is_findable=False)


def archive(session: Session, declaration: Declaration) -> None:
    declaration.organisation.archived_at = LATER


def delete(session: Session, declaration: Declaration) -> None:
    declaration.deleted_at = LATER


def erase(session: Session, declaration: Declaration) -> None:
    deletion.delete_company(session, declaration.organisation_id, now=LATER)


def supersede(session: Session, declaration: Declaration) -> None:
    """A newer version says nothing of what the one before said."""
    refs = declarations.selection_of(declaration).text_aspects
    add_snapshot(session, declaration, named_document("Neu", {ref: Answer() for ref in refs}), version=2)
    publishing_steps.publish(Work(session, SHELL, LATER), declaration)


FORBIDDEN: Mapping[str, Callable[[Session, Declaration], None]] = {
    "Zurückgezogen": unpublish_answers,
    "Neuveröffentlicht": publish_anew,
    "Verneint": say_no,
    "Versteckt": keep_search_engines_out,
    "Archiviert": archive,
    "Papierkorb": delete,
    "Gelöscht": erase,
    "Ersetzt": supersede,
}


def add_companies(session: Session, refs: list[str], own: int) -> None:
    """One company for each reason not to be quoted, and one that is; the latter is the least alike."""

    def texts(name: str) -> dict[str, Answer]:
        return {ref: comply(canary(name, ref)) for ref in refs}

    publish_document(session, named_document("Erlaubt", texts("Erlaubt"), employees=900))
    for name, forbid in FORBIDDEN.items():
        forbid(session, publish_document(session, named_document(name, texts(name), **ALIKE)))
    publish_document(session, named_document("Eigen", texts("Eigen"), 2024, **ALIKE), own)
    publish_document(session, named_document("Ungefragt", texts("Ungefragt"), **ALIKE), allowed=None)
    finish_document(session, named_document("Nie öffentlich", texts("Nie öffentlich"), **ALIKE))
    reasons = {
        ref: Answer(
            Disclosure.EXPLAIN,
            text=canary("Begründet", ref),
            explanation=canary("Begründet", ref),
            reason="not-material",
        )
        for ref in refs
    }
    publish_document(session, named_document("Begründet", reasons, **ALIKE))


@pytest.fixture
def play(any_app: Flask) -> DeclarationScenario:
    with database_session(any_app) as session:
        return make_scenario(session)


def test_beside_no_aspect_stands_what_may_not_be_quoted(any_app: Flask, play: DeclarationScenario) -> None:
    edition, indicator_set = play.declaration.edition, play.declaration.indicator_set
    selection = selection_for(edition, indicator_set, frozenset(play.declaration.options))
    with database_session(any_app) as session:
        add_companies(session, list(selection.text_aspects), play.declaration.organisation_id)
    browser = signed_in(any_app, "editor")
    seen = 0
    for criterion in selection.criteria:
        for ref in (one.ref for one in criterion.all_requirements if one.ref in selection.text_aspects):
            page = browser.get(f"{declaration_path(play)}/kriterien/{criterion.number}?hilfe={ref}").text
            if "Wie andere es schreiben" not in page:
                continue  # asked on another page of the criterion
            seen += 1
            quoted = page[page.index("Wie andere es schreiben") :]
            assert canary("Erlaubt", ref) in quoted
            assert page.count("Kanarienvogel") == 1, ref
            assert not [name for name in (*FORBIDDEN, "Ungefragt", "Nie öffentlich") if f"{name}, 20" in page]
    assert seen >= 40


def test_what_may_not_be_quoted_is_known_to_nobody_but_its_company(
    any_app: Flask, play: DeclarationScenario
) -> None:
    with database_session(any_app) as session:
        number = publish_document(
            session, named_document("Hof", {"1.1": comply(canary("Hof", "1.1"))}), allowed=False
        ).id
    for who in ("owner", "editor", "boss", "reviewer"):
        answer = signed_in(any_app, who).get(f"/erklaerungen/{number}/veroeffentlichung")
        assert answer.status_code == 404, who
