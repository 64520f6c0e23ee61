"""How one comes to the states of bills, lists, lines and figures."""

from tests.support.pages.state import ChosenFile, Tab
from tests.support.pages.world.world import World


def gas_bill(tab: Tab, _world: World) -> None:
    tab.follow("Erdgas")


def unreadable_bill(tab: Tab, world: World) -> None:
    gas_bill(tab, world)
    tab.fill("Wert", "viel")
    tab.press("Speichern")


def odd_and_unreadable_bills(tab: Tab, _world: World) -> None:
    """One bill is saved and looks odd, another cannot be read."""
    tab.fill("Menge", "viel", group="Heizöl")
    if tab.has_field("Menge", group="Restabfall"):
        tab.fill("Menge", "0,0032", group="Restabfall")
    tab.press("Speichern und rechnen")


def previewed_list(tab: Tab, _world: World) -> None:
    """A list with a row that cannot be read and a column without a meaning."""
    people = ["Nummer\tGeschlecht\tAlter\tWochenstunden\tLohn", "1\tw\t30\t40\t20", "2\tm\t50\t20\t20"]
    tab.fill_field("list", "\n".join([*people, "3\tviel\t30\t40\t20"]))
    tab.press("Vorschau ansehen")


def doubtful_number(tab: Tab, _world: World) -> None:
    tab.fill_field("value", "1.234")
    tab.press("Speichern")


def bad_day(tab: Tab, _world: World) -> None:
    tab.fill("Gültig bis", "irgendwann")
    tab.press("Speichern")


def figures_listed(tab: Tab, _world: World) -> None:
    """A preview with everything that can stand in it."""
    rows = (
        "Jahr;Kennzahl;Wert;Einheit;Qualität;Anmerkung\n",
        ";energy.electricity.consumption;1.234;MWh;gemessen;Ein Zähler im Hauptgebäude\n",
        ";ghg.scope1.gross;99,5;t CO2e;geschätzt;\n",
        "2020;water.withdrawal.total;77;m3;;\n",
        ";energy.total;viel;kWh;;\n",
    )
    tab.upload(ChosenFile("zahlen.csv", "".join(rows).encode(), "text/csv"))
    tab.press("Vorschau ansehen")
