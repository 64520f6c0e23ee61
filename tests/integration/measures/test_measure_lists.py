"""A company's measures as a workbook and back: previewed, corrected, taken over once, safe from formulas."""

import io

from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.measures.model import EffectBasis, MeasureState
from dnk_tool.services.uploads.table_files import read_sheets
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.consents import AllowedChoice
from tests.support.app import PASSWORD, World, database_session, form_fields, post, token_of

CSV = (
    "Maßnahme;Art;Stand;Energieträger;kWh im Jahr;Wirkt ab;Herkunft der Zahl\n"
    "=LED in Halle 2;Beleuchtung;fertig;Strom;12.000;2025;berechnet\n"
    "Neue Heizung;Wärme und Dämmung;Zauberei;Erdgas;40.000;2026;geschätzt\n"
    "Fahrgemeinschaft;;;;;;\n"
)


def send_list(client: FlaskClient, path: str, text: str) -> str:
    """The page with the rows of the sent file."""
    file = (io.BytesIO(text.encode()), "massnahmen.csv")
    data = {"file": file, "csrf_token": token_of(client)}
    return client.post(path, data=data, content_type="multipart/form-data").text


def test_a_list_is_corrected_in_place_and_taken_over_once(
    app: Flask, world: World, owner: FlaskClient
) -> None:
    path = f"/unternehmen/{world.own}/massnahmen/liste"
    with database_session(app) as session:
        consent = clusters.find_consent(session, world.own, world.cluster)
        assert consent is not None
        session.add(AllowedChoice(consent_id=consent.id, choice=ConsentChoice.MEASURES))
    page = send_list(owner, path, CSV)
    assert "2 bereit, 1 zu verbessern, 0 schon da." in page
    assert "„Zauberei“ kennen wir nicht. Wählen Sie aus der Liste." in page
    fields = form_fields(page) | {"state-3": "geplant"}
    again = post(owner, f"{path}/pruefen", fields)
    assert "3 bereit, 0 zu verbessern" in again.text
    taken = post(owner, f"{path}/uebernehmen", form_fields(again.text), follow_redirects=True)
    assert "3 Maßnahmen sind übernommen." in taken.text
    with database_session(app) as session:
        light, heating, _car = measures.of_company(session, world.own).values()
    assert (light.text, light.kind, light.state) == ("=LED in Halle 2", "lighting", MeasureState.DONE)
    assert (light.effect.kwh, light.effect.basis) == (12_000, EffectBasis.CALCULATED)
    assert light.effect.t_co2e is not None, "follows from kWh by the factor of the year"
    assert light.effect.energy[0].factor
    assert (light.counts_for, heating.state) == (world.cluster, MeasureState.PLANNED)
    assert "0 bereit, 0 zu verbessern, 3 schon da." in send_list(owner, path, CSV.replace("Zauberei", "Idee"))
    handed_out = owner.get(f"{path}/massnahmen.xlsx")
    (own, sums) = (sheet.rows for sheet in read_sheets(handed_out.data))
    assert own[1].cells[:6] == ("1", "=LED in Halle 2", "Beleuchtung", "umgesetzt", "Strom", "12000")
    assert [row.cells[1] for row in sums[1:3]] == ["2", "2"]


def test_what_is_left_out_or_not_confirmed_is_not_taken_over(
    app: Flask, world: World, owner: FlaskClient
) -> None:
    path = f"/unternehmen/{world.own}/massnahmen/liste"
    page = send_list(owner, path, "Etwas;Anderes\nLED;5\n")
    assert "Sagen Sie, in welcher Spalte die Maßnahme steht." in page
    fields = form_fields(page)
    assert post(owner, f"{path}/uebernehmen", fields).status_code == 422
    named = post(owner, f"{path}/pruefen", fields | {"column-text": "0"})
    assert "2 bereit" in named.text, "without known headings each row is one"
    stale = post(owner, f"{path}/uebernehmen", fields | {"rows": "x" + fields["rows"][0]})
    assert "Diese Vorschau gilt nicht mehr." in stale.text
    assert "Fügen Sie die Liste ein" in post(owner, path, {"pasted": " "}).text
    with database_session(app) as session:
        assert measures.of_company(session, world.own) == {}


def test_a_pasted_list_is_still_there_after_an_expired_sign_in(app: Flask, world: World) -> None:
    stranger = app.test_client()
    data = {"pasted": "Maßnahme\tkWh\nLED im Lager\t1.200", "savings-0-carrier": "diesel/l", "state": "idea"}
    page = stranger.post(f"/unternehmen/{world.own}/massnahmen/liste", data=data)
    assert page.status_code == 401
    assert "Ihre Eingaben sind noch da" in page.text
    fields = {"email": "owner@example.org", "password": PASSWORD}
    resumed = stranger.post("/anmelden", data=form_fields(page.text) | fields)
    assert "LED im Lager" in resumed.text
    shown = resumed.text.partition("Das haben Sie geschrieben")[2]
    assert "diesel/l" not in shown, "words of the program are no text of the person"
