"""Every page in every state: no axe-core finding, no overflow at 320 px, the right language, one host."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from dnk_tool.domain.permissions import Role
from dnk_tool.store.models import Declaration
from dnk_tool.web.assets import build
from tests.e2e.conftest import Shot, Visit
from tests.e2e.driving import COMPLETE, IN_PROGRESS, Server, Visitor, wait_for
from tests.e2e.driving import field as form_field
from tests.support import make_account, make_organisation

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("accessibility")]

WIDTHS = (1280, 320)
# Everything that axe-core finds by itself: WCAG 2.2 A and AA, and best practice.
RUN = """async () => {
  const options = { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } };
  const { violations } = await axe.run(document, options);
  const places = (nodes) => nodes.slice(0, 3).map((one) => one.html.slice(0, 200));
  return violations.map(({ id, help, nodes }) => [id, help, places(nodes)]);
}"""
# Boxes and words beyond the right edge, but for what scrolls by itself.
OVERFLOW = """() => {
  const isBeyond = (box) => box.right > document.documentElement.clientWidth;
  const isMeant = (it) => it.closest(".dnk-scroll, .govuk-visually-hidden, .govuk-skip-link");
  const found = [];
  for (const it of document.querySelectorAll("body, body *")) {
    if (!it.checkVisibility() || isMeant(it)) continue;
    if (isBeyond(it.getBoundingClientRect())) found.push(it.outerHTML.slice(0, 150));
    for (const text of it.childNodes) {
      if (text.nodeType !== Node.TEXT_NODE) continue;
      const range = document.createRange();
      range.selectNode(text);
      const words = text.data.trim().slice(0, 80);
      if ([...range.getClientRects()].some(isBeyond)) found.push(`${it.className}: ${words}`);
    }
  }
  return found.slice(0, 6);
}"""
OPEN_ALL = "() => document.querySelectorAll('details').forEach((it) => { it.open = true; })"


@dataclass(frozen=True)
class World:
    """Companies in every state: finished, half filled, complete, empty; one person belongs to none."""

    finished: int
    half: int
    complete: int
    empty: int
    company: int
    half_company: int


@pytest.fixture(scope="module")
def server(new_server: Callable[..., Server]) -> Server:
    return new_server()


@pytest.fixture(scope="module")
def world(server: Server) -> World:
    finished = server.seed(COMPLETE, petra=Role.OWNER)
    half = server.seed(IN_PROGRESS, jonas=Role.OWNER, mehmet=Role.EDITOR, vera=Role.VIEWER)
    complete = server.seed(COMPLETE, karin=Role.OWNER)
    with server.stored() as session:
        company = make_organisation(
            session, "Leer & Söhne Donaudampfschifffahrtsgesellschaft mbH", leo=Role.OWNER
        )
        session.flush()
        session.refresh(company)
        empty, company_id = company.declarations[0].id, company.id
        half_company = session.get_one(Declaration, half).organisation_id
        make_account(session, "neu@example.org", name="Nele Neu")
    server.start()
    return World(finished, half, complete, empty, company_id, half_company)


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core as pinned in this folder's lock file, installed when it is first needed."""
    folder = Path(__file__).parent
    build.install_packages(folder, *build.find_node())
    return (folder / "node_modules/axe-core/axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def signed_in(browser: Browser, server: Server, world: World) -> Callable[[Visitor, str], None]:
    """Signs people in, through the form only once each."""
    cookies: dict[str, Any] = {}

    def sign_in(visitor: Visitor, name: str) -> None:
        if name in cookies:
            visitor.context.add_cookies(cookies[name])
        else:
            visitor.sign_in(name).close()
            cookies[name] = visitor.context.cookies()

    return sign_in


# ---- The pages, each with how one gets there

Go = Callable[[Page, World], None]


@dataclass(frozen=True)
class State:
    """A page in one state: `who` is signed in, `go` leads there from `path`; with and without script."""

    name: str
    who: str = ""
    path: str = ""
    go: Go | None = None
    heading: str = ""
    javascript: tuple[bool, ...] = (True,)
    options: dict[str, str] = field(default_factory=dict)


def press(button: str) -> Go:
    return lambda page, world: page.get_by_role("button", name=button, exact=True).first.click()


def refused_sign_in(page: Page, world: World) -> None:
    page.get_by_label("E-Mail-Adresse").fill("petra@example.org")
    page.get_by_label("Passwort", exact=True).fill("falsch")
    press("Anmelden")(page, world)


def too_often(page: Page, world: World) -> None:
    for _attempt in range(6):
        refused_sign_in(page, world)
        page.wait_for_load_state()


def expired(page: Page, world: World) -> None:
    page.context.clear_cookies()
    form_field(page, "ref-1.1-text").fill("Noch nicht gespeichert.")
    press("Speichern und weiter")(page, world)


def resumed(page: Page, world: World) -> None:
    expired(page, world)
    page.get_by_label("E-Mail-Adresse").fill("jonas@example.org")
    page.get_by_label("Passwort", exact=True).fill("wiese kahn sieben lampe")
    press("Anmelden")(page, world)


def unreadable(page: Page, world: World) -> None:
    page.evaluate(OPEN_ALL)
    form_field(page, "ref-GRI-SRS-305-1.a-value").fill("ungefähr zwölf")
    form_field(page, "ref-13.2.goals-rows-0-due").fill("bald")
    press("Speichern und weiter")(page, world)


def everything_explained(page: Page, world: World) -> None:
    page.evaluate(OPEN_ALL)
    for radio in page.locator("input[type=radio][value=explain]").all():
        radio.check()


def collided(page: Page, world: World) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    for tab, text in ((other, "Eine Fassung"), (page, "Eine andere Fassung")):
        form_field(tab, "ref-1.1-text").fill(f"{text} von {id(page)}. " * 20)
        form_field(tab, "ref-1.3-text").fill(f"{text}, auch hier, von {id(page)}.")
        press("Speichern und weiter")(tab, world)
        expect(tab.get_by_role("alert" if tab == other else "main")).to_be_visible()
    other.close()


def offered_back(page: Page, world: World) -> None:
    never = "**/kriterien/2"
    page.route(never, lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    form_field(page, "ref-2.1-text").fill("Vor dem Absturz.")
    page.reload()
    expect(page.locator(".dnk-restore")).to_be_visible()


def profile_error(page: Page, world: World) -> None:
    page.get_by_label("Name des Unternehmens").fill("")
    page.get_by_label("Zahl der Beschäftigten").fill("viele")
    page.get_by_label("Wert").fill("genug")
    press("Speichern")(page, world)


def profile_collided(page: Page, world: World) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    for tab, name in ((other, "Metallbau Brandt"), (page, "Metallbau Brandt & Töchter")):
        tab.get_by_label("Name des Unternehmens").fill(name)
        press("Speichern")(tab, world)
        expect(tab.get_by_role("alert" if tab == other else "region").first).to_be_visible()
    other.close()


def measure_collided(page: Page, world: World) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    for tab, text in ((other, f"Maßnahme {id(page)}"), (page, f"Andere Maßnahme {id(page)}")):
        form_field(tab, "measures-0-text").fill(text)
        press("Speichern und weiter")(tab, world)
        expect(tab.get_by_role("alert" if tab == other else "region").first).to_be_visible()
    other.close()


def locked(page: Page, world: World) -> None:
    """Finished in another tab meanwhile, and opened again at the end."""
    other = page.context.new_page()
    other.goto(of(COMPLETED, "pruefen").format_map(vars(world)))
    press("Erklärung abschließen")(other, world)
    form_field(page, "ref-1.1-text").fill("Zu spät.")
    press("Speichern und weiter")(page, world)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    press("Wieder öffnen")(other, world)
    other.close()


def measure_error(page: Page, world: World) -> None:
    form_field(page, "measures-0-text").fill("Die Lieferanten fragen")
    form_field(page, "measures-0-due").fill("bald")
    press("Speichern und weiter")(page, world)


def finished(page: Page, world: World) -> None:
    if page.get_by_role("button", name="Erklärung abschließen").count():
        press("Erklärung abschließen")(page, world)


BOTH = (True, False)
HALF, EMPTY, DONE, COMPLETED = "half", "empty", "finished", "complete"


def of(declaration: str, rest: str = "") -> str:
    return f"/erklaerungen/{{{declaration}}}/{rest}"


STATES = (
    State("welcome", path="/", heading="Schritt für Schritt", javascript=BOTH),
    State("welcome-english", path="/", heading="step by step", options={"locale": "en-GB"}),
    State("help", path="/hilfe", heading="Hilfe"),
    State("imprint", path="/impressum", heading="Impressum"),
    State("privacy", path="/datenschutz", heading="Datenschutz"),
    State("accessibility", path="/barrierefreiheit", heading="Barrierefreiheit"),
    State("sign-in", path="/anmelden", heading="Anmelden", javascript=BOTH),
    State("sign-in-refused", path="/anmelden", go=refused_sign_in, heading="Anmelden", javascript=BOTH),
    State("sign-in-too-often", path="/anmelden", go=too_often, heading="Zu viele Versuche"),
    State("forgot", path="/passwort-vergessen", heading="Passwort vergessen"),
    State(
        "forgot-error", path="/passwort-vergessen", go=press("Link anfordern"), heading="Passwort vergessen"
    ),
    State("not-found", path="/gibt-es-nicht", heading="Diese Seite gibt es nicht"),
    State("start-without-company", "neu", "/", heading="Meine Erklärungen"),
    State("start", "jonas", "/", heading="Meine Erklärungen"),
    State("profile-new", "neu", "/unternehmen/neu", heading="Profil des Unternehmens"),
    State("profile-error", "neu", "/unternehmen/neu", profile_error, "Profil des Unternehmens", BOTH),
    State("profile", "leo", "/unternehmen/{company}", heading="Profil des Unternehmens"),
    State(
        "profile-collision",
        "jonas",
        "/unternehmen/{half_company}",
        profile_collided,
        "Profil des Unternehmens",
    ),
    State("profile-viewer", "vera", "/unternehmen/{half_company}", heading="Profil des Unternehmens"),
    State("new-declaration", "leo", "/unternehmen/{company}/erklaerungen/neu", heading="Neue Erklärung"),
    State(
        "new-declaration-error",
        "leo",
        "/unternehmen/{company}/erklaerungen/neu",
        press("Erklärung anlegen"),
        "Neue Erklärung",
    ),
    State("overview-empty", "leo", of(EMPTY), heading="erklärung für 2025", javascript=BOTH),
    State("overview-half", "jonas", of(HALF), heading="erklärung für"),
    State("overview-english", "jonas", of(HALF), heading="declaration for", options={"locale": "en-GB"}),
    State("general", "jonas", of(HALF, "kriterien/general"), heading="Allgemeine Informationen"),
    State(
        "criterion-empty", "leo", of(EMPTY, "kriterien/1"), heading="Strategische Analyse", javascript=BOTH
    ),
    State("criterion-half", "jonas", of(HALF, "kriterien/13"), heading="Emissionen"),
    State("criterion-long", "jonas", of(HALF, "kriterien/16"), heading="Qualifizierung"),
    State("criterion-tables", "karin", of(COMPLETED, "kriterien/12"), heading="Ressourcenmanagement"),
    State("criterion-errors", "jonas", of(HALF, "kriterien/13"), unreadable, "Emissionen", BOTH),
    State(
        "criterion-explained", "leo", of(EMPTY, "kriterien/8"), everything_explained, "Anreizsysteme", BOTH
    ),
    State("criterion-offer", "jonas", of(HALF, "kriterien/2"), offered_back, "Wesentlichkeit"),
    State("collision", "jonas", of(HALF, "kriterien/1"), collided, "Zwei Fassungen", BOTH),
    State("expired", "jonas", of(HALF, "kriterien/1"), expired, "Anmelden"),
    State("resumed", "jonas", of(HALF, "kriterien/1"), resumed, "Ihre Eingaben sind noch da"),
    State("criterion-viewer", "vera", of(HALF, "kriterien/14"), heading="Arbeitnehmerrechte"),
    State(
        "forbidden",
        "vera",
        "/unternehmen/{half_company}/erklaerungen/neu",
        heading="Das dürfen Sie hier nicht",
    ),
    State("history", "jonas", of(HALF, "verlauf/1.1"), heading="Frühere Fassungen"),
    State("check-incomplete", "jonas", of(HALF, "pruefen"), heading="Prüfen und abschließen"),
    State(
        "check-refused",
        "jonas",
        of(HALF, "pruefen"),
        press("Erklärung abschließen"),
        "Prüfen und abschließen",
    ),
    State("check-complete", "karin", of(COMPLETED, "pruefen"), heading="Prüfen und abschließen"),
    State("settings", "jonas", of(HALF, "einstellungen"), heading="Einstellungen der Erklärung"),
    State("assessment-empty", "leo", of(EMPTY, "selbsteinschaetzung/"), heading="Selbsteinschätzung"),
    State("assessment-half", "jonas", of(HALF, "selbsteinschaetzung/"), heading="Selbsteinschätzung"),
    State("assessment-edit", "jonas", of(HALF, "selbsteinschaetzung/4"), heading="Wertschöpfungskette"),
    State(
        "assessment-error",
        "jonas",
        of(HALF, "selbsteinschaetzung/4"),
        measure_error,
        "Wertschöpfungskette",
    ),
    State(
        "assessment-collision",
        "jonas",
        of(HALF, "selbsteinschaetzung/5"),
        measure_collided,
        "Verantwortung",
    ),
    State("assessment-viewer", "vera", of(HALF, "selbsteinschaetzung/5"), heading="Verantwortung"),
    State("locked", "karin", of(COMPLETED, "kriterien/1"), locked, "Ihre Eingaben sind noch da"),
    State("overview-finished", "petra", of(DONE, "pruefen"), finished, "erklärung für"),
    State("criterion-finished", "petra", of(DONE, "kriterien/12"), heading="Ressourcenmanagement"),
    State("account", "jonas", "/konto", heading="Ihr Konto"),
    State("password", "jonas", "/konto/passwort", heading="Passwort ändern"),
    State("password-error", "jonas", "/konto/passwort", press("Passwort speichern"), "Passwort ändern"),
)


def cases() -> Iterator[Any]:
    for state in STATES:
        for javascript in state.javascript:
            yield pytest.param(
                state, javascript, id=state.name + ("" if javascript else "-without-javascript")
            )


@pytest.mark.parametrize(("state", "javascript"), list(cases()))
def test_a_page(
    visit: Visit,
    shot: Shot,
    signed_in: Callable[[Visitor, str], None],
    world: World,
    axe: str,
    state: State,
    javascript: bool,
) -> None:
    visitor = visit(**state.options)
    if not javascript:
        # axe-core is a script itself, so the page is without its own only.
        visitor.context.route("**/app*.js", lambda route: route.abort())
    if state.who:
        signed_in(visitor, state.who)
        if state.options.get("locale") == "en-GB":
            visitor.page("/sprache/en").close()
    page = visitor.page(state.path.format_map(vars(world)))
    if state.go:
        state.go(page, world)
    expect(page.get_by_role("heading", level=1)).to_contain_text(state.heading)
    check(page, axe, shot, f"{state.name}{'' if javascript else '-plain'}")
    expected = state.options.get("locale", "de")[:2]
    assert page.locator("html").get_attribute("lang") == expected


def check(page: Page, axe: str, shot: Shot, name: str) -> None:
    """The page as it is and with everything unfolded, wide and narrow."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        shot(page, f"{name}-{width}")
        page.evaluate(OPEN_ALL)
        if width == min(WIDTHS):
            assert page.evaluate(OVERFLOW) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate(axe)
        found = page.evaluate(RUN)
        assert found == [], f"{width} px: {json.dumps(found, indent=1, ensure_ascii=False)}"


# What is no page, and what has a test of its own below.
NO_PAGES = re.compile(
    r"health\.|static|languages\.choose|.*(_pdf|_json)$|security\.(logout|reset_password)|set_up\."
)


def test_no_page_is_forgotten(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    world = World(1, 1, 1, 1, 1, 1)
    seen = {
        adapter.match(state.path.format_map(vars(world)), method="GET")[0]
        for state in STATES
        if state.name != "not-found"
    }
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert {endpoint for endpoint in pages if not NO_PAGES.match(endpoint)} == seen


def test_a_new_password(visit: Visit, shot: Shot, server: Server, world: World, axe: str) -> None:
    """The page behind the link of the mail."""
    page = visit().page("/passwort-vergessen")
    page.get_by_label("E-Mail-Adresse").fill("karin@example.org")
    page.get_by_role("button", name="Link anfordern").click()
    outbox = server.instance / "outbox"
    wait_for(lambda: list(outbox.glob("*")), seconds=20, what="the mail")
    [mail] = outbox.glob("*")
    link = re.search(r"https?://\S+(/passwort-vergessen/\S+)", mail.read_text("utf-8"))
    assert link
    page.goto(link[1])
    check(page, axe, shot, "new-password")
    page.get_by_label("Neues Passwort", exact=True).fill("kurz")
    page.get_by_label("Neues Passwort wiederholen").fill("kurz")
    page.get_by_role("button", name="Passwort speichern").click()
    expect(page.get_by_role("alert")).to_contain_text("mindestens 12 Zeichen", ignore_case=True)
    check(page, axe, shot, "new-password-error")


def test_the_first_start(new_server: Callable[..., Server], visit: Visit, shot: Shot, axe: str) -> None:
    server = new_server()
    address = re.search(r"(/einrichten\?token=\S+)", server.start())
    assert address
    page = visit(at=server).page(address[1])
    check(page, axe, shot, "set-up")
    page.get_by_role("button", name="Konto anlegen").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check(page, axe, shot, "set-up-error")
