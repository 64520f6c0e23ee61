"""The page of emission factors names value, unit, source, boundary and marks what is not verified."""

import shutil

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from dnk_tool.app import create_app
from dnk_tool.catalogue import CatalogueError
from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.config import Settings
from dnk_tool.paths import criteria_folder


def test_every_factor_and_every_source_is_there_in_both_languages(client: FlaskClient) -> None:
    pages = {
        code: client.get("/faktoren", headers={"Accept-Language": code}).get_data(as_text=True)
        for code in ("de", "en")
    }
    factors = load_factors()
    for code, page in pages.items():
        for factors_of_key in factors.by_key.values():
            for factor in factors_of_key:
                assert getattr(factor.label, code) in page
        for edition in factors.editions.values():
            assert edition.address in page
    assert "0,18139464" in pages["de"]
    assert "kg CO₂e je kWh (Hs)" in pages["de"]
    assert "nicht geprüft" in pages["de"]
    assert "teilweise geprüft" in pages["de"]
    assert "one source only" in pages["en"]
    assert "0.18139464" in pages["en"]
    assert "not verified" in pages["en"]
    assert (
        "Contains public sector information licensed under the Open Government Licence v3.0." in pages["en"]
    )


@pytest.mark.own_app
def test_the_page_asks_the_database_nothing(app: Flask, client: FlaskClient) -> None:
    client.get("/faktoren")  # whether anything is published is asked once, for the footer
    statements: list[str] = []
    event.listen(
        app.extensions["dnk_engine"], "before_cursor_execute", lambda *given: statements.append(given[2])
    )
    assert client.get("/faktoren").status_code == 200
    assert statements == []


@pytest.mark.own_app
def test_a_faulty_edition_is_told_before_the_start(settings: Settings) -> None:
    folder = settings.instance / "factors"
    folder.mkdir(parents=True)
    shutil.copy(criteria_folder() / "factors" / "ipcc-ar5.yaml", folder / "mine.yaml")
    with pytest.raises(CatalogueError, match=r"mine\.yaml: key: 'ipcc-ar5' does not fit the name"):
        create_app(settings)


def test_d32_factors_are_found_by_all_words(client: FlaskClient) -> None:
    everything = client.get("/faktoren").text
    page = client.get("/faktoren?suche=erdgas+Vorkette").text
    assert "Erdgas, nur Vorkette, je kWh Brennwert (Hs)" in page
    assert "Hier stehen nur Faktoren mit „erdgas Vorkette“." in page
    assert 'id="quelle-desnz-2025"' in page
    assert 'id="quelle-ipcc-ar6"' not in page, "the source of none that is shown"
    assert len(page) * 4 < len(everything)
    nothing = client.get("/faktoren?suche=<gibtesnicht>").text
    assert "Zu „&lt;gibtesnicht&gt;“ gibt es keinen Faktor." in nothing
    assert "<table" not in nothing
