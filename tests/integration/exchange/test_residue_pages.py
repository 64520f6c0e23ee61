"""The pages of residues: offered from a line of waste, found by words, filtered, passed on, for print."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.domain.exchange.residues import NoticeKind
from dnk_tool.domain.figures.calculators import CalculatorLine
from dnk_tool.domain.permissions import SHELL
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services.figures import calculator_lines
from dnk_tool.services.work import Work
from dnk_tool.store.exchange import residues
from dnk_tool.store.tables.declarations import Declaration
from tests.integration.exchange.residue_members import ResidueFirm, a_notice, add_residue_firm, as_firm, show
from tests.support.app import World, count_statements, database_session, form_fields, post
from tests.support.browsers import signed_in

MOST_STATEMENTS = 15
OFFER = {
    "title": "Buchenspäne, unbehandelt",
    "codes": "03 01 05",
    "tonnes": "12,5",
    "form": "trocken, lose",
    "available_from": "",
    "areas": "37",
    "sentence": "Abholen oder liefern.",
    "number-language": "de",
    "version": "0",
}


@pytest.fixture
def owner(app: Flask, world: World) -> FlaskClient:
    with database_session(app) as session:
        as_firm(session, world.cluster, world.own, "owner")
    return signed_in(app, "owner")


@pytest.fixture
def wood(app: Flask, world: World) -> Iterator[ResidueFirm]:
    """Another member with an offer."""
    with database_session(app) as session:
        firm = add_residue_firm(session, world.cluster, "Möbelwerk Eich GmbH", "erna")
        show(session, firm, a_notice(title="Eichenspäne"), datetime.now(UTC))
        session.expunge(firm.consent)
    return firm


def about(world: World) -> str:
    return f"/unternehmen/{world.own}/reststoffe"


def enter_waste(app: Flask, world: World) -> None:
    line = CalculatorLine(
        0,
        "waste",
        "recycling-wood",
        label="Holzpaletten",
        code="15 01 03",
        quantities={"quantity": Quantity(Decimal(3400), "kg")},
    )
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        calculator_lines.save_line(Work(session, SHELL, datetime.now(UTC)), declaration, line, seen=0)


def test_a_line_of_waste_becomes_an_offer_only_when_somebody_says_so(
    app: Flask, owner: FlaskClient, world: World
) -> None:
    enter_waste(app, world)
    board = owner.get(about(world)).text
    assert "Aus Ihren Abfällen 2025" in board
    assert "3,4 t" in board
    [line] = {part.split("&")[0].split('"')[0] for part in board.split("zeile=")[1:]}
    page = owner.get(f"{about(world)}/neu?zeile={line}").text
    fields = form_fields(page)
    assert (fields["title"], fields["codes"], fields["tonnes"]) == (["Holzpaletten"], ["15 01 03"], ["3,4"])
    assert "Noch ist nichts gespeichert" in page
    kept = OFFER | {"title": "Holzpaletten", "codes": "150103", "tonnes": "3,4"}
    saved = post(
        owner, f"{about(world)}/neu?art=offer", kept | {"action": "keep"}, follow_redirects=True
    ).text
    assert "Den Eintrag sehen nur Sie." in saved
    assert "Entwurf, nur für Sie sichtbar" in saved
    assert "Als Angebot vorbereiten" not in saved
    assert "0 Einträge von anderen" in saved
    with database_session(app) as session:
        assert residues.posted_notices(session, world.cluster) == []


def test_codes_are_found_by_words_and_faults_keep_what_was_typed(owner: FlaskClient, world: World) -> None:
    new = f"{about(world)}/neu?art=search"
    found = post(owner, new, OFFER | {"codes": "Karton", "action": "find-code"})
    assert found.status_code == 200
    assert 'value="15 01 01"' in found.text
    chosen = post(owner, new, OFFER | {"codes": "Karton", "code_choice": "15 01 01", "action": "find-code"})
    assert form_fields(chosen.text)["codes"] == ["15 01 01"]
    nothing = post(owner, new, OFFER | {"codes": "Xyzzyqq", "action": "find-code"}).text
    assert "keinen Schlüssel gefunden" in nothing
    wrong = OFFER | {"codes": "15 01 10", "tonnes": "0", "areas": "33607", "title": "", "action": "show"}
    page = post(owner, new, wrong)
    assert page.status_code == 422
    for message in ("gefährlicher Abfall", "mehr als 0", "ersten beiden Ziffern", "in wenigen Worten"):
        assert message in page.text
    assert 'value="33607"' in page.text
    two = post(owner, f"{about(world)}/neu?art=offer", OFFER | {"codes": "030105, 170201", "action": "show"})
    assert "einen Schlüssel je Angebot" in two.text
    named = OFFER | {"sentence": "Fragen Sie die A GmbH", "form": "owner@example.org", "action": "show"}
    page = post(owner, new, named)
    assert "Hier steht der Name Ihres Unternehmens" in page.text
    assert "Hier steht eine Adresse" in page.text


def test_an_edit_conflict_keeps_what_was_typed(owner: FlaskClient, world: World) -> None:
    post(owner, f"{about(world)}/neu?art=offer", OFFER | {"action": "show"})
    [number] = re.findall(rf'href="{about(world)}/([0-9]+)"', owner.get(about(world)).text)
    edit = f"{about(world)}/{number}"
    seen = form_fields(owner.get(edit).text)["version"][0]
    assert post(owner, edit, OFFER | {"tonnes": "20", "version": seen, "action": "show"}).status_code == 303
    page = post(owner, edit, OFFER | {"tonnes": "5", "version": seen, "action": "show"})
    assert page.status_code == 409
    assert form_fields(page.text)["tonnes"] == ["5"]
    assert '<li class="dnk-text">20</li>' in page.text
    gone = post(owner, f"{edit}/loeschen", follow_redirects=True).text
    assert "Gelöscht." in gone
    assert owner.get(edit).status_code == 404


def test_what_was_passed_on_proposes_a_line_of_waste(app: Flask, owner: FlaskClient, world: World) -> None:
    post(owner, f"{about(world)}/neu?art=offer", OFFER | {"action": "show"})
    with database_session(app) as session:
        [posted] = residues.posted_notices(session, world.cluster)
    page = f"{about(world)}/{posted.id}/weitergegeben"
    late = post(owner, page, {"tonnes": "3,4", "year": "2040", "number-language": "de"})
    assert "in der Zukunft" in late.text
    noted = post(
        owner, page, {"tonnes": "3,4", "year": "2025", "number-language": "de"}, follow_redirects=True
    ).text
    assert "Von allein ändert sich keine Zahl." in noted
    [address] = re.findall(r'href="([^"]+rechner/waste[^"]+)"', noted)
    fields = form_fields(owner.get(address.replace("&amp;", "&")).text)
    proposed = (fields["f-quantity"], fields["f-quantity-unit"], fields["waste_code"], fields["label"])
    assert proposed == (["3,4"], ["t"], ["03 01 05"], ["Buchenspäne, unbehandelt"])
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        assert calculator_lines.lines_of(session, declaration) == ()


def test_filters_matches_and_the_sheet(
    app: Flask, owner: FlaskClient, manager: FlaskClient, wood: ResidueFirm, world: World
) -> None:
    post(owner, f"{about(world)}/neu?art=search", OFFER | {"title": "Späne für Wege", "action": "show"})
    board = owner.get(about(world)).text
    assert "1 Eintrag von anderen, 1 Paar passt" in board
    assert "passt zu 1 Gesuch" in board
    assert "passt zu 1 Angebot" in board
    offers = owner.get(f"{about(world)}?zeigen=offer&stoff=wood&region=37&ab=sofort").text
    assert "1 Eintrag" in offers
    assert "Kein Eintrag passt" in owner.get(f"{about(world)}?stoff=glass").text
    assert "Kein Eintrag passt" in owner.get(f"{about(world)}?region=01").text
    for client, path in (
        (owner, f"{about(world)}/blatt"),
        (manager, f"/cluster/{world.cluster}/reststoffe/blatt"),
    ):
        sheet = client.get(path).text
        assert sheet.index("Eichenspäne") < sheet.index("Späne für Wege")
    asked = manager.get(f"/cluster/{world.cluster}/reststoffe").text
    pair = dict(re.findall(r'name="(offer|search)" value="([0-9]+)"', asked))
    said = post(
        manager, f"/cluster/{world.cluster}/reststoffe/bekannt-machen", pair, follow_redirects=True
    ).text
    assert "Beide Unternehmen sind gefragt" in said
    assert "gefragt</span>" in said
    assert "1 wartet auf Ihre Antwort" in owner.get(about(world)).text


def test_a_page_takes_as_many_statements_with_one_notice_as_with_many(
    app: Flask, owner: FlaskClient, manager: FlaskClient, wood: ResidueFirm, world: World
) -> None:
    pages = (
        (owner, about(world)),
        (owner, f"{about(world)}/anfragen"),
        (owner, f"{about(world)}/blatt"),
        (manager, f"/cluster/{world.cluster}/reststoffe"),
    )

    def statements() -> list[int]:
        taken = []
        for client, path in pages:
            with count_statements(app) as run:
                assert client.get(path).status_code == 200
            taken.append(len(run))
        return taken

    post(owner, f"{about(world)}/neu?art=search", OFFER | {"action": "show"})
    few = statements()
    with database_session(app) as session:
        firms = [add_residue_firm(session, world.cluster, f"Werk {at}", f"werk{at}") for at in range(6)]
        for firm in firms:
            for kind in NoticeKind:
                show(session, firm, a_notice(kind), datetime.now(UTC))
    assert statements() == few
    assert max(few) <= MOST_STATEMENTS, few


def test_without_permission_a_member_reads_and_does_nothing(
    app: Flask, owner: FlaskClient, wood: ResidueFirm, world: World
) -> None:
    with database_session(app) as session:
        as_firm(session, world.cluster, world.own, "owner", allows=False)
        [posted] = residues.posted_notices(session, world.cluster)
    board = owner.get(about(world)).text
    assert "Eichenspäne" in board
    assert "Sie können lesen, was andere zeigen." in board
    assert ">Anbieten" not in board
    refused = post(owner, f"{about(world)}/neu?art=offer", OFFER | {"action": "show"})
    assert refused.status_code == 422
    assert "erlaubt dem Cluster nicht mehr" in refused.text
    asked = post(owner, f"{about(world)}/{posted.id}/anfragen", {"message": "Geht 1 t?"})
    assert asked.status_code == 422
    assert "Geht 1 t?" in asked.text
