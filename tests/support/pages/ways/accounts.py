"""How one comes to the states of sign-in, the account and the operator's pages."""

from tests.support.app import PASSWORD
from tests.support.pages.state import Tab, Way
from tests.support.pages.world.world import World


def half_signed_in(tab: Tab, _world: World) -> None:
    _sign_in(tab, "sina@example.org", PASSWORD)


def _sign_in(tab: Tab, email: str, password: str) -> None:
    tab.fill("E-Mail-Adresse", email)
    tab.fill("Passwort", password)
    tab.press("Anmelden")


def wrong_code(tab: Tab, world: World) -> None:
    half_signed_in(tab, world)
    tab.fill("Code aus Ihrer App", "123456")
    tab.press("Weiter")


def refused_sign_in(tab: Tab, _world: World) -> None:
    _sign_in(tab, "petra@example.org", "falsch")


def too_often(tab: Tab, _world: World) -> None:
    """For an address of its own: whoever is guessed too often cannot come in for an hour."""
    guessed = {"email": "geraten@example.org", "password": "x"}
    for _attempt in range(20):
        tab.send("/anmelden", guessed)
    _sign_in(tab, guessed["email"], "falsch")


def sign_in_again(tab: Tab, name: str) -> None:
    _sign_in(tab, f"{name}@example.org", PASSWORD)


def confirmed(tab: Tab, _world: World) -> None:
    """Where the sign-in is older than ten minutes, the password is asked for first."""
    if tab.sees("Sind Sie es?"):
        tab.fill("Ihr Passwort", PASSWORD)
        tab.press("Weiter")


def confirmed_and(button: str) -> Way:
    """Press it after the password was asked for."""

    def go(tab: Tab, world: World) -> None:
        confirmed(tab, world)
        tab.press(button)

    return go


def skeleton_previewed(tab: Tab, _world: World) -> None:
    """A text with placeholders, shown as visitors would see it; nothing is saved."""
    tab.press("Gerüst einfügen")
    tab.press("Vorschau")


def legal_text_collided(tab: Tab, _world: World) -> None:
    """Somebody else saved the text meanwhile."""
    tab.fill("Text", "Beck GmbH")
    tab.replace("version", "earlier")
    tab.press("Speichern")
