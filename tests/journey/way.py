"""The way from the mailed invitation to the downloaded PDF, as a person goes it who follows the main buttons.

Fields are found by the point or the label they belong to, pages by where the buttons lead.
"""

import re
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Error, Locator, Page, expect

from tests.journey.counting import Walker
from tests.journey.firm import Firm
from tests.journey.helps import renew_sentences, use_helps

MOST_PAGES = 80  # in the criteria; a way that has not ended by then goes in a circle


class WayLost(Exception):
    """The way does not lead on, or something is missing at its end."""


def walk_all(walker: Walker, invitation: str, indicator_set: str, firm: Firm, folder: Path) -> bytes:
    """Walk all of it; gives the PDF. Raises WayLost."""
    page = walker.page
    walker.part = "invitation, account"
    walker.open(invitation)
    accept(walker, firm)
    walker.part = "profile"
    fill_profile(walker, firm)
    walker.part = "new declaration"
    new_declaration(walker, indicator_set, firm)
    walker.part = "general information"
    fill_general(walker, firm)
    walker.part = "bills, payroll"
    enter_bills(walker, firm)
    walker.part = "20 criteria"
    answer_criteria(walker, firm)
    walker.part = "check, finish, PDF"
    renew_sentences(walker, firm.helps, firm.texts)
    if said := what_the_check_says(page):
        raise WayLost(f"the final check says: {said}")
    return finish(walker, folder)


def main_button(page: Page) -> Locator:
    """The last of a dock's buttons leads on."""
    return page.locator(".dnk-dock__buttons").locator("button, a").last


def go_on(walker: Walker) -> None:
    """By the main button, after having read for a while: what is missing vanishes with the next autosave."""
    with suppress(Error):
        walker.page.locator("#missing").wait_for(state="detached", timeout=20_000)
    walker.go(main_button(walker.page))


def submit_form(walker: Walker, name: str | re.Pattern[str]) -> None:
    """Send a form by its button."""
    walker.go(walker.page.get_by_role("main").get_by_role("button", name=name).first)


def accept(walker: Walker, firm: Firm) -> None:
    page, account = walker.page, firm.account
    walker.type(page.get_by_label("Ihr Name"), account["name"])
    walker.type(page.get_by_label("Passwort", exact=True), account["password"])
    repeated = page.get_by_label("Passwort wiederholen")
    if repeated.count():
        walker.type(repeated, account["password"])
    submit_form(walker, "Einladung annehmen")


def fill_profile(walker: Walker, firm: Firm) -> None:
    page, profile = walker.page, firm.profile
    while not page.get_by_label("Rechtsform").count():
        follow_link(walker, "Profil des Unternehmens")
    walker.select(page.get_by_label("Rechtsform"), profile["legal_form"])
    walker.select(page.get_by_label("Branche", exact=True), profile["sector"])
    walker.type(page.get_by_label("Zahl der Beschäftigten"), profile["employees"])
    walker.type(page.get_by_label("Wert"), profile["turnover"])
    walker.select(page.get_by_label("Einheit"), profile["turnover_unit"])
    walker.type(page.get_by_label("Anschrift des Hauptsitzes"), profile["address"])
    for name in ("contact_name", "contact_role", "contact_email"):
        walker.type(page.locator(f"[name={name}]"), profile[name])
    walker.type(page.locator("[name=boundary]"), firm.general["boundary"])
    submit_form(walker, re.compile("^Speichern"))


def new_declaration(walker: Walker, indicator_set: str, firm: Firm) -> None:
    page = walker.page
    while not page.locator("[name=indicator_set]").count():
        follow_link(walker, "Neue Erklärung")
    walker.type(page.get_by_label("Über welches Jahr berichten Sie?"), firm.general["reporting_year"])
    walker.choose(page.locator(f"[name=indicator_set][value={indicator_set}]"))
    submit_form(walker, "Erklärung anlegen")
    if page.get_by_role("button", name=re.compile("^Los geht")).count():
        submit_form(walker, re.compile("^Los geht"))


def follow_link(walker: Walker, name: str | re.Pattern[str]) -> None:
    """A link, wherever it stands, or a button that looks like one."""
    page = walker.page
    links = page.locator("a, button").filter(has_text=name)
    it = links.filter(visible=True).first if links.filter(visible=True).count() else links.first
    walker.unfold(it)
    walker.go(it)


def fill_general(walker: Walker, firm: Firm) -> None:
    page, general = walker.page, firm.general
    if not page.locator("[name='ref-general.business-model-text']").count():
        follow_link(walker, "Allgemeine Informationen")
    for name in ("company-type", "listed", "reporting-duty"):
        box = page.locator(f"[name='ref-general.{name}-value'][value='{general[name.replace('-', '_')]}']")
        walker.choose(box)
    walker.type(page.locator("[name='ref-general.business-model-text']"), general["business_model"])
    go_on(walker)


def enter_bills(walker: Walker, firm: Firm) -> None:
    page = walker.page
    while not page.get_by_role("group", name="Erdgas", exact=True).count():
        follow_link(walker, "Zahlen aus Rechnungen")
    for name, amount in firm.bills.items():
        row = page.get_by_role("group", name=name, exact=True)
        walker.type(row.get_by_label("Menge", exact=True), amount)
        if name in firm.bill_units:
            walker.select(row.get_by_label("Einheit"), firm.bill_units[name])
    submit_form(walker, "Speichern und rechnen")
    follow_link(walker, "Lohnliste")
    walker.paste(page.get_by_label("Liste einfügen"), firm.payroll["list"])
    submit_form(walker, "Vorschau ansehen")
    submit_form(walker, "Übernehmen")


def answer_criteria(walker: Walker, firm: Firm) -> None:
    """Page after page until the final check: answer what is asked there, then follow the main button."""
    page, answered = walker.page, set[str]()
    if not page.locator("[name='ref-1.1-text']").count():
        follow_link(walker, re.compile("Strategische Analyse"))
    for _step in range(MOST_PAGES):
        if not page.locator("main form [name^='ref-']").count() and is_check(page):
            break
        answer_page(walker, firm, answered)
        go_on(walker)
        if page.locator("[data-dock=gaps]").count():
            raise WayLost(f"{page.url}: {page.locator('#missing').inner_text()}")
    missing = (firm.texts.keys() | firm.reasons.keys()) - answered
    if missing:
        raise WayLost(f"nobody asked for {sorted(missing)}")


def is_check(page: Page) -> bool:
    return page.locator("#antworten, .dnk-check").count() > 0


def answer_page(walker: Walker, firm: Firm, answered: set[str]) -> None:
    page = walker.page
    answered |= use_helps(walker, firm.helps, firm.texts)
    for ref, text in firm.texts.items():
        box = page.locator(f"[name='ref-{ref}-text']")
        if box.count() and ref not in firm.helps:
            walker.type(box, text)
            walker.decided.add(ref)
            answered.add(ref)
    for ref, reason in firm.reasons.items():
        if page.locator(f"[name='ref-{ref}-reason']").count():
            explain_ready_made(walker, ref, reason)
            answered.add(ref)
    for ref, value in firm.figures.items():
        box = page.locator(f"[name='ref-{ref}-value']")
        if box.count():
            walker.type(box, value)
            walker.decided.add(ref)
    for ref, value in firm.choices.items():
        box = page.locator(f"[name='ref-{ref}-value'][value='{value}']")
        if box.count():
            walker.choose(box)
            walker.decided.add(ref)
    for ref, count in firm.zeros.items():
        for _press in range(count):
            zero = page.locator(f"[id='ref-{ref}'] .dnk-zero input:not(:checked)").first
            if zero.count():
                walker.choose(zero)
                walker.decided.add(ref)


def explain_ready_made(walker: Walker, ref: str, reason: str) -> None:
    """One of the ready-made reasons, unless the point is explained already."""
    page = walker.page
    if page.locator(f"[name='ref-{ref}-explanation']").input_value():
        return
    walker.decided.add(ref)
    quick = page.locator(f"[id='ref-{ref}'] [data-reason='{reason}']")
    if quick.count():
        walker.unfold(quick)
        walker.press(quick)
        walker.tally.fields += 1
        return
    ready = page.locator(f"[name='ref-{ref}-reason'][value='{reason}']")
    explains = page.locator(f"[name='ref-{ref}-disclosure'][value=explain]")
    walker.unfold(explains)
    if not ready.is_visible():
        walker.choose(explains)
    walker.choose(ready)


def what_the_check_says(page: Page) -> list[str]:
    """Everything in the final check that asks for something: gaps, questions, odd figures."""
    expect(page.locator(".dnk-check")).to_be_visible()
    said = page.locator(".dnk-gaps a, .dnk-check > .govuk-inset-text, .dnk-check > ul > li")
    return [" ".join(line.split()) for line in said.all_inner_texts()]


def finish(walker: Walker, folder: Path) -> bytes:
    page = walker.page
    walker.choose(page.get_by_label("Ich bestätige selbst"))
    walker.choose(page.get_by_label(re.compile("^Ich stehe dafür ein")))
    submit_form(walker, "Erklärung abschließen")
    pdf = walker.download(page.get_by_role("link", name="PDF herunterladen").first, folder / "journey.pdf")
    walker.look()
    walker.leave()
    return pdf
