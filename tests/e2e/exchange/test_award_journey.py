"""An award from the round to the certificate; a juror judges on a phone of 320 pixels without JavaScript."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from dnk_tool.domain.permissions import ClusterRole, Role
from tests.e2e.conftest import Shot, Visit
from tests.e2e.driving import Server, press_in_main, wait_for
from tests.integration.exchange.award_rounds import WORDS
from tests.support.app import add_consent, make_cluster, make_organisation

pytestmark = pytest.mark.e2e

PHONE = 320
LINES = {
    "Überschrift": "title",
    "Vorher": "before",
    "Die Idee": "idea",
    "Getan": "done",
    "Aufwand": "effort",
    "Rat": "advice",
}
LINK = re.compile(r"https?://[^/\s]+(/jury/\S+)")


@pytest.fixture(scope="module")
def server(new_server: Callable[..., Server]) -> Server:
    """A cluster with a member that may nominate itself."""
    server = new_server()
    with server.stored() as session:
        network = make_cluster(session, "Netz", silke=ClusterRole.MANAGER)
        member = make_organisation(session, "Möbelwerk Eich GmbH", erna=Role.OWNER)
        add_consent(session, member.id, network.id)
    server.start()
    return server


def juror_link(server: Server) -> str:
    """The path in the mail to the juror."""

    def found() -> list[str]:
        files = sorted((server.instance / "outbox").glob("*.eml"))
        return [match[1] for file in files if (match := LINK.search(file.read_text("utf-8")))]

    wait_for(lambda: bool(found()), what="the mail to the juror")
    return found()[-1]


def test_from_the_round_to_the_certificate(server: Server, visit: Visit, shot: Shot) -> None:
    manager = visit().sign_in("silke")
    manager.goto("/cluster/1/")
    manager.get_by_role("link", name="Austausch").click()
    manager.get_by_role("link", name="Auszeichnungen").click()
    manager.get_by_role("link", name="Neue Auszeichnung").click()
    manager.get_by_label("Name").fill("Klimapreis")
    press_in_main(manager, "Speichern", exact=True)
    press_in_main(manager, "Vorschläge öffnen", exact=True)
    expect(manager.get_by_text("Die Mitglieder sehen die Auszeichnung jetzt")).to_be_visible()
    manager.get_by_text("Jemanden in die Jury einladen").click()
    manager.get_by_label("Name").fill("Ute Jung")
    manager.get_by_label("E-Mail-Adresse").fill("ute@jury.example")
    press_in_main(manager, "Einladen", exact=True)
    expect(manager.get_by_text("Ute Jung, ute@jury.example")).to_be_visible()

    owner = visit(javascript=False, width=PHONE).sign_in("erna")
    owner.goto("/unternehmen/1/auszeichnungen")
    owner.get_by_role("link", name="Etwas vorschlagen").click()
    for label, name in LINES.items():
        owner.get_by_label(label, exact=True).fill(getattr(WORDS, name))
    owner.get_by_label("Wenn wir gewinnen, darf es jeder lesen").check()
    press_in_main(owner, "Vorschlagen", exact=True)
    expect(owner.get_by_text("Sie sind dabei.")).to_be_visible()
    shot(owner, "award-nomination-phone")

    manager.reload()
    press_in_main(manager, "Vorschläge schließen, Jury beginnt", exact=True)
    expect(manager.get_by_text("Jetzt liest die Jury.")).to_be_visible()
    phone = visit(javascript=False, width=PHONE).page(juror_link(server))
    phone.get_by_role("link", name=WORDS.title).click()
    for place in range(4):
        phone.get_by_role("group").nth(place).get_by_label("4", exact=True).check()
    phone.get_by_label("Ein Wort dazu").fill("Das können andere auch.")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE
    shot(phone, "award-sheet-phone")
    press_in_main(phone, "Speichern", exact=True)
    expect(phone.get_by_text("fertig", exact=True)).to_be_visible()

    manager.get_by_role("link", name="Punkte ansehen und entscheiden").click()
    expect(manager.get_by_text("4,00 von 5 Punkten")).to_be_visible()
    expect(manager.get_by_text("Das können andere auch.")).to_be_visible()
    manager.get_by_label("Preis").fill("1. Preis")
    press_in_main(manager, "Preise vergeben", exact=True)
    expect(manager.get_by_text("Die Auszeichnung ist vergeben.")).to_be_visible()
    shot(manager, "award-decided")

    owner.goto("/unternehmen/1/auszeichnungen")
    expect(owner.get_by_text("1. Preis").first).to_be_visible()
    address = owner.get_by_role("link", name="Urkunde (PDF)").get_attribute("href")
    assert owner.request.get(address or "").body().startswith(b"%PDF")
    phone.reload()
    expect(phone.get_by_role("heading", name="Die Jury liest gerade nicht")).to_be_visible()
