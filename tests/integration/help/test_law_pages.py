"""What law says today, and what a declaration is worth, on the pages where somebody decides."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.catalogue import load_catalogue
from dnk_tool.catalogue.laws import load_laws
from dnk_tool.language import local_day
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.web.declarations.settings import CURRENT_EDITION
from dnk_tool.web.text.laws import law_notes, standing_day
from tests.integration.exchange import award_rounds
from tests.integration.exchange.award_rounds import by_shell
from tests.integration.publication.published_companies import finish_document, named_document
from tests.support.app import World, database_session
from tests.support.browsers import own_page, read_words, signed_in
from tests.support.declaration_scenario import DeclarationScenario, declaration_path

CLAIMS = "Umweltaussagen (UWG) , seit 27. September 2026 für Werbung gegenüber Verbrauchern: Verboten sind"
READ_CLAIMS = "Stand: 3. Dezember 2026. UWG in der Fassung von 2026"


def said_on(client: FlaskClient, path: str) -> str:
    page = client.get(path)
    assert page.status_code == 200, path
    return read_words(page.text)


def worth_in(language: str) -> str:
    worth = load_catalogue(CURRENT_EDITION).worth
    assert worth
    return worth.text.to("en" if language == "en" else "de")


def test_goal_publication_and_award_say_what_may_not_be_claimed(app: Flask, world: World) -> None:
    with database_session(app) as session:
        cluster = session.get_one(Cluster, world.cluster)
        award = award_rounds.open_round(by_shell(session), cluster).id
        finished = finish_document(session, named_document("A GmbH", {}, year=2024), world.own).id
    owner, manager = signed_in(app, "owner"), signed_in(app, "manager")
    for client, path, lead in (
        (owner, f"/unternehmen/{world.own}/pfad/ziel", "Prüfen Sie erst, bevor Sie mit diesem Ziel werben."),
        (owner, f"/erklaerungen/{finished}/veroeffentlichung", "Eine öffentliche Seite kann Werbung sein."),
        (manager, f"/cluster/{world.cluster}/auszeichnungen/{award}", "Eine Urkunde ist kein Siegel."),
    ):
        said = said_on(client, path)
        assert f"{lead} {CLAIMS}" in said
        assert READ_CLAIMS in said


def test_the_worth_of_a_declaration_stands_where_one_decides(
    app: Flask, visitor: FlaskClient, play: DeclarationScenario
) -> None:
    owner = signed_in(app, "owner")
    for client, path in (
        (visitor, "/"),
        (owner, f"/unternehmen/{play.declaration.organisation_id}/erklaerungen/neu"),
        (owner, f"{declaration_path(play)}/pruefen"),
    ):
        said = said_on(client, path)
        assert f"Was die Erklärung heute wert ist: {worth_in('de')} Stand: 2. Dezember 2026." in said
    assert worth_in("en") in read_words(visitor.get("/", headers={"Accept-Language": "en"}).text)


def test_criterion_17_says_what_customers_may_ask_and_from_how_many_people_on_the_law_counts(
    app: Flask, world: World
) -> None:
    said = said_on(signed_in(app, "owner"), own_page(world, "17"))
    limit = load_laws()["value-chain-cap"]
    day = "seit" if limit.since and limit.since <= local_day(datetime.now(UTC)) else "ab"
    assert f"EU-Grenze für Fragebögen , {day} 1. Januar 2027 für Betriebe mit höchstens 1.000" in said
    assert "(LkSG) , seit 1. Januar 2024 für Unternehmen ab 1.000 Beschäftigten in Deutschland" in said
    assert "Mindestlohn , im Jahr 2025 für fast alle Beschäftigten" in said
    assert "mindestens 12,82 Euro brutto je Stunde. Stand: 3. Dezember 2026." in said


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("pay-gap/zeilen/neu?art=pay-gap", "Mindestlohn , im Jahr 2025 für fast alle Beschäftigten"),
        ("pay-gap/zeilen/neu?art=pay-gap", "Entgelttransparenz , Stand nicht geprüft: Die EU will"),
        ("purchases/zeilen/neu?art=wood", "Holz ohne Entwaldung , Stand nicht geprüft: Für Holz"),
        ("materials/zeilen/neu?art=renewable", "Holz ohne Entwaldung , Stand nicht geprüft: Für Holz"),
    ],
)
def test_a_line_says_which_law_it_concerns(app: Flask, world: World, line: str, told: str) -> None:
    path = f"/erklaerungen/{world.own_declaration}/rechner/"
    assert told in said_on(signed_in(app, "owner"), path + line)
    assert "dnk-law" not in signed_in(app, "owner").get(f"{path}energy/zeilen/neu?art=diesel").text


def test_the_help_names_the_standard_that_is_in_force(visitor: FlaskClient) -> None:
    said = said_on(visitor, "/hilfe")
    assert "(VS) , seit 24. September 2026 für Betriebe, die freiwillig berichten" in said
    assert "Seit 24. September 2026 gilt für freiwillige Berichte der EU-Standard VS, früher VSME." in said


def test_each_law_is_told_from_its_day_on_and_advises_to_look_after_a_year(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "de"}):
        before, after = (
            {note.name: note for note in law_notes("pages/climate-goal", today=day)}["Umweltaussagen (UWG)"]
            for day in (date(2026, 9, 26), date(2026, 9, 27))
        )
        assert before.text.startswith("ab 27. September 2026")
        assert after.text.startswith("seit 27. September 2026")
        read = load_laws()["environmental-claims"].read
        (late,) = law_notes("pages/climate-goal", today=read.replace(year=read.year + 2))
        assert late.reading.endswith("Sehen Sie bitte nach, ob es noch gilt.")
        worth = load_catalogue(CURRENT_EDITION).worth
        assert worth
        assert standing_day(worth, today=worth.as_of) == "Stand: 2. Dezember 2026."


def test_what_nobody_has_checked_is_never_said_to_apply(app: Flask) -> None:
    unchecked = [law for law in load_laws().values() if not law.is_checked]
    for language, words in (("de", "Stand nicht geprüft: "), ("en", "not checked whether it applies: ")):
        with app.test_request_context(headers={"Accept-Language": language}):
            for law in unchecked:
                for place in law.places:
                    (note,) = [note for note in law_notes(place, 2026) if note.address == law.address]
                    assert note.text.startswith(words)


@pytest.mark.parametrize(("year", "amount"), [(2022, ""), (2026, "13,90"), (2027, "14,60")])
def test_the_minimum_wage_is_that_of_the_declarations_year(app: Flask, year: int, amount: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "de"}):
        told = [note.text for note in law_notes("points/17.2", year)]
    assert bool(told) is bool(amount)
    assert amount in "".join(told)
