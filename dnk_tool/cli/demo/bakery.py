"""The demo's bakery: its year before, its greenhouse gases with bills and evidence, and why they rose."""

from dataclasses import replace
from decimal import Decimal

from dnk_tool.cli.demo.bills import enter_bills
from dnk_tool.cli.demo.companies import DemoCompany
from dnk_tool.cli.demo.member_declarations import (
    DemoMemberData,
    bakery_answers_of_last_year,
    build_declaration,
    emission_answers,
)
from dnk_tool.domain.answers.answer import Figure, Quality
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.editing import VersionedEdit
from dnk_tool.domain.figures.plausibility.warning import ExplanationEdit
from dnk_tool.services.answers.save import SectionEdit, save_section
from dnk_tool.services.figures import plausibility
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration

BIOGENIC = "ghg.scope1.biogenic"
# What the bakery reported for the year before, when it had two shops fewer.
EMISSIONS_BEFORE = {
    "ghg.scope1.gross": "74.2",
    "ghg.scope2.location": "55.9",
    "ghg.scope2.market": "0",
    BIOGENIC: "0",
}
WHY_MORE = "Im März kamen zwei Filialen mit eigenen Öfen dazu. Je Tonne Gebäck brauchen wir weniger Gas."
# As in `bills`: activity, what the company calls it, amount and unit as the bill states them.
BILLS = (
    ("natural-gas", "Stadtwerke, Backstube", "512300", "kWh-hs"),
    ("natural-gas", "Stadtwerke, vier Filialen", "61840", "kWh-hs"),
    ("diesel", "Tankkarten der Lieferwagen", "6914.27", "l"),
    ("electricity-green", "Ökostrom, alle Zähler", "168420", "kWh"),
)
FILES = (
    (
        "Jahresrechnung-Gas.pdf",
        "Gas, Jahresrechnung",
        "Stadtwerke Musterstadt",
        "Jahresrechnung Erdgas",
        ((("Backstube", "512.300 kWh (Hs)"), ("Filialen", "61.840 kWh (Hs)")),),
        (0, 1),
    ),
    (
        "Jahresrechnung-Strom.pdf",
        "Strom, Jahresrechnung",
        "Ökostrom Musterland eG",
        "Jahresrechnung Strom",
        (
            (("Verbrauch aller Zähler", "168.420 kWh"), ("Herkunftsnachweise", "entwertet")),
            (("Zähler 1, Backstube", "121.080 kWh"), ("Zähler 2 bis 5, Filialen", "47.340 kWh")),
        ),
        (3,),
    ),
)


def build_year_before(member: DemoMemberData, year: int) -> Document:
    """The bakery's declaration of the year before: with fewer emissions, and some answers in other words."""
    document = build_declaration(member, year)
    emissions = {
        (year, key): Figure(Decimal(value), "t-co2e", Quality.CALCULATED)
        for key, value in EMISSIONS_BEFORE.items()
    }
    answers = emission_answers() | bakery_answers_of_last_year()
    return replace(
        document, answers={**document.answers, **answers}, figures={**document.figures, **emissions}
    )


def explain_more_emissions(firm: DemoCompany, declaration: Declaration) -> None:
    """Say in the declaration why more was emitted than in the year before; the other warnings stay open."""
    session = firm.demo.session
    sentences = [
        ExplanationEdit(odd.rule, odd.subject, odd.fingerprint, WHY_MORE, is_printed=True)
        for finding in plausibility.plausibility_findings(session, declaration)
        if (odd := finding.warning).datapoint == "ghg.scope1.gross"
    ]
    plausibility.save_explanations(Work(session, firm.actor, firm.demo.clock.tick()), declaration, sentences)


def report_emissions(firm: DemoCompany, declaration: Declaration) -> None:
    """Report scope 1 and 2, calculated from four bills, two of them with evidence."""
    session, clock = firm.demo.session, firm.demo.clock
    content, answers = declarations.read_content(session, declaration), emission_answers()
    none = Figure(Decimal(0), "t-co2e", Quality.CALCULATED, note="Wir verbrennen weder Holz noch Biogas.")
    submission = SectionEdit(
        {ref: VersionedEdit(answer, content.version(ref)) for ref, answer in answers.items()},
        {BIOGENIC: VersionedEdit(none, content.figure_version(BIOGENIC))},
    )
    section = content.sheet.selection.section_of[next(iter(answers))]
    save_section(Work(session, firm.actor, clock.tick()), declaration, section, submission)
    session.flush()
    enter_bills(firm, declaration, BILLS, FILES, by=firm.actor)
    save_section(Work(session, firm.actor, clock.tick()), declaration, section, SectionEdit(done=True))
    session.flush()
