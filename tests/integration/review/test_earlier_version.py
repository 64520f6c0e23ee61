"""Last year beside a review: who may read it, what is said of it, and the order that follows from it."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Quality
from dnk_tool.domain.clusters import consent_editions
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.services.review.noteworthy import earlier_version
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.publication import Publication
from dnk_tool.web.review.submitted_answers import SubmittedFigureRow, submitted_requirements
from tests.support.app import database_session, make_cluster
from tests.support.browsers import read_words, signed_in
from tests.support.review_scenario import (
    CRAFT,
    NOW,
    ReviewScenario,
    add_year_before,
    allow_year_before,
    document_of_year_before,
    make_review_scenario,
)


def publish_before(session: Session, before: Declaration, version: int) -> Publication:
    row = Publication(declaration_id=before.id, version=version, slug=f"v{version}", published_at=NOW)
    session.add(row)
    session.flush()
    return row


def test_only_what_is_allowed_or_published_is_readable(session: Session) -> None:
    case = make_review_scenario(session)
    declaration = case.declaration(session)

    def readable() -> str:
        found = earlier_version(session, declaration)
        return found.document.answers["1.1"].text if found else ""

    assert readable() == ""
    other = make_cluster(session, "Cluster Süd")
    for version, (word, cluster_id) in enumerate(
        (("hier", case.cluster_id), ("woanders", other.id), ("nirgends", None)), start=1
    ):
        document = document_of_year_before(k1_1=word)
        before = add_year_before(session, declaration, document, cluster_id, version)
    assert readable() == "", "submitted, but the company does not allow it"
    allow_year_before(session, case.organisation_id)
    assert readable() == "hier"
    consent = session.scalars(select(Consent).where(Consent.organisation_id == case.organisation_id)).one()
    consent.edition = consent_editions.CONSENT_EDITIONS[0]
    assert readable() == "", "an edition that did not ask allows nothing"
    consent.edition, consent.withdrawn_at = consent_editions.NEWEST_EDITION, NOW
    assert readable() == "", "withdrawn"
    consent.withdrawn_at = None
    publication = publish_before(session, before, 2)
    assert readable() == "woanders", "the later of the two"
    allow_year_before(session, case.organisation_id, is_allowed=False)
    assert readable() == "woanders", "everybody can read it"
    publication.revoked_at = NOW
    assert readable() == ""
    allow_year_before(session, case.organisation_id)
    before.edition = "another"
    assert readable() == "", "of another edition"
    before.edition, before.reporting_year = declaration.edition, declaration.reporting_year - 2
    assert readable() == "", "not the year before"
    before.reporting_year, before.deleted_at = declaration.reporting_year - 1, NOW + timedelta(days=1)
    session.flush()
    assert readable() == "", "deleted"


@pytest.fixture
def case(app: Flask) -> ReviewScenario:
    """Last year 13.1 had a goal more, 1.1 was the same, and 13.3 was explained in this year only."""
    with database_session(app) as session:
        case = make_review_scenario(session)
        document = document_of_year_before(k13_1="Emissionen aus 412 t. Bis 2031 sind es null Tonnen Diesel.")
        explained = Answer(Disclosure.EXPLAIN, explanation="Kommt noch.", reason="")
        document = replace(document, answers={**document.answers, "4.1": explained})
        add_year_before(session, case.declaration(session), document, case.cluster_id)
        allow_year_before(session, case.organisation_id)
        return case


@pytest.fixture
def rolf(app: Flask, case: ReviewScenario) -> FlaskClient:
    return signed_in(app, "rolf")


def test_each_answer_says_how_it_differs_from_the_year_before(
    app: Flask, rolf: FlaskClient, case: ReviewScenario
) -> None:
    path = f"/cluster/{case.cluster_id}/pruefung/{case.declaration_id}/"
    page = rolf.get(f"{path}13").text
    assert "Gegenüber 2024: ein Ziel steht nicht mehr da" in page
    assert re.search(r'<details class="govuk-details" open>\s*<summary[^>]*><span[^>]*>Gegenüber 2024', page)
    assert "Bis 2031 sind es null Tonnen Diesel." in page
    assert "Text wie 2024" in page
    assert "−3,6 % gegenüber 2024" in read_words(page)
    assert "Kommt noch." in rolf.get(f"{path}4").text
    with database_session(app) as session:
        allow_year_before(session, case.organisation_id, is_allowed=False)
    for ref in ("13", "4", "", "?zuerst=auffaelliges"):
        text = rolf.get(f"{path}{ref}").text
        assert "2031" not in text
        assert "Kommt noch." not in text
        assert "Text wie 2024" not in text
        assert "Vorjahr" not in text


def test_noteworthy_parts_come_first_on_every_page_until_one_leaves_that_order(
    rolf: FlaskClient, case: ReviewScenario
) -> None:
    path, query = f"/cluster/{case.cluster_id}/pruefung/{case.declaration_id}/", "?zuerst=auffaelliges"
    declared = rolf.get(path).text
    assert f'href="{path}{query}">Auffälliges zuerst' in declared
    overview = rolf.get(path + query).text
    refs = re.findall(rf'task-list__link" href="{path}([\w]+)\?zuerst=auffaelliges"', overview)
    assert sorted(refs) == sorted(re.findall(rf'task-list__link" href="{path}(\w+)"', declared))
    assert refs[:2] == ["4", "13"]
    assert "anders als im Vorjahr" in read_words(overview)
    odd, _heading, quick = overview.partition("Erklärt oder sehr kurz")
    assert f'href="{path}13{query}"' in odd
    assert "erklärt statt berichtet" in quick
    assert "anders als im Vorjahr" not in quick
    first = rolf.get(f"{path}4{query}").text
    assert f'action="{path}4{query}"' in first
    assert f'name="next" value="{refs[1]}"' in first
    assert f'href="{path}{refs[1]}{query}"' in first
    assert f'href="{path}4"' in first, "the way back to the order of the declaration"


def test_figures_come_from_the_earlier_version_where_this_one_does_not_state_them(app: Flask) -> None:
    now, before = read_document(CRAFT.read_bytes()), document_of_year_before()
    now = replace(now, figures={key: now.figures[key] for key in now.figures if key[0] == now.reporting_year})
    keys = [key for (year, key) in before.figures if year == before.reporting_year]
    section = now.selection.section_by_ref["13"]
    with app.test_request_context():
        known = figure_rows(now, section, before)
        assert {"ghg.scope1.gross"} <= known.keys() & keys
        assert known["ghg.scope1.gross"].earlier[0] == "3.710 kg CO₂e (angegeben: 3,71\u00a0t\u00a0CO₂e)"
        assert known["ghg.scope1.gross"].change == "−3,6 % gegenüber 2024"
        zero = Figure(value=Decimal(0), unit="t")
        none = [
            replace(one, figures={(one.reporting_year, "ghg.scope1.gross"): zero}) for one in (now, before)
        ]
        assert figure_rows(none[0], section, none[1])["ghg.scope1.gross"].change == "", "zero after zero"
        figure = Figure(quality=Quality.NOT_AVAILABLE)
        unknown = replace(before, figures={(before.reporting_year, "ghg.scope1.gross"): figure})
        assert figure_rows(now, section, unknown)["ghg.scope1.gross"].earlier == ("liegt nicht vor",)
        new = figure_rows(now, section, replace(before, figures={}))["ghg.scope1.gross"]
        assert (new.change, new.earlier) == ("neu", ("",))
        assert figure_rows(now, section, None)["ghg.scope1.gross"].change == ""


def figure_rows(now: Document, section: Section, before: Document | None) -> dict[str, SubmittedFigureRow]:
    said = submitted_requirements(now, section, "de", before)
    return {row.datapoint: row for requirement in said for row in requirement.figures}
