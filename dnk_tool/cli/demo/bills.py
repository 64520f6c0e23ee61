"""The bills of a demo company, as lines and as evidence, and the figures calculated from them.

Bills of suppliers that do not exist, as small PDF files.
"""

import hashlib
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import TypeAlias

import pikepdf

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.cli.demo.companies import DemoCompany
from dnk_tool.domain.evidence import EvidenceFileType, EvidenceTarget
from dnk_tool.domain.figures.calculators import CalculatorLine, with_proposed_factors
from dnk_tool.domain.permissions import Actor
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services.evidence import files as evidence_files
from dnk_tool.services.evidence.files import EvidenceDetails
from dnk_tool.services.figures import calculator_lines
from dnk_tool.services.figures import save as figure_save
from dnk_tool.services.uploads.inspection import InspectedFile
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration

BillLine: TypeAlias = tuple[str, str, str, str]
BillPage: TypeAlias = tuple[tuple[str, str], ...]
BillFile: TypeAlias = tuple[str, str, str, str, tuple[BillPage, ...], tuple[int, ...]]

# Activity, what the company calls it, amount and unit as the bill states them.
BILLS = (
    ("natural-gas", "Stadtwerke, Halle und Lackiererei", "398400", "kWh-hs"),
    ("natural-gas", "Stadtwerke, Verwaltung", "57857", "kWh-hs"),
    ("diesel", "Tankkarten der Transporter", "11746", "l"),
    ("electricity", "Stadtwerke, Jahresrechnung", "286400", "kWh"),
)
# File, title, supplier, heading and the rows of each page of a bill, and the places of the lines above on it.
FILES = (
    (
        "Jahresrechnung-Gas.pdf",
        "Gas, Jahresrechnung",
        "Stadtwerke Musterstadt",
        "Jahresrechnung Erdgas",
        ((("Halle und Lackiererei", "398.400 kWh (Hs)"), ("Verwaltung", "57.857 kWh (Hs)")),),
        (0, 1),
    ),
    (
        "Jahresrechnung-Strom.pdf",
        "Strom, Jahresrechnung",
        "Stadtwerke Musterstadt",
        "Jahresrechnung Strom",
        ((("Verbrauch aller Zähler", "286.400 kWh"), ("Tarif", "Grundversorgung, ohne Ökostrom")),),
        (3,),
    ),
)
QUOTA = 500_000_000
# Datapoints that were entered by hand before, and are calculated from now on.
CALCULATED_DATAPOINTS = ("energy.fuels.non-renewable", "energy.electricity.consumption", "ghg.scope1.gross")


A4 = (595, 842)
LEFT, TOP, LINE = 70, 770, 20


def make_bill_pdf(supplier: str, title: str, *pages: Sequence[tuple[str, str]]) -> bytes:
    """Pages with the supplier, a title, and names with amounts below; the same words give the same bytes."""
    with pikepdf.new() as pdf:
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
        for number, rows in enumerate(pages, 1):
            page = pdf.add_blank_page(page_size=A4)
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
            body = _body(supplier, title, rows, f"Seite {number} von {len(pages)}")
            page.Contents = pdf.make_stream("\n".join(body).encode("cp1252"))
        pdf.docinfo["/Title"] = title
        target = io.BytesIO()
        pdf.save(target, static_id=True)
    return target.getvalue()


def _body(supplier: str, title: str, rows: Sequence[tuple[str, str]], place: str) -> list[str]:
    """What is written on one page."""
    body = [_text(LEFT, TOP, 11, supplier), _text(LEFT, TOP - 70, 18, title)]
    for line, (name, amount) in enumerate(rows):
        height = TOP - 120 - line * LINE
        body += [_text(LEFT, height, 11, name), _text(LEFT + 240, height, 11, amount)]
    note = "Beispiel aus der Demo von dnk-tool. Diese Rechnung gibt es nicht."
    return [*body, _text(LEFT, 70, 9, note), _text(LEFT + 400, 70, 9, place)]


def _text(left: int, height: int, size: int, words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /F1 {size} Tf {left} {height} Td ({escaped}) Tj ET"


def enter_bills_and_results(firm: DemoCompany, declaration: Declaration, *, by: Actor) -> None:
    """Enter four bills, two of them with evidence, and adopt the results in place of figures by hand."""
    session, clock = firm.demo.session, firm.demo.clock
    enter_bills(firm, declaration, BILLS, FILES, by=by)
    stored = declarations.figure_rows(session, declaration.organisation_id, declaration.reporting_year)
    figures = {key: declarations.figure_of(row) for key, row in stored.items()}
    lines = calculator_lines.lines_of(session, declaration)
    calculation = calculator_lines.calculation_of(declaration, lines, figures)
    for datapoint in CALCULATED_DATAPOINTS:
        figure_save.adopt_calculated(
            Work(session, by, clock.tick()),
            declaration,
            datapoint,
            calculation.results[datapoint].figure,
            seen=stored[datapoint].version,
        )
    calculator_lines.recalculate(Work(session, by, clock.tick()), declaration)
    session.flush()


def enter_bills(
    firm: DemoCompany,
    declaration: Declaration,
    bills: Sequence[BillLine],
    files: Sequence[BillFile],
    *,
    by: Actor,
) -> None:
    """Save the bills as lines, and attach the files to the lines that they prove."""
    session, clock = firm.demo.session, firm.demo.clock
    entered = []
    for activity, label, amount, unit in bills:
        line = _calculator_line(activity, label, Quantity(Decimal(amount), unit), declaration.reporting_year)
        saved = calculator_lines.save_line(Work(session, by, clock.tick()), declaration, line, seen=0)
        entered.append(EvidenceTarget(line=saved.stored.line.id))
    for name, title, supplier, heading, pages, places in files:
        content = make_bill_pdf(supplier, f"{heading} {declaration.reporting_year}", *pages)
        for place in places:
            attach_evidence(firm, declaration, entered[place], name, title, content, by=by)


def attach_electricity_contract(firm: DemoCompany, declaration: Declaration) -> None:
    """Attach a page of the electricity contract as evidence to aspect 13.3."""
    rows = (("Lieferung seit", "1. Januar 2023"), ("Herkunft", "zu 100 Prozent aus erneuerbaren Quellen"))
    content = make_bill_pdf("Ökostrom Musterland eG", "Auszug aus dem Stromvertrag", rows)
    target = EvidenceTarget(ref="13.3")
    attach_evidence(
        firm, declaration, target, "Stromvertrag.pdf", "Stromvertrag, Auszug", content, by=firm.actor
    )


def attach_evidence(
    firm: DemoCompany,
    declaration: Declaration,
    target: EvidenceTarget,
    name: str,
    title: str,
    content: bytes,
    *,
    by: Actor,
) -> None:
    """Add a PDF as evidence that reviewers may open and the declaration lists."""
    inspected_file = InspectedFile(name, EvidenceFileType.PDF, content, hashlib.sha256(content).hexdigest())
    evidence_files.add_evidence(
        Work(firm.demo.session, by, firm.demo.clock.tick()),
        firm.demo.blobs,
        declaration,
        target,
        [inspected_file],
        EvidenceDetails(title, is_listed=True, is_for_review=True),
        quota=QUOTA,
    )


def _calculator_line(activity: str, label: str, quantity: Quantity, year: int) -> CalculatorLine:
    kind = load_calculators()["energy"].activity(activity)
    if kind is None:
        raise LookupError(activity)
    line = CalculatorLine(0, "energy", activity, label=label, quantities={"quantity": quantity})
    return with_proposed_factors(line, kind, load_factors(), year)
