"""A reviewer's pages."""

from tests.support.pages import scripts
from tests.support.pages.state import BOTH, State, press
from tests.support.pages.ways.clusters import (
    day_that_is_over,
    out_of_reach,
    stock_collided,
    verdicts_collided,
    wish_without_remark,
)

STOCK = "/cluster/{review_cluster}/textbausteine/"


def review(rest: str = "", declaration: str = "review") -> str:
    return f"/cluster/{{review_cluster}}/pruefung/{{{declaration}}}/{rest}"


STATES = (
    State("review-queue", "ruth", "/cluster/{review_cluster}/pruefung/", heading="Prüfung"),
    State(
        "review-queue-filtered",
        "ruth",
        "/cluster/{review_cluster}/pruefung/?prueft=0&runde=1",
        heading="Prüfung",
    ),
    State(
        "review-conflict",
        "ruth",
        "/cluster/{review_cluster}/pruefung/interessenkonflikt/{review_back_company}",
        heading="Interessenkonflikt mit",
    ),
    State("review-overview", "ruth", review(), heading="Quenzel & Marschall"),
    State("review-overview-noted", "ruth", review("?zuerst=auffaelliges"), heading="Quenzel & Marschall"),
    State("review-overview-back", "ruth", review("", "review_back"), heading="Quenzel & Marschall"),
    State("review-criterion", "ruth", review("13"), heading="Klimarelevante Emissionen", javascript=BOTH),
    State(
        "review-evidence",
        "ruth",
        review("13"),
        heading="Klimarelevante Emissionen",
        javascript=BOTH,
        script=scripts.second_page_beside_the_figure,
    ),
    State(
        "review-criterion-english",
        "ruth",
        review("13"),
        heading="missions",
        options={"locale": "en-GB"},
    ),
    State(
        "review-remark",
        "ruth",
        review("13?anmerkung=13.2"),
        heading="Klimarelevante Emissionen",
        javascript=BOTH,
    ),
    State("review-keys", "ruth", review("11"), heading="Inanspruchnahme", script=scripts.keys_explained),
    State("review-criterion-tables", "ruth", review("12"), heading="Ressourcenmanagement"),
    State("review-general", "ruth", review("general"), heading="Allgemeine Informationen"),
    State("review-criterion-back", "ruth", review("5", "review_back"), heading="Verantwortung"),
    State("review-wish", "ruth", review("14"), wish_without_remark, "Arbeitnehmerrechte", BOTH),
    State("review-collision", "ruth", review("4"), verdicts_collided, "Wertschöpfungskette"),
    State("review-out-of-reach", "ruth", review("16"), out_of_reach, "Ihr Text ist noch da"),
    State(
        "review-request-changes",
        "ruth",
        review("aenderungen-anfordern"),
        heading="Änderungen anfordern",
    ),
    State(
        "review-request-refused",
        "ruth",
        review("aenderungen-anfordern"),
        day_that_is_over,
        "Änderungen anfordern",
    ),
    State("review-draft", "ruth", review("entwuerfe/{review_draft}"), heading="Entwurf ändern"),
    State("review-approve", "ruth", review("freigeben"), heading="Freigeben"),
    State("review-approve-refused", "ruth", review("freigeben", "review_back"), heading="Freigeben"),
    State("review-withdraw", "ruth", review("freigabe-zurueckziehen", "review_back"), heading="zurückziehen"),
    State("stock", "ruth", STOCK, heading="Textbausteine"),
    State("stock-new", "ruth", STOCK + "neu", heading="Neuer Textbaustein"),
    State("stock-error", "ruth", STOCK + "neu", press("Speichern"), "Neuer Textbaustein"),
    State("stock-edit", "ruth", STOCK + "{review_stock}", heading="Textbaustein ändern"),
    State("stock-collision", "ruth", STOCK + "{review_stock}", stock_collided, "Textbaustein ändern"),
)
