"""Reviewers read what the annex says beside what it belongs to: sentences, goals, sites, further figures."""

import re
from dataclasses import replace
from decimal import Decimal
from html import unescape

import pytest
from flask import Flask

from dnk_tool.domain.declarations.annex import NO_ANNEX, ReviewedGoal
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.evidence import EvidenceTarget
from dnk_tool.domain.figures.plausibility.warning import ExplanationEdit
from dnk_tool.domain.permissions import Actor, ClusterRole, Role
from dnk_tool.services.declarations import submission
from dnk_tool.services.evidence.files import EvidenceDetails
from dnk_tool.services.figures import calculator_lines, plausibility, sites
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.review.annex import earlier_goals_by_aspect
from tests.support.app import add_consent, add_member, database_session, make_cluster
from tests.support.browsers import signed_in
from tests.support.calculator_lines import make_line
from tests.support.evidence import add_evidence, make_file
from tests.support.review_scenario import CRAFT, NOW, import_craft

SCOPE1 = "ghg.scope1.gross"


@pytest.fixture
def review(app: Flask) -> str:
    """The address of a review of a company that left a site out and explains why its Scope 1 jumped."""
    with database_session(app) as session:
        declaration = import_craft(session)
        company, blobs = declaration.organisation_id, app.extensions["dnk_blobs"]
        add_member(session, company, "owner", Role.OWNER)
        cluster = make_cluster(session, "Nord", manager=ClusterRole.MANAGER, reviewer=ClusterRole.REVIEWER)
        add_consent(session, company, cluster.id)
        declaration.organisation.sites = [{"name": "Werk", "address": ""}, {"name": "Lager", "address": ""}]
        owner = Actor(None, {company: Role.OWNER})
        entered = make_line("coverage/coverage", 0, employees="24 persons", covered="18 persons")
        saved = calculator_lines.save_line(Work(session, owner, NOW), declaration, entered, seen=0)
        contract = make_file(b"Tarif", "Tarif.pdf")
        target, about = (
            EvidenceTarget(line=saved.stored.line.id),
            EvidenceDetails("Tarifvertrag", is_for_review=True),
        )
        add_evidence(session, blobs, declaration, owner, contract, target=target, about=about)
        row = declarations.figure_rows(session, company, declaration.reporting_year)[SCOPE1]
        row.value, row.responsible, row.source = Decimal(62), "Frau Verborgen", "Ordner Verborgen"
        scope = frozenset({"Werk"})
        sites.save_scope(Work(session, owner, NOW), declaration, scope, "Umzug.", seen=0)
        for noted in plausibility.plausibility_findings(session, declaration):
            warning, is_printed = noted.warning, noted.warning.datapoint == SCOPE1
            text = "Zwei Öfen mehr." if is_printed else "Nur für uns."
            said = ExplanationEdit(warning.rule, warning.subject, warning.fingerprint, text, is_printed)
            plausibility.save_explanations(Work(session, owner, NOW), declaration, [said])
        submission.submit(Work(session, owner, NOW), declaration, cluster_id=cluster.id)
        return f"/cluster/{cluster.id}/pruefung/{declaration.id}/"


def words_at(app: Flask, address: str) -> str:
    client = signed_in(app, "reviewer")
    text = re.sub(r"<[^>]*>", " ", client.get(address).text)
    return " ".join(unescape(text).split())


def test_a_printed_sentence_stands_beside_its_figure_and_no_other(app: Flask, review: str) -> None:
    text = words_at(app, f"{review}13")
    assert re.search(r"Auffällig: [^:]*Scope 1[^A]*Dazu sagt das Unternehmen: Zwei Öfen mehr\.", text)
    assert "Nur für uns." not in text
    assert "Verborgen" not in text


def test_sites_and_further_figures_stand_on_the_overview_with_their_files(app: Flask, review: str) -> None:
    text = words_at(app, review)
    assert "Standorte in den Zahlen Werk Nicht in den Zahlen Lager" in text
    assert "Umzug." in text
    assert "Tarifbindung 75,0 % berechnet Beleg öffnen: Tarifvertrag" in text


def test_what_became_of_a_goal_is_said_in_the_words_of_the_page(app: Flask) -> None:
    goal = ReviewedGoal("13.2", 2024, "Minus 10 Prozent", "partly", "Späte Lieferung")
    document = replace(read_document(CRAFT.read_bytes()), annex=replace(NO_ANNEX, goals=(goal,)))
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert earlier_goals_by_aspect(document) == {"13.2": [("partly reached", goal)]}
