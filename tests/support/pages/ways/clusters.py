"""How one comes to the states of a cluster's and a reviewer's pages."""

from tests.support.pages.state import ChosenFile, Tab
from tests.support.pages.world.world import World


def report_in_english(tab: Tab, _world: World) -> None:
    """The manager wants the files in English; the page stays as it is."""
    tab.choose("Sprache der Dateien", "en")
    tab.press("Übernehmen")


def filtered(tab: Tab, _world: World) -> None:
    tab.unfold("Mehr: Termin")
    tab.choose("Aufgabe", "overdue")
    tab.choose("Sortieren nach", "done")
    tab.press("Filtern")
    assert tab.sees("Filter aufheben")


def withdrawn_without_reason(tab: Tab, _world: World) -> None:
    tab.unfold("Zahlen zurückziehen")
    tab.press("Zahlen zurückziehen")


def bad_message(tab: Tab, _world: World) -> None:
    tab.fill("Text", "Für {firma} fehlt noch etwas.")
    tab.press("Vorschau ansehen")


def previewed(tab: Tab, _world: World) -> None:
    tab.fill("Betreff", "Frist am {frist}")
    tab.fill("Text", "Bei {unternehmen} sind {fertig} Kriterien fertig: {link}")
    tab.press("Vorschau ansehen")


def message_sent(tab: Tab, world: World) -> None:
    previewed(tab, world)
    tab.press("2 E-Mails senden")


def listed(tab: Tab, _world: World) -> None:
    rows = "Firma;E-Mail\nRoth OHG;jo@roth.example\nOhne Adresse KG;\nNoch eine;jo@roth.example\n"
    rows += "Roth;r@roth.example\n"
    tab.upload(ChosenFile("liste.csv", rows.encode(), "text/csv"))
    tab.press("Liste prüfen")


def list_in_mail(tab: Tab, world: World) -> None:
    listed(tab, world)
    tab.press("Weiter: E-Mail an 2 Unternehmen")


def nobody_left(tab: Tab, _world: World) -> None:
    tab.press("Ja, Zugang beenden")


def example_given_back(tab: Tab, _world: World) -> None:
    """Give an example back without a word."""
    tab.unfold("Zurückgeben")
    tab.press("Zurückgeben")


def code_searched(tab: Tab, _world: World) -> None:
    """A waste code that words found, to be chosen."""
    tab.fill_field("codes", "Sägemehl")
    tab.press("Schlüssel suchen")


def unfold_remark(tab: Tab) -> None:
    tab.unfold("Änderung nötig")


def wish_without_remark(tab: Tab, _world: World) -> None:
    unfold_remark(tab)
    tab.press_value("change-needed")


def day_that_is_over(tab: Tab, _world: World) -> None:
    tab.fill("Antwort erbeten bis", "01.01.2026")
    tab.press("Änderungen anfordern")


def verdicts_collided(tab: Tab, _world: World) -> None:
    """Two reviewers, here two tabs, judge differently what nobody had judged."""
    tab.other().press_value("accepted")
    unfold_remark(tab)
    tab.fill_field("remark", f"Anmerkung zu {id(tab)}")
    tab.press_value("change-needed")
    assert tab.sees("Achtung")


def out_of_reach(tab: Tab, _world: World) -> None:
    """What was written to a page that is no longer there."""
    tab.aim_form("review", "/gibt-es-nicht")
    unfold_remark(tab)
    tab.fill_field("remark", "Bitte ergänzen Sie die Bezugsgröße.")
    tab.press("Nur Anmerkung speichern")


def stock_collided(tab: Tab, _world: World) -> None:
    other = tab.other()
    for each, text in ((other, f"Bis wann? {id(tab)}"), (tab, "Wann?")):
        each.fill_field("text_de", text)
        each.press("Speichern")
    assert tab.sees("Achtung")
