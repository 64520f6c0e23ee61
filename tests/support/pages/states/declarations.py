"""A declaration's pages: the year, its criteria, questions to others."""

from tests.support.pages import scripts
from tests.support.pages.state import AFTER, BOTH, COMPLETED, EMPTY, HALF, State, of, press
from tests.support.pages.ways.declarations import (
    checked_through,
    collided,
    expired,
    nobody_asked,
    question_unanswered,
    questionnaire_returned,
    resumed,
    unreadable,
    unreadable_answer,
)

STATES = (
    State("goals", "jonas", of(HALF, "zielliste"), heading="Ihre Ziele", javascript=BOTH),
    State("first-day", "leo", of(EMPTY, "erster-tag"), heading="zu Ihrer Erklärung", javascript=BOTH),
    State("questionnaire", "leo", of(EMPTY, "fragebogen"), heading="Fragebogen für"),
    State("overview-contributor", "zora", of(HALF), heading="erklärung für", javascript=BOTH),
    State("criterion-contributor", "zora", of(HALF, "kriterien/5"), heading="Verantwortung"),
    State("next-year", "karin", of(AFTER, "naechstes-jahr"), heading="Neues Berichtsjahr", javascript=BOTH),
    State("overview-next-year", "karin", of(AFTER), heading="erklärung für"),
    State("criterion-next-year", "karin", of(AFTER, "kriterien/13"), heading="Emissionen", javascript=BOTH),
    State("goals-of-last-year", "karin", of(AFTER, "ziele"), heading="Was aus Ihren Zielen", javascript=BOTH),
    State("overview-empty", "leo", of(EMPTY), heading="erklärung für 2025", javascript=BOTH),
    State("overview-half", "jonas", of(HALF), heading="erklärung für"),
    State("missing-empty", "leo", of(EMPTY, "was-fehlt-noch"), heading="Was fehlt noch?", javascript=BOTH),
    State("missing-contributor", "zora", of(HALF, "was-fehlt-noch"), heading="Was fehlt noch?"),
    State("overview-english", "jonas", of(HALF), heading="declaration for", options={"locale": "en-GB"}),
    State("general", "jonas", of(HALF, "kriterien/general"), heading="Allgemeine Informationen"),
    State(
        "criterion-empty", "leo", of(EMPTY, "kriterien/1"), heading="Strategische Analyse", javascript=BOTH
    ),
    State("criterion-half", "jonas", of(HALF, "kriterien/13?hilfe=13.1"), heading="Emissionen"),
    State(
        "criterion-quotations",
        "jonas",
        of(HALF, "kriterien/1?hilfe=1.1"),
        heading="Strategische Analyse",
        script=scripts.quoted,
    ),
    State("criterion-long", "jonas", of(HALF, "kriterien/16/kennzahlen"), heading="Qualifizierung"),
    State("plausibility", "jonas", of(HALF, "plausibilitaet"), heading="Auffällige Zahlen"),
    State(
        "plausibility-error",
        "jonas",
        of(HALF, "plausibilitaet"),
        question_unanswered,
        "Auffällige Zahlen",
    ),
    State(
        "recalculated", "jonas", of(HALF, "neu-gerechnet"), heading="Zahlen, die wir heute", javascript=BOTH
    ),
    State(
        "recalculated-error",
        "jonas",
        of(HALF, "neu-gerechnet"),
        press("Auswahl speichern"),
        "Zahlen, die wir heute",
    ),
    State(
        "criterion-tables",
        "karin",
        of(COMPLETED, "kriterien/12/kennzahlen/GRI-SRS-302-1"),
        heading="Ressourcenmanagement",
    ),
    State("criterion-method", "karin", of(COMPLETED, "kriterien/13/rechenweg"), heading="Emissionen"),
    State("criterion-preview", "jonas", of(HALF, "kriterien/13/vorschau"), heading="So steht es"),
    State("criterion-draft", "jonas", of(HALF, "kriterien/20"), heading="Gesetzes", script=scripts.proposed),
    State("criterion-errors", "jonas", of(HALF, "kriterien/13/kennzahlen"), unreadable, "Emissionen", BOTH),
    State(
        "criterion-explained",
        "leo",
        of(EMPTY, "kriterien/8"),
        heading="Anreizsysteme",
        javascript=BOTH,
        script=scripts.everything_explained,
    ),
    State(
        "criterion-offer",
        "jonas",
        of(HALF, "kriterien/2"),
        heading="Wesentlichkeit",
        script=scripts.offered_back,
    ),
    State("collision", "jonas", of(HALF, "kriterien/1"), collided, "Zwei Fassungen", BOTH),
    State("expired", "jonas", of(HALF, "kriterien/1"), expired, "Anmelden"),
    State("resumed", "jonas", of(HALF, "kriterien/1"), resumed, "Ihre Eingaben sind noch da"),
    State("criterion-viewer", "vera", of(HALF, "kriterien/14"), heading="Arbeitnehmerrechte"),
    State(
        "forbidden",
        "vera",
        "/unternehmen/{half_company}/erklaerungen/neu",
        heading="Dazu fehlen Ihnen hier die Rechte",
    ),
    State("questions", "jonas", of(HALF, "beitraege"), heading="Anfragen", javascript=BOTH),
    State("questions-empty", "leo", of(EMPTY, "beitraege"), heading="Anfragen"),
    State("question-about", "jonas", of(HALF, "beitraege/neu"), heading="Jemanden um Antwort bitten"),
    State(
        "question", "jonas", of(HALF, "beitraege/neu"), press("Weiter"), "Jemanden um Antwort bitten", BOTH
    ),
    State("question-error", "jonas", of(HALF, "beitraege/neu"), nobody_asked, "Jemanden um Antwort bitten"),
    State("answer", path="/beitrag/{asked}", heading="Klimarelevante Emissionen", javascript=BOTH),
    State("answer-error", "", "/beitrag/{asked}", unreadable_answer, "Klimarelevante Emissionen", BOTH),
    State("answered", path="/beitrag/{answered}", heading="Danke, Ihre Antwort ist angekommen"),
    State("answer-resting", path="/beitrag/{resting}", heading="Dieser Link ruht"),
    State("answer-unknown", path="/beitrag/x", heading="Dieser Link gilt nicht"),
    State("history", "jonas", of(HALF, "verlauf/1.1"), heading="Frühere Fassungen"),
    State("self-checks", "jonas", of(HALF, "schnellchecks/"), heading="Schnellchecks"),
    State("self-check", "jonas", of(HALF, "schnellchecks/energy"), heading="Energie"),
    State(
        "self-check-result", "jonas", of(HALF, "schnellchecks/circular"), checked_through, "Kreislauf", BOTH
    ),
    State("self-check-begun", "jonas", of(HALF, "schnellchecks/energy/ergebnis"), heading="Energie"),
    State("offline", "jonas", of(HALF, "fragebogen/offline"), heading="Fragebogen offline ausfüllen"),
    State(
        "offline-checked",
        "jonas",
        of(HALF, "fragebogen/offline"),
        questionnaire_returned,
        "Vorschau des Fragebogens",
        BOTH,
    ),
)
