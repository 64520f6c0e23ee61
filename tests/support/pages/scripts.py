"""What only a browser does: steps that need the page's scripts, keys, or eyes."""

import re

from playwright.sync_api import Page, expect

from tests.support.pages.world.world import World

# The name lets one menu of a page be open: without it, all are.
OPEN_ALL = """() => {
  document.querySelectorAll(".dnk-more, .dnk-more ul").forEach((it) => { it.style.position = ""; });
  document.querySelectorAll("details").forEach((it) => { it.name = ""; it.open = true; });
}"""


def quoted(page: Page, _world: World) -> None:
    """What others wrote stands beside the aspect."""
    expect(page.get_by_role("heading", name="Wie andere es schreiben")).to_be_visible()


def proposed(page: Page, _world: World) -> None:
    """An example is put into an empty text, and facts of the next point are ticked with a faulty field."""
    page.locator("[value='help:hilfe-20.4']").click()
    page.locator("[value='draft:example:20.4']").click()
    expect(page.locator("#taken-20\\.4")).to_contain_text("Beispiel, bitte umschreiben.")
    page.locator("[value='help:fakten-20.1']").click()
    page.locator("[name=fact-compliance-gifts]").check()
    page.locator("[name=fact-compliance-gifts-value]").fill("wenig")
    page.locator("[value='draft:facts:20.1']").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Höchster Wert in Euro")


def all_unfolded(page: Page, _world: World) -> None:
    for fold in page.locator("main summary").all():
        fold.click()


def everything_explained(page: Page, _world: World) -> None:
    page.evaluate(OPEN_ALL)
    for radio in page.locator("input[type=radio][value=explain]").all():
        radio.check()


def files_chosen(page: Page, _world: World) -> None:
    names = ("Zählerstände_aller_Hallen_und_der_Verwaltung_2025.csv", "logo.svg")
    page.get_by_label("Dateien").set_input_files(
        [{"name": name, "mimeType": "text/plain", "buffer": b"a"} for name in names]
    )
    expect(page.locator(".dnk-drop__files li")).to_have_count(2)


def offered_back(page: Page, _world: World) -> None:
    never = "**/kriterien/2"
    page.route(never, lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.locator('[name="ref-2.1-text"]').fill("Vor dem Absturz.")
    page.reload()
    expect(page.locator(".dnk-restore")).to_be_visible()


def places_opened(page: Page, _world: World) -> None:
    """Narrow or with many places, the change over to another is a menu."""
    menu = page.locator(".dnk-places__summary")
    if menu.is_visible():
        menu.click()
    expect(page.locator(".dnk-places").get_by_role("link").first).to_be_visible()


def keys_explained(page: Page, _world: World) -> None:
    page.keyboard.press("?")


def second_page_beside_the_figure(page: Page, _world: World) -> None:
    """The evidence opens beside its figure, turns its page, closes to where it came from, and opens again."""
    link = page.locator("tr", has_text="Scope 1").locator("[data-evidence]")
    link.click()
    drawer = page.get_by_role("complementary", name="Tankkarten der drei Transporter")
    expect(drawer).to_contain_text("Seite 1 von 2")
    expect(page.locator("#beleg")).to_be_focused()
    expect(link).to_be_in_viewport()
    drawer.get_by_role("link", name="Schließen").click()
    expect(drawer).to_have_count(0)
    expect(link).to_be_in_viewport()
    link.click()
    drawer.get_by_role("link", name="Nächste Seite").click()
    expect(drawer).to_contain_text("Seite 2 von 2")
    picture = drawer.get_by_role("img", name="Seite 2 von 2 in voller Größe öffnen")
    assert picture.evaluate("it => it.decode().then(() => it.naturalWidth)") == 1600


def report_still_in_english(page: Page, _world: World) -> None:
    expect(page.get_by_role("link", name="Word-Datei")).to_have_attribute("href", re.compile("sprache=en"))
