"""Pages of nobody and of everybody: help, sign-in, the account, the first page."""

from tests.support.pages import scripts
from tests.support.pages.state import BOTH, State, follow, press
from tests.support.pages.ways.accounts import (
    confirmed,
    confirmed_and,
    half_signed_in,
    refused_sign_in,
    too_often,
    wrong_code,
)

STATES = (
    State("welcome", path="/", heading="Schritt für Schritt", javascript=BOTH),
    State("welcome-english", path="/", heading="step by step", options={"locale": "en-GB"}),
    State("help", path="/hilfe", heading="Hilfe"),
    State("help-topic", path="/hilfe/zahlen", heading="Wie die Kennzahlen entstehen"),
    State("help-terms", "jonas", "/hilfe/begriffe", heading="Begriffe, einfach erklärt"),
    State("help-criteria", "jonas", "/hilfe/kriterien", heading="Alle 20 Kriterien auf einen Blick"),
    State("search", "jonas", "/suche?q=energie", heading="Suche"),
    State("factors", path="/faktoren", heading="Emissionsfaktoren"),
    State("imprint", path="/impressum", heading="Impressum"),
    State("privacy", path="/datenschutz", heading="Datenschutz"),
    State("accessibility", path="/barrierefreiheit", heading="Barrierefreiheit"),
    State("sign-in", path="/anmelden", heading="Anmelden", javascript=BOTH),
    State("sign-in-refused", path="/anmelden", go=refused_sign_in, heading="Anmelden", javascript=BOTH),
    State("sign-in-too-often", path="/anmelden", go=too_often, heading="Anmelden"),
    State("forgot", path="/passwort-vergessen", heading="Passwort vergessen"),
    State(
        "forgot-error", path="/passwort-vergessen", go=press("Link anfordern"), heading="Passwort vergessen"
    ),
    State("second-step", "", "/anmelden/zweiter-schritt", half_signed_in, "Zweiter Schritt", BOTH),
    State("second-step-error", "", "/anmelden/zweiter-schritt", wrong_code, "Zweiter Schritt"),
    State("register", path="/registrieren", heading="Konto anlegen"),
    State("register-error", "", "/registrieren", press("Weiter"), "Konto anlegen"),
    State("register-sent", path="/registrieren/unterwegs", heading="Postfach"),
    State("register-over", path="/registrieren/bestaetigen/x", heading="Dieser Link gilt nicht mehr"),
    State("single-sign-on", path="/anmelden/zentral", heading="Anmelden mit"),
    State("single-sign-on-down", "", "/anmelden/zentral", follow("Weiter"), "noch nicht geklappt"),
    State("single-sign-on-late", path="/anmelden/zentral/zurueck", heading="noch nicht geklappt"),
    State("factor", "neu", "/konto/zweiter-faktor", heading="Zweiter Faktor"),
    State("factor-app", "neu", "/konto/zweiter-faktor/app", confirmed, "Authenticator-App", BOTH),
    State(
        "factor-app-error",
        "neu",
        "/konto/zweiter-faktor/app",
        confirmed_and("App einrichten"),
        "Authenticator-App",
    ),
    State("passkey-new", "neu", "/konto/passkeys/neu", confirmed, "Passkey", BOTH),
    State("confirm", "neu", "/konto/bestaetigen", heading="Sind Sie es?"),
    State("confirm-error", "neu", "/konto/bestaetigen", press("Weiter"), "Sind Sie es?"),
    State("not-found", path="/gibt-es-nicht", heading="Diese Seite gibt es nicht"),
    State("start-without-company", "neu", "/", heading="Willkommen"),
    State("start-operator", "oskar", "/", heading="Willkommen"),
    State(
        "places-open", "viola", "/konto", heading="Ihr Konto", javascript=BOTH, script=scripts.places_opened
    ),
    State("start", "jonas", "/", heading="Meine Erklärungen"),
    State("start-many-places", "viola", "/", heading="Meine Unternehmen und Cluster"),
    State("start-contributor", "zora", "/", heading="Meine Erklärungen"),
    State("account", "jonas", "/konto", heading="Ihr Konto"),
    State("password", "jonas", "/konto/passwort", heading="Passwort ändern"),
    State("password-error", "jonas", "/konto/passwort", press("Passwort speichern"), "Passwort ändern"),
    State("erase", "mehmet", "/konto/loeschen", confirmed, "Konto löschen"),
    State("erase-error", "mehmet", "/konto/loeschen", confirmed_and("Konto löschen"), "Konto löschen", BOTH),
    State("erase-needed", "jonas", "/konto/loeschen", confirmed, "Konto löschen"),
    State("reminders-stop", "", "/erinnerungen/abbestellen/{reminder}", heading="Keine Erinnerungen mehr?"),
    State(
        "reminders-stopped",
        "",
        "/erinnerungen/abbestellen/{reminder}",
        press("Erinnerungen abschalten"),
        "abgeschaltet",
    ),
)
