"""The pages of good examples: written, offered, published, read and withdrawn, by whom and for whom."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.domain.exchange.examples import ExampleState
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.exchange.examples import ExampleRow
from tests.integration.exchange.told_examples import CONTENT, MEASURE, NOW, allow_examples
from tests.support.app import World, database_session, form_fields, post, sign_in


@pytest.fixture
def client_of(app: Flask, world: World) -> Callable[[str], FlaskClient]:
    def client(who: str) -> FlaskClient:
        browser = app.test_client()
        sign_in(browser, f"{who}@example.org")
        return browser

    return client


def test_an_example_is_written_offered_published_and_withdrawn(
    app: Flask, world: World, client_of: Callable[[str], FlaskClient]
) -> None:
    with database_session(app) as session:
        measure_id = measures.add(session, world.own, MEASURE, by=None, now=NOW).id
        allow_examples(session, world.own, world.cluster)
    owner, manager, nobody = client_of("owner"), client_of("manager"), app.test_client()
    about = f"/unternehmen/{world.own}/beispiele"
    assert "Beispiel schreiben" in owner.get(about).text
    begun = post(owner, f"{about}/eigene", {"measure": str(measure_id)})
    assert begun.status_code == 303
    form = form_fields(owner.get(begun.location).text)
    assert form["title"] == [MEASURE.text]
    typed = {
        name: getattr(CONTENT, name)
        for name in ("title", "before", "idea", "done", "effort", "advice", "fits")
    }
    saved = owner.post(
        begun.location, data=form | typed | {"is_public": "1", "is_contact": "1"}, follow_redirects=True
    )
    assert "So sieht Ihr Beispiel jetzt aus" in saved.text
    assert "127 MWh" in saved.text
    place = begun.location.removesuffix("/aendern")
    offered = post(owner, f"{place}/anbieten", form_fields(saved.text), follow_redirects=True).text
    assert "„Cluster Nord“ hat Ihr Beispiel jetzt." in offered
    lead = f"/cluster/{world.cluster}/beispiele"
    assert CONTENT.title in manager.get(lead).text
    assert nobody.get(f"/beispiele/{world.cluster}").status_code == 404
    example = re.search(rf"{lead}/(\d+)", manager.get(lead).text)
    assert example is not None
    waiting = manager.get(example[0])
    assert "Owner" in waiting.text
    published = post(
        manager, f"{example[0]}/veroeffentlichen", form_fields(waiting.text), follow_redirects=True
    )
    assert "Veröffentlicht. Die Mitglieder sehen das Beispiel jetzt." in published.text
    public = nobody.get(f"/beispiele/{world.cluster}", follow_redirects=True).text
    assert CONTENT.title in public
    whole = nobody.get(f"/beispiele/{world.cluster}/{example[1]}").text
    assert CONTENT.advice in whole
    assert "owner@example.org" not in whole
    post(owner, f"{place}/zurueckziehen")
    assert nobody.get(f"/beispiele/{world.cluster}/{example[1]}").status_code == 404
    assert CONTENT.title not in manager.get(lead).text
    with database_session(app) as session:
        row = session.get_one(ExampleRow, int(example[1]))
        assert (row.state, row.consent_id) == (ExampleState.DRAFT, None)
