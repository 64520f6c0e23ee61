"""An operator's pages."""

from tests.support.pages.state import BOTH, State, press
from tests.support.pages.ways.accounts import (
    confirmed,
    confirmed_and,
    legal_text_collided,
    skeleton_previewed,
)
from tests.support.pages.ways.clusters import nobody_left

STATES = (
    State("operation", "oskar", "/betrieb", heading="Betrieb"),
    State("operation-outbox", "oskar", "/betrieb/post", press("Test-E-Mail senden"), "E-Mails", BOTH),
    State("operation-clusters", "oskar", "/betrieb/cluster", press("Cluster anlegen"), "Cluster", BOTH),
    State(
        "operation-ending-last",
        "oskar",
        "/betrieb/cluster/{cockpit}/leitung/{manager}/entfernen",
        nobody_left,
        "Mara",
    ),
    State("operation-people", "oskar", "/betrieb/personen", heading="Personen", javascript=BOTH),
    State("operation-people-none", "oskar", "/betrieb/personen?suche=niemand", heading="Personen"),
    State("operation-person", "oskar", "/betrieb/personen/{manager}", heading="Mara"),
    State(
        "operation-person-lock", "oskar", "/betrieb/personen/{manager}/sperren", confirmed, "Konto sperren?"
    ),
    State(
        "operation-person-factors",
        "oskar",
        "/betrieb/personen/{manager}/zweiter-faktor",
        confirmed_and("Ja, zurücksetzen"),
        "Zweiten Faktor zurücksetzen?",
        BOTH,
    ),
    State(
        "operation-person-joins",
        "oskar",
        "/betrieb/personen/{manager}/betrieb",
        confirmed,
        "Rechte für den Betrieb geben?",
    ),
    State(
        "operation-person-erase",
        "oskar",
        "/betrieb/personen/{manager}/loeschen",
        confirmed_and("Konto endgültig löschen"),
        "Konto löschen?",
        BOTH,
    ),
    State("operation-person-gone", "oskar", "/betrieb/personen/987654", heading="gibt es nicht mehr"),
    State("operation-companies", "oskar", "/betrieb/unternehmen", heading="Unternehmen"),
    State("operation-company", "oskar", "/betrieb/unternehmen/1"),
    State("operation-confirmations", "oskar", "/betrieb/bestaetigungen", heading="echte Unternehmen"),
    State("operation-company-delete", "oskar", "/betrieb/unternehmen/1/loeschen"),
    State(
        "operation-cluster-delete", "oskar", "/betrieb/cluster/{cockpit}/loeschen", press("Cluster löschen")
    ),
    State("operation-cluster", "oskar", "/betrieb/cluster/{cockpit}", heading="Metall und Handwerk"),
    State("legal-texts", "oskar", "/betrieb/texte", heading="Texte"),
    State("legal-text", "oskar", "/betrieb/texte/imprint/en", heading="Impressum auf Englisch"),
    State(
        "legal-text-preview", "oskar", "/betrieb/texte/privacy/de", skeleton_previewed, "Datenschutz", BOTH
    ),
    State(
        "legal-text-conflict",
        "oskar",
        "/betrieb/texte/accessibility/de",
        legal_text_collided,
        "Barrierefreiheit",
    ),
    State("outbox", "oskar", "/betrieb/post", heading="E-Mails"),
)
