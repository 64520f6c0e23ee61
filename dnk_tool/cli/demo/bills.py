"""The bills of a demo company, as lines and as evidence, and the figures calculated from them.

Bills of suppliers that do not exist, as small PDF files.
"""

import hashlib
import io
from collections.abc import Iterable, Mapping

import pikepdf

from dnk_tool.cli.demo.calculated import calculator_line
from dnk_tool.cli.demo.companies import DemoCompany
from dnk_tool.cli.demo.content import BillFile, DemoBill
from dnk_tool.domain.answers.answer import Origin
from dnk_tool.domain.evidence import EvidenceFileType, EvidenceTarget
from dnk_tool.domain.permissions import Actor
from dnk_tool.services.evidence import files as evidence_files
from dnk_tool.services.evidence.files import EvidenceDetails
from dnk_tool.services.figures import calculator_lines
from dnk_tool.services.uploads.inspection import InspectedFile
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration

QUOTA = 500_000_000
A4 = (595, 842)
LEFT, TOP, LINE = 70, 770, 20


def make_bill_pdf(supplier: str, title: str, *pages: Mapping[str, str]) -> bytes:
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


def _body(supplier: str, title: str, rows: Mapping[str, str], place: str) -> list[str]:
    """What is written on one page."""
    body = [_text(LEFT, TOP, 11, supplier), _text(LEFT, TOP - 70, 18, title)]
    for line, (name, amount) in enumerate(rows.items()):
        height = TOP - 120 - line * LINE
        body += [_text(LEFT, height, 11, name), _text(LEFT + 240, height, 11, amount)]
    note = "Beispiel aus der Demo von dnk-tool. Diese Rechnung gibt es nicht."
    return [*body, _text(LEFT, 70, 9, note), _text(LEFT + 400, 70, 9, place)]


def _text(left: int, height: int, size: int, words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /F1 {size} Tf {left} {height} Td ({escaped}) Tj ET"


def enter_bills_and_results(
    firm: DemoCompany,
    declaration: Declaration,
    bills: Iterable[DemoBill],
    files: Iterable[BillFile] = (),
    *,
    by: Actor,
) -> None:
    """Enter bills, some with evidence, and adopt the results in place of figures by hand."""
    session, company_year = firm.demo.session, (declaration.organisation_id, declaration.reporting_year)
    enter_bills(firm, declaration, bills, files, by=by)
    rows = declarations.figure_rows(session, *company_year)
    figures = {key: declarations.figure_of(row) for key, row in rows.items()}
    lines = calculator_lines.lines_of(session, declaration)
    for datapoint in calculator_lines.calculation_of(declaration, lines, figures).results:
        # Another one may have changed it meanwhile, which a total follows.
        row = declarations.figure_rows(session, *company_year)[datapoint]
        if row.origin != Origin.LINES:
            calculator_lines.adopt_result(firm.work(by), declaration, datapoint, seen=row.version)
    calculator_lines.recalculate(firm.work(by), declaration)
    session.flush()


def enter_bills(
    firm: DemoCompany,
    declaration: Declaration,
    bills: Iterable[DemoBill],
    files: Iterable[BillFile],
    *,
    by: Actor,
) -> None:
    """Save the bills as lines, and attach the files to the lines that they prove."""
    entered = []
    for bill in bills:
        line = calculator_line(bill, declaration.reporting_year)
        saved = calculator_lines.save_line(firm.work(by), declaration, line, seen=0)
        entered.append(EvidenceTarget(line=saved.stored.line.id))
    for file in files:
        dated = file.model_copy(update={"heading": f"{file.heading} {declaration.reporting_year}"})
        for place in file.proves:
            attach_evidence(firm, declaration, entered[place], dated, by=by)


def attach_evidence(
    firm: DemoCompany, declaration: Declaration, target: EvidenceTarget, file: BillFile, *, by: Actor
) -> None:
    """Add a PDF as evidence that reviewers may open and the declaration lists."""
    content = make_bill_pdf(file.supplier, file.heading, *file.pages)
    digest = hashlib.sha256(content).hexdigest()
    evidence_files.add_evidence(
        firm.work(by),
        firm.demo.blobs,
        declaration,
        target,
        [InspectedFile(file.name, EvidenceFileType.PDF, content, digest)],
        EvidenceDetails(file.title, is_listed=True, is_for_review=True),
        quota=QUOTA,
    )
