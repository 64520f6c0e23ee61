"""How one comes to the states of a company's own pages."""

import json
from pathlib import Path

from tests.support.files.evidence_files import image
from tests.support.pages.state import ChosenFile, Tab
from tests.support.pages.world.world import World

DATA = Path(__file__).parents[3] / "data"


def measure_noted(tab: Tab, _world: World) -> None:
    tab.fill("Maßnahme", "Hallenbeleuchtung auf LED umstellen")
    tab.choose("Energieträger", "Strom in kWh")
    tab.fill("Menge im Jahr", "12000")
    tab.press("Speichern")
    tab.follow("Hallenbeleuchtung auf LED umstellen")


def measures_pasted(tab: Tab, _world: World) -> None:
    text = "Maßnahme\tArt\tkWh im Jahr\nLED\tBeleuchtung\tviel\nNeue Türen\t\t\n"
    tab.fill("Oder Zellen einfügen", text)
    tab.press("Liste prüfen")


def look_previewed(tab: Tab, _world: World) -> None:
    """A yellow that needs a darker tone, and a logo that is not stored yet."""
    tab.tick("Die Farbe unseres Unternehmens")
    tab.fill("Farbcode", "#ffd500")
    tab.upload(ChosenFile("Logo.png", image(size=(90, 30)), "image/png"), label="Logo auswählen")
    tab.press("Vorschau ansehen")


def goal_saved(tab: Tab, _world: World) -> None:
    _save_goal(tab, "2022", "2030")


def long_goal_saved(tab: Tab, _world: World) -> None:
    """So many years that the table leaves some out."""
    _save_goal(tab, "2019", "2045")


def _save_goal(tab: Tab, base_year: str, target_year: str) -> None:
    for name, value in (
        ("base_year", base_year),
        ("base", "142"),
        ("target_year", target_year),
        ("percent", "45"),
    ):
        tab.fill_field(name, value)
    tab.press("Ziel speichern")


def goal_unreadable(tab: Tab, _world: World) -> None:
    tab.fill_field("base_year", "früher")
    tab.fill_field("target_year", "")
    tab.press("Ziel speichern")


def profile_error(tab: Tab, _world: World) -> None:
    tab.fill("Name des Unternehmens", "")
    tab.fill("Zahl der Beschäftigten", "viele")
    tab.fill("Wert", "genug")
    tab.press("Speichern")


def profile_collided(tab: Tab, _world: World) -> None:
    other = tab.other()
    for each, name in ((other, "Metallbau Brandt"), (tab, "Metallbau Brandt & Töchter")):
        each.fill("Name des Unternehmens", name)
        each.press("Speichern")
    assert tab.sees("Achtung")


def nobody_invited(tab: Tab, _world: World) -> None:
    tab.tick("Zuarbeit")
    tab.press("Einladung senden")


def year_missing(tab: Tab, _world: World) -> None:
    tab.fill("Über welches Jahr berichten Sie?", "")
    tab.press("Erklärung anlegen")


def handed_in(tab: Tab, _world: World) -> None:
    """The declaration of an earlier year, as its data alone."""
    data = json.loads((DATA / "craft.json").read_bytes())
    data["figures"], data["reporting_year"] = [], 2022
    tab.upload(ChosenFile("x.json", json.dumps(data).encode(), "application/json"))
    tab.press("Vorschau ansehen")


def no_figures_year(tab: Tab, _world: World) -> None:
    tab.tick("Ja, ab einem Berichtsjahr")
    tab.fill("erstes Berichtsjahr", "bald")
    tab.press("Speichern")


def numbers_compared(tab: Tab, _world: World) -> None:
    assert tab.sees("unter der Mitte")
