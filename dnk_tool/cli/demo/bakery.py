"""The greenhouse gases of the demo's bakery: answers, bills, and evidence for the reviewers."""

from decimal import Decimal

from dnk_tool.cli.demo.bills import enter_bills
from dnk_tool.cli.demo.companies import DemoCompany
from dnk_tool.cli.demo.member_declarations import emission_answers
from dnk_tool.domain.answers.answer import Figure, Quality
from dnk_tool.domain.editing.versions import VersionedEdit
from dnk_tool.services.answers.save import SectionEdit, save_section
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration

BIOGENIC = "ghg.scope1.biogenic"
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
    save_section(session, declaration, section, submission, actor=firm.actor, now=clock.tick())
    session.flush()
    enter_bills(firm, declaration, BILLS, FILES, by=firm.actor)
    save_section(session, declaration, section, SectionEdit(done=True), actor=firm.actor, now=clock.tick())
    session.flush()
