"""A good example on a phone without JavaScript: told, offered, published, read by everybody, withdrawn."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import FilePayload, expect
from sqlalchemy import select

from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.declarations import Declaration
from tests.e2e.conftest import Shot, Visit
from tests.e2e.driving import Server, press_in_main
from tests.e2e.exchange.keyboard import press_at, type_at
from tests.integration.exchange.told_examples import CONTENT, MEASURE, NOW, allow_examples
from tests.support.app import add_consent, make_cluster
from tests.support.files.evidence_files import image
from tests.support.instance import COMPLETE

pytestmark = pytest.mark.e2e

AIR = "Druckluft senken"
LINES = {"Vorher": "before", "Die Idee": "idea", "Getan": "done", "Aufwand": "effort", "Rat": "advice"}


@pytest.fixture(scope="module")
def server(new_server: Callable[..., Server]) -> Server:
    """A cluster with a member whose two measures are done."""
    server = new_server()
    server.seed(COMPLETE, petra=Role.OWNER)
    with server.stored() as session:
        company = session.scalars(select(Declaration.organisation_id)).one()
        network = make_cluster(session, "Netz", silke=ClusterRole.MANAGER)
        add_consent(session, company, network.id)
        allow_examples(session, company, network.id)
        for measure in (MEASURE, replace(MEASURE, text=AIR)):
            measures.add(session, company, measure, by=None, now=NOW)
    server.start()
    return server


def test_an_example_is_told_published_and_withdrawn(visit: Visit, shot: Shot) -> None:
    phone: dict[str, Any] = {"javascript": False, "width": 320}
    owner = visit(**phone).sign_in("petra")
    owner.get_by_role("link", name="Gute Beispiele", exact=True).first.click()
    press_in_main(owner, "Beispiel schreiben")
    owner.get_by_label("Überschrift").fill(CONTENT.title)
    for label, name in LINES.items():
        owner.get_by_label(label, exact=True).fill(getattr(CONTENT, name))
    owner.get_by_label("Bild auswählen").set_input_files(
        FilePayload(name="ofen.jpg", mimeType="image/jpeg", buffer=image("JPEG", (1200, 800)))
    )
    owner.get_by_label("Was das Bild zeigt").fill("Der Ofen")
    owner.get_by_label("Öffentlich: Jeder darf es lesen").check()
    press_in_main(owner, "Speichern und ansehen")
    expect(owner.get_by_role("img", name="Der Ofen")).to_be_visible()
    shot(owner, "example-phone")
    press_in_main(owner, "„Netz“ anbieten")
    expect(owner.get_by_text("„Netz“ hat Ihr Beispiel jetzt.")).to_be_visible()
    manager = visit(**phone).sign_in("silke")
    manager.goto("/cluster/1/beispiele")
    manager.get_by_role("link", name=CONTENT.title).click()
    press_in_main(manager, "Veröffentlichen")
    expect(manager.get_by_text("Veröffentlicht. Die Mitglieder sehen das Beispiel jetzt.")).to_be_visible()
    reader = visit(**phone).page("/beispiele/1")
    reader.get_by_role("link", name=CONTENT.title).click()
    expect(reader.get_by_text(CONTENT.advice)).to_be_visible()
    assert reader.evaluate("document.documentElement.scrollWidth") == 320
    owner.reload()
    press_in_main(owner, "Zurückziehen")
    expect(owner.get_by_text("Zurückgezogen.")).to_be_visible()
    assert reader.request.get(reader.url).status == 404


def test_an_example_by_keyboard_on_a_phone(visit: Visit) -> None:
    owner = visit(width=320).sign_in("petra")
    press_at(owner, text="Gute Beispiele")
    press_at(owner, text=f"Beispiel schreiben {AIR}")
    expect(owner.get_by_label("Überschrift")).to_have_value(AIR)
    for name in LINES.values():
        type_at(owner, name, getattr(CONTENT, name))
    press_at(owner, text="Speichern und ansehen")
    press_at(owner, text="„Netz“ anbieten")
    manager = visit(width=320).sign_in("silke")
    manager.goto("/cluster/1/beispiele")
    press_at(manager, text=AIR)
    here = manager.url
    press_at(manager, text="Veröffentlichen")
    expect(manager.get_by_text("Veröffentlicht. Die Mitglieder sehen das Beispiel jetzt.")).to_be_visible()
    owner.reload()
    press_at(owner, text="Zurückziehen")
    expect(owner.get_by_text("Zurückgezogen.")).to_be_visible()
    assert manager.request.get(here).status == 404
