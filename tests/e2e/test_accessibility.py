"""Every page in every state: no axe-core finding, no overflow at 320 px, the right language, one host."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from dnk_tool.domain.permissions import Role
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
  return violations.map(({ id, help, nodes }) => [id, help, nodes.slice(0, 3).map((one) => one.html.slice(0, 200))]);
}"""
OVERFLOW = """() => [...document.querySelectorAll("body, body *")]
  .filter((it) => it.getBoundingClientRect().right > innerWidth + 1 && it.checkVisibility())
  .filter((it) => !it.closest(".dnk-scroll, .govuk-visually-hidden, .govuk-skip-link"))
  .slice(0, 5).map((it) => it.outerHTML.slice(0, 150))"""
OPEN_ALL = "() => document.querySelectorAll('details').forEach((it) => { it.open = true; })"


@dataclass(frozen=True)
class World:
    """Companies in every state: finished, half filled, complete, empty; one person belongs to none."""

    finished: int
    half: int
    complete: int
    empty: int
    company: int


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
        make_account(session, "neu@example.org", name="Nele Neu")
    server.start()
    return World(finished, half, complete, empty, company_id)


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
    """A page in one state. `who` is signed in; `go` leads there; `javascript` says with which it is looked at."""

    name: str
    who: str = ""
    path: str = ""
    go: Go | None = None
    heading: str = ""
    javascript: tuple[bool, ...] = (True,)
    status: int = 200
    options: dict[str, str] = field(default_factory=dict)


def press(button: str) -> Go:
    return lambda page, world: page.get_by_role("button", name=button, exact=True).first.click()


def refused_sign_in(page: Page, world: World) -> None:
    page.get_by_label("E-Mail-Adresse").fill("petra@example.org")
    page.get_by_label("Passwort", exact=True).fill("falsch")
    press("Anmelden")(page, world)


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
    for tab, text in ((page, "Eine Fassung"), (other, "Eine andere Fassung")):
        form_field(tab, "ref-1.1-text").fill(f"{text} von {id(page)}. " * 20)
        form_field(tab, "ref-1.3-text").fill(f"{text}, auch hier, von {id(page)}.")
    form_field(other, "ref-1.1-text").press("Enter")
    press("Speichern und zur Übersicht")(other, world)
    expect(other.get_by_role("alert")).to_contain_text("Gespeichert")
    other.close()
    press("Speichern und weiter")(page, world)


def offered_back(page: Page, world: World) -> None:
    page.context.set_offline(True)
    form_field(page, "ref-2.1-text").fill("Vor dem Absturz.")
    page.evaluate("() => {}")
    page.context.set_offline(False)
    page.reload()
    expect(page.locator(".dnk-restore")).to_be_visible()


def profile_error(page: Page, world: World) -> None:
    page.get_by_label("Name des Unternehmens").fill("")
    page.get_by_label("Zahl der Beschäftigten").fill("viele")
    page.get_by_label("Wert").fill("genug")
    press("Speichern")(page, world)


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
    State("sign-in", path="/anmelden", heading="Anmelden", javascript=BOTH),
    State("sign-in-refused", path="/anmelden", go=refused_sign_in, heading="Anmelden", javascript=BOTH),
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
    State("overview-english", "jonas", of(HALF), heading="report for", options={"locale": "en-GB"}),
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
    State("forbidden", "vera", of(HALF, "kriterien/14"), heading="Arbeitnehmerrechte"),
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
    visitor = visit(javascript=javascript, **state.options)
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
            assert page.evaluate("document.documentElement.scrollWidth") <= width, page.evaluate(OVERFLOW)
            assert page.evaluate(OVERFLOW) == []
        # axe-core is a script itself: where the page had none, it may now have this one.
        page.context.new_cdp_session(page).send("Emulation.setScriptExecutionDisabled", {"value": False})
        page.evaluate(axe)
        found = page.evaluate(RUN)
        assert found == [], f"{width} px: {json.dumps(found, indent=1, ensure_ascii=False)}"


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
