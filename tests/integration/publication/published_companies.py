"""Companies that published a declaration, made for the tests of what others may read of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.domain.declarations.document import Document, canonical_json, fingerprint
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.permissions import SHELL
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.publication.quotations import allow_quotation
from dnk_tool.services.work import Work
from dnk_tool.store.tables.declarations import Declaration, Snapshot
from dnk_tool.store.tables.organisations import Organisation
from tests.support import cockpit_members
from tests.support.declaration_scenario import CRAFT, NOW

FARM = "01"


def named_document(name: str, answers: Mapping[str, Answer], year: int = 2025, **profile: Any) -> Document:
    """A complete declaration of a company, with these answers in place of its own."""
    document = read_document(CRAFT.read_bytes())
    figures = {(of + year - 2025, key): figure for (of, key), figure in document.figures.items()}
    company = replace(document.organisation, **{"name": name, "sector": FARM, "employees": 8} | profile)
    return replace(
        document,
        reporting_year=year,
        figures=figures,
        answers={**document.answers, **answers},
        organisation=company,
    )


def comply(text: str) -> Answer:
    return Answer(Disclosure.COMPLY, text=text)


def finish_document(session: Session, document: Document, company: int = 0) -> Declaration:
    """Its declaration, finished and not published; `company`: whose, by default a new one's."""
    owner = session.get(Organisation, company) or Organisation(name="Heute heißt sie anders", created_at=NOW)
    session.add(owner)
    session.flush()
    declaration = cockpit_members.add_declaration(
        session, owner.id, changed_at=NOW, year=document.reporting_year, state=State.FINISHED
    )
    add_snapshot(session, declaration, document)
    return declaration


def add_snapshot(session: Session, declaration: Declaration, document: Document, version: int = 1) -> None:
    content = canonical_json(document)
    session.add(
        Snapshot(
            declaration_id=declaration.id,
            version=version,
            content=content,
            sha256=fingerprint(content),
            finished_at=NOW,
        )
    )
    declaration.version = version
    session.flush()


def publish_document(
    session: Session, document: Document, company: int = 0, *, allowed: bool | None = True
) -> Declaration:
    """Its published declaration. `allowed`: whether others may quote it; None: nobody was asked."""
    declaration = finish_document(session, document, company)
    publishing_steps.publish(Work(session, SHELL, NOW), declaration)
    if allowed is not None:
        allow_quotation(Work(session, SHELL, NOW), declaration, is_allowed=allowed)
    return declaration
