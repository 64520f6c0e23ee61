"""How one comes to the states of a declaration's criteria and of what follows them."""

from collections.abc import Callable

from tests.support.files.evidence_files import filled_in
from tests.support.pages.state import COMPLETED, ChosenFile, Tab, Way, of
from tests.support.pages.ways.accounts import sign_in_again
from tests.support.pages.world.world import World


def save_section(tab: Tab) -> None:
    tab.press("Fertig, weiter")


def question_unanswered(tab: Tab, _world: World) -> None:
    """The sentence that explains an odd figure is sent without a word."""
    tab.press_value("w-")


def expired(tab: Tab, _world: World) -> None:
    tab.forget_session()
    tab.fill_field("ref-1.1-text", "Noch nicht gespeichert.")
    save_section(tab)


def resumed(tab: Tab, world: World) -> None:
    expired(tab, world)
    sign_in_again(tab, "jonas")


def unreadable(tab: Tab, _world: World) -> None:
    tab.fill_field("ref-GRI-SRS-305-1.a-value", "ungefähr zwölf")
    tab.fill_field("ref-GRI-SRS-305-1.c-value", "bald")
    save_section(tab)


def collided(tab: Tab, _world: World) -> None:
    other = tab.other()
    for each, text in ((other, "Eine Fassung"), (tab, "Eine andere Fassung")):
        each.fill_field("ref-1.1-text", f"{text} von {id(tab)}. " * 20)
        each.fill_field("ref-1.3-text", f"{text}, auch hier, von {id(tab)}.")
        save_section(each)


def questionnaire_returned(tab: Tab, _world: World) -> None:
    """A questionnaire that somebody filled in, with everything that can stand in its preview."""
    address = tab.path.replace("/offline", "/datei?format=docx&inhalt=ausgefuellt&sprache=de&teil=")
    texts = {"1.1/text": "Ein neuer Text", "2.1/kind": "Vielleicht", "3.1.goals/4.goal": "Weniger Strom"}
    file = filled_in(tab.download(address), texts, beside="Notiz am Rand")
    tab.upload(ChosenFile("fragebogen.docx", file))
    tab.press("Vorschau ansehen")


def checked_through(tab: Tab, _world: World) -> None:
    for number, word in enumerate(("Ja", "Nein", "Teilweise", "Nein", "Nein")):
        tab.tick(word, number=number)
    tab.press("Speichern und Ergebnis ansehen")


def nobody_asked(tab: Tab, _world: World) -> None:
    tab.press("Weiter")
    tab.press("Anfrage senden")


def unreadable_answer(tab: Tab, _world: World) -> None:
    tab.fill_field("ref-GRI-SRS-305-1.a-value", "ungefähr zwölf")
    tab.fill_field("ref-13.2.goals-rows-0-goal", "Weniger Erdgas")
    tab.fill_field("ref-13.2.goals-rows-0-due", "bald")
    tab.press("Absenden")


def measure_error(tab: Tab, _world: World) -> None:
    tab.fill_field("measures-0-text", "Die Lieferanten fragen")
    tab.fill_field("measures-0-due", "bald")
    tab.press("Speichern und weiter")


def measure_collided(tab: Tab, _world: World) -> None:
    other = tab.other()
    for each, text in ((other, f"Maßnahme {id(tab)}"), (tab, f"Andere Maßnahme {id(tab)}")):
        each.fill_field("measures-0-text", text)
        each.press("Speichern und weiter")
    assert tab.sees("Achtung")


def locked(tab: Tab, world: World) -> None:
    """Finished in another tab meanwhile, and opened again at the end."""
    other = tab.other()
    other.visit(of(COMPLETED, "pruefen").format_map(vars(world)))
    other.press("Erklärung abschließen")
    other.follow("Zur Übersicht")
    tab.fill_field("ref-1.1-text", "Zu spät.")
    save_section(tab)
    other.press("Wieder öffnen")


def finished(tab: Tab, world: World) -> None:
    if tab.has_button("Erklärung abschließen"):
        tab.press("Erklärung abschließen")
    else:
        tab.visit(f"/erklaerungen/{world.finished}/versionen/1")


def seen_from_afar(tab: Tab, world: World) -> None:
    """The overview of a finished declaration."""
    finished(tab, world)
    tab.follow("Zur Übersicht")


def unsure_who(tab: Tab, _world: World) -> None:
    tab.tick("Eine andere Person")
    tab.fill_field("email", "chefin")
    tab.press("Erklärung abschließen")


def changed_meanwhile(tab: Tab, _world: World) -> None:
    """Somebody else gave another answer since the page was loaded."""
    tab.replace("known", "no")
    tab.tick("Nein")
    tab.press("Speichern")


def uploaded(content: Callable[[World], bytes]) -> Way:
    """A visitor's file on the check page."""

    def go(tab: Tab, world: World) -> None:
        file = ChosenFile("erklaerung.json", content(world), "application/json")
        tab.upload(file, label="PDF oder JSON-Datei")
        tab.press("Datei prüfen")

    return go
