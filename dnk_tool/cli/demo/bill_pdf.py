"""Bills of suppliers that do not exist, as small PDF files."""

import io
from collections.abc import Sequence

import pikepdf

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
