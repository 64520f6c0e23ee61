"""What members of a cluster tell each other: residues, examples, awards, working groups, polls."""

from tests.integration.exchange import told_examples
from tests.support.pages.state import BOTH, State, press
from tests.support.pages.ways.clusters import code_searched, example_given_back
from tests.support.pages.world.exchange import JURY_TOKEN

RESIDUES = "/unternehmen/{residue_firm}/reststoffe"
AWARDS, OWN_AWARDS = "/cluster/{examples}/auszeichnungen", "/unternehmen/{example_reader}/auszeichnungen"
GROUPS = "/cluster/{examples}/arbeitsgruppen"
OWN_EXAMPLE = "/unternehmen/{example_reader}/beispiele/eigene/{own_example}"
EXAMPLE = told_examples.CANARY

STATES = (
    State("residues", "renate", RESIDUES, heading="Reststoffe", javascript=BOTH),
    State("residues-none", "leo", "/unternehmen/{company}/reststoffe", heading="Reststoffe"),
    State("residue-new", "renate", f"{RESIDUES}/neu?art=search", heading="Reststoff suchen"),
    State(
        "residue-error",
        "renate",
        f"{RESIDUES}/neu?art=offer",
        press("Den Mitgliedern zeigen"),
        "Reststoff anbieten",
        BOTH,
    ),
    State("residue-code", "renate", f"{RESIDUES}/neu?art=offer", code_searched, "Reststoff anbieten", BOTH),
    State("residue-edit", "renate", f"{RESIDUES}/{{residue_own}}", heading="Angebot"),
    State(
        "residue-ask", "renate", f"{RESIDUES}/{{residue_other}}/anfragen", heading="Anfragen: Späne für Wege"
    ),
    State("residue-inquiries", "renate", f"{RESIDUES}/anfragen", heading="Anfragen zu Reststoffen"),
    State("residue-report", "renate", f"{RESIDUES}/{{residue_other}}/melden", heading="Melden: Späne"),
    State(
        "residue-passed-on", "renate", f"{RESIDUES}/{{residue_own}}/weitergegeben", heading="Weitergegeben"
    ),
    State("residue-sheet", "renate", f"{RESIDUES}/blatt", heading="Reststoffe für das Treffen"),
    State("residue-board", "rolf", "/cluster/{residue_cluster}/reststoffe", heading="Reststoffe"),
    State(
        "residue-sheet-manager", "rolf", "/cluster/{residue_cluster}/reststoffe/blatt", heading="Reststoffe"
    ),
    State(
        "residue-take-down",
        "rolf",
        "/cluster/{residue_cluster}/reststoffe/{residue_own}/herunternehmen",
        press("Von der Liste nehmen"),
        "Von der Liste nehmen: Buchenspäne",
        BOTH,
    ),
    State(
        "residue-neighbours",
        "rolf",
        "/cluster/{residue_cluster}/reststoffe/nachbarn",
        heading="Nachbarnetzwerke",
    ),
    State(
        "residue-neighbour-error",
        "rolf",
        "/cluster/{residue_cluster}/reststoffe/nachbarn",
        press("Nachbarschaft vorschlagen"),
        "Nachbarnetzwerke",
        BOTH,
    ),
    State("examples-public", path="/beispiele/{examples}-netz-der-beispiele", heading="Gute Beispiele"),
    State("example-public", path="/beispiele/{examples}/{example_of_other}", heading=EXAMPLE),
    State("example-card", path="/beispiele/{examples}/karte", heading="Gute Beispiele: Netz der Beispiele"),
    State("examples", "bea", "/cluster/{examples}/beispiele", heading="Gute Beispiele"),
    State("awards", "bea", AWARDS, heading="Auszeichnungen"),
    State("award-new", "bea", f"{AWARDS}/neu", press("Speichern"), "Neue Auszeichnung", BOTH),
    State("award", "bea", f"{AWARDS}/{{award_judged}}", heading="Klimapreis der Jury"),
    State("award-decided", "bea", f"{AWARDS}/{{award_decided}}", heading="Klimapreis vergeben"),
    State("award-change", "bea", f"{AWARDS}/{{award_open}}/aendern", heading="Auszeichnung ändern"),
    State(
        "award-propose",
        "bea",
        f"{AWARDS}/{{award_open}}/vorschlagen",
        press("Fragen"),
        "Ein Mitglied vorschlagen",
    ),
    State(
        "award-nomination", "bea", f"{AWARDS}/{{award_judged}}/vorschlaege/{{nomination}}", heading=EXAMPLE
    ),
    State("award-result", "bea", f"{AWARDS}/{{award_judged}}/ergebnis", heading="Punkte der Jury"),
    State("company-awards", "wiebke", OWN_AWARDS, heading="Auszeichnungen"),
    State(
        "nominate",
        "wiebke",
        f"{OWN_AWARDS}/{{award_open}}/vorschlagen",
        press("Vorschlagen"),
        "Vorschlagen: Klimapreis offen",
        BOTH,
    ),
    State(
        "own-nomination",
        "ottilie",
        "/unternehmen/{example_teller}/auszeichnungen/{award_judged}/vorschlag",
        heading=EXAMPLE,
    ),
    State("jury", path=f"/jury/{JURY_TOKEN}", heading="Klimapreis der Jury"),
    State("jury-sheet", path=f"/jury/{JURY_TOKEN}/{{nomination}}", heading=EXAMPLE, javascript=BOTH),
    State("jury-unknown", path="/jury/nichts", heading="Dieser Link öffnet nichts"),
    State("working-groups", "bea", GROUPS, heading="Arbeitsgruppen"),
    State("working-group-new", "bea", f"{GROUPS}/neu", press("Speichern"), "Neue Arbeitsgruppe", BOTH),
    State("working-group", "bea", f"{GROUPS}/{{working_group}}", heading="Arbeitsgruppe ändern"),
    State(
        "company-groups", "wiebke", "/unternehmen/{example_reader}/arbeitsgruppen", heading="Arbeitsgruppen"
    ),
    State("example-waiting", "bea", "/cluster/{examples}/beispiele/{waiting_example}", heading=EXAMPLE),
    State(
        "example-returned-error",
        "bea",
        "/cluster/{examples}/beispiele/{waiting_example}",
        example_given_back,
        EXAMPLE,
        BOTH,
    ),
    State("company-examples", "wiebke", "/unternehmen/{example_reader}/beispiele", heading="Gute Beispiele"),
    State(
        "company-example",
        "wiebke",
        "/unternehmen/{example_reader}/beispiele/{example_of_other}",
        heading=EXAMPLE,
    ),
    State("own-example", "wiebke", OWN_EXAMPLE, heading=EXAMPLE),
    State("own-example-edit", "wiebke", f"{OWN_EXAMPLE}/aendern", heading="Gutes Beispiel schreiben"),
    State("polls", "mara", "/cluster/{cockpit}/umfragen", heading="Umfragen"),
    State("poll-new", "mara", "/cluster/{cockpit}/umfragen/neu", press("Speichern"), "Neue Umfrage", BOTH),
    State("poll-draft", "mara", "/cluster/{cockpit}/umfragen/{poll_draft}", heading="Was hält Sie auf?"),
    State("poll-change", "mara", "/cluster/{cockpit}/umfragen/{poll_draft}/aendern", heading="Frage ändern"),
    State("poll-texts", "mara", "/cluster/{cockpit}/umfragen/{poll_texts}", heading="Was wünschen Sie sich?"),
    State("poll-pair", "mara", "/cluster/{cockpit}/umfragen/{poll_pair}", heading="Wie sicher sind Sie"),
    State(
        "poll-wall", "mara", "/cluster/{cockpit}/umfragen/{poll_open}/wand?still=1", heading="Was hält Sie"
    ),
    State(
        "poll-wall-pair", "mara", "/cluster/{cockpit}/umfragen/{poll_pair}/wand?still=1", heading="Wie sicher"
    ),
    State(
        "poll-wall-texts",
        "mara",
        "/cluster/{cockpit}/umfragen/{poll_texts}/wand?still=1",
        heading="Was wünschen",
    ),
    State("poll-code", "", "/u", press("Weiter"), "An einer Umfrage teilnehmen"),
    State("poll-answer", "", "/u/7K7Q", press("Antwort senden"), "Was hält Sie auf?", BOTH),
    State("poll-answer-text", "", "/u/7K4Q", press("Antwort senden"), "Was wünschen Sie sich?"),
    State("poll-thanks", "", "/u/7K7Q/danke", heading="Danke"),
    State("poll-closed", "", "/u/7K6Q", heading="geschlossen"),
    State("poll-members-only", "", "/u/7K5Q", heading="Was hält Sie auf?"),
    State("poll-member", "adele", "/u/7K5Q", heading="Was hält Sie auf?"),
)
