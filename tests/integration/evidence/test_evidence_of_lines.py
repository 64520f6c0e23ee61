"""A bill beside its line: attached on the line's page, opened from every place that shows the figure."""

import re
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.evidence import EvidenceTarget
from dnk_tool.domain.figures.calculators import CalculatorLine, with_proposed_factors
from dnk_tool.domain.permissions import Actor, ClusterRole, Role
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services.declarations import submission
from dnk_tool.services.declarations.annex import annex_of
from dnk_tool.services.evidence.files import EvidenceDetails
from dnk_tool.services.figures import calculator_lines
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration
from tests.support.app import World, add_consent, add_member, database_session, make_cluster
from tests.support.browsers import read_words, signed_in
from tests.support.evidence import add_evidence, make_file
from tests.support.review_scenario import NOW, import_craft

SCOPE1 = "ghg.scope1.gross"


def enter(session: Session, declaration: Declaration, amount: str, label: str) -> int:
    """A gas bill as a line."""
    activity = load_calculators()["energy"].activity("natural-gas")
    assert activity is not None
    quantity = Quantity(Decimal(amount), "kWh-hs")
    bare = CalculatorLine(0, "energy", "natural-gas", label=label, quantities={"quantity": quantity})
    line = with_proposed_factors(bare, activity, load_factors(), declaration.reporting_year)
    owner = Actor(None, {declaration.organisation_id: Role.OWNER})
    saved = calculator_lines.save_line(Work(session, owner, NOW), declaration, line, seen=0)
    return saved.stored.line.id


def attach(
    app: Flask,
    session: Session,
    declaration: Declaration,
    line: int,
    name: str,
    about: EvidenceDetails | None = None,
) -> int:
    owner = Actor(None, {declaration.organisation_id: Role.OWNER})
    blobs, file = app.extensions["dnk_blobs"], make_file(name.encode(), name)
    target = EvidenceTarget(line=line)
    return (
        add_evidence(
            session, blobs, declaration, owner, file, target=target, about=about or EvidenceDetails()
        )
        .fresh[0]
        .id
    )


# ---- In the company


@pytest.fixture
def line(app: Flask, world: World) -> int:
    """A line with a bill."""
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        number = enter(session, declaration, "86400", "Stadtwerke")
        attach(app, session, declaration, number, "Gasrechnung.pdf")
        return number


def at(world: World, rest: str) -> str:
    return f"/erklaerungen/{world.own_declaration}/rechner/{rest}"


def test_a_bill_is_attached_to_its_line_and_opened_from_there(app: Flask, world: World, line: int) -> None:
    editor = signed_in(app, "editor")
    for path in (f"energy/zeilen/{line}", f"spur/{SCOPE1}"):
        html = editor.get(at(world, path)).text
        (href,) = set(re.findall(r'href="([^"]*/datei)"', html))
        assert "Gasrechnung.pdf" in html, path
        assert editor.get(href).data == b"Gasrechnung.pdf"
    listed = editor.get(at(world, "energy")).text
    assert "Belege (1)" in read_words(listed)
    assert f"/belege/neu?zeile={line}" in listed
    add_page = editor.get(f"/erklaerungen/{world.own_declaration}/belege/neu?zeile={line}").text
    assert f"/rechner/energy/zeilen/{line}" in add_page, "the way back leads to the line"
    assert "Erdgas: Stadtwerke" in read_words(add_page)


def test_a_new_line_says_when_its_bill_can_be_attached(app: Flask, world: World, line: int) -> None:
    editor = signed_in(app, "editor")
    new = editor.get(at(world, "energy/zeilen/neu?art=natural-gas")).text
    assert "sobald die Zeile gespeichert ist" in new
    with database_session(app) as session:
        other = enter(session, session.get_one(Declaration, world.own_declaration), "5", "Lager")
    assert "Beleg hinzufügen" in editor.get(at(world, f"energy/zeilen/{other}")).text
    assert read_words(editor.get(at(world, "energy")).text).count("Beleg hinzufügen – Lager") == 1


@pytest.mark.parametrize(("who", "status"), [("viewer", 200), ("contributor", 403), ("stranger", 404)])
def test_who_sees_the_bill_beside_its_line(
    app: Flask, world: World, line: int, who: str, status: int
) -> None:
    answer = signed_in(app, who).get(at(world, f"energy/zeilen/{line}"))
    assert answer.status_code == status
    assert ("Gasrechnung.pdf" in answer.text) is (status == 200)
    assert "Beleg hinzufügen" not in answer.text


def test_a_frozen_line_shows_its_bill_and_takes_none(app: Flask, world: World, line: int) -> None:
    with database_session(app) as session:
        session.get_one(Declaration, world.own_declaration).state = State.FINISHED
    editor = signed_in(app, "editor")
    html = editor.get(at(world, f"energy/zeilen/{line}")).text
    assert "Gasrechnung.pdf" in html
    assert "Belege hinzufügen" not in html
    assert "Beleg hinzufügen" not in editor.get(at(world, "energy")).text


def test_a_removed_line_takes_its_bill_out_of_sight_of_the_figure(
    app: Flask, world: World, line: int
) -> None:
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        owner = Actor(None, {world.own: Role.OWNER})
        calculator_lines.remove_line(Work(session, owner, NOW), declaration, line)
    editor = signed_in(app, "editor")
    assert "Gasrechnung.pdf" not in editor.get(at(world, f"spur/{SCOPE1}")).text
    everything = read_words(editor.get(f"/erklaerungen/{world.own_declaration}/belege/").text)
    assert "Gasrechnung.pdf" in everything, "the file itself is not lost"
    assert "Zeile, die entfernt wurde" in everything


# ---- In the document and the review


def test_a_bill_of_a_removed_line_does_not_leave_the_company(app: Flask, world: World) -> None:
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        number = enter(session, declaration, "86400", "Stadtwerke")
        attach(
            app, session, declaration, number, "a.pdf", EvidenceDetails(is_listed=True, is_for_review=True)
        )
        owner = Actor(None, {world.own: Role.OWNER})
        assert len(annex_of(session, declaration).evidence) == 1
        calculator_lines.remove_line(Work(session, owner, NOW), declaration, number)
        assert annex_of(session, declaration).evidence == ()


def test_the_document_ties_a_bill_to_the_figures_of_its_line(app: Flask, world: World) -> None:
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        number = enter(session, declaration, "86400", "Stadtwerke")
        attach(app, session, declaration, number, "privat.pdf")
        attach(
            app,
            session,
            declaration,
            number,
            "offen.pdf",
            EvidenceDetails("Jahresrechnung Gas", is_listed=True),
        )
        (piece,) = annex_of(session, declaration).evidence
    assert piece.title == "Jahresrechnung Gas"
    assert {SCOPE1, "energy.fuels.non-renewable"} <= set(piece.belongs_to)


def test_a_list_that_only_enters_a_rate_belongs_to_that_rate(app: Flask, world: World) -> None:
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        owner = Actor(None, {world.own: Role.OWNER})
        pay = {"women": Quantity(Decimal(22), "eur-per-h"), "men": Quantity(Decimal(24), "eur-per-h")}
        line = CalculatorLine(0, "pay-gap", "pay-gap", quantities=pay)
        saved = calculator_lines.save_line(Work(session, owner, NOW), declaration, line, seen=0)
        attach(app, session, declaration, saved.stored.line.id, "Lohn.pdf", EvidenceDetails(is_listed=True))
        (piece,) = annex_of(session, declaration).evidence
    assert piece.belongs_to == ("workforce.pay-gap",)


@pytest.mark.parametrize("is_used", [True, False], ids=["calculated", "entered-by-hand"])
def test_a_reviewer_opens_the_bill_beside_the_figure_and_its_calculation(app: Flask, is_used: bool) -> None:
    with database_session(app) as session:
        declaration = import_craft(session)
        company = declaration.organisation_id
        add_member(session, company, "owner", Role.OWNER)
        cluster = make_cluster(session, "Nord", manager=ClusterRole.MANAGER, reviewer=ClusterRole.REVIEWER)
        add_consent(session, company, cluster.id)
        if is_used:  # nothing entered: the figure follows from the line
            session.delete(declarations.figure_rows(session, company, declaration.reporting_year)[SCOPE1])
            session.flush()
        number = enter(session, declaration, "86400", "Stadtwerke")
        attach(
            app, session, declaration, number, "offen.pdf", EvidenceDetails("Gasrechnung", is_for_review=True)
        )
        attach(app, session, declaration, number, "privat.pdf")
        owner = Actor(None, {company: Role.OWNER})
        submission.submit(Work(session, owner, NOW), declaration, cluster_id=cluster.id)
        path = f"/cluster/{cluster.id}/pruefung/{declaration.id}/13"
    html = signed_in(app, "reviewer").get(path).text
    said = "So gerechnet: Brutto-Emissionen" if is_used else "Rechnungen zu: Brutto-Emissionen"
    trace = html[html.index(said) :]
    assert ("hat das Unternehmen von Hand eingetragen" in trace) is not is_used
    assert "Erdgas: Stadtwerke" in read_words(trace)
    assert "86.400 kWh (Hs) ×" in read_words(trace)
    assert "Beleg öffnen: Gasrechnung" in trace
    assert "privat.pdf" not in html
