"""Bills of suppliers that do not exist, as small PDF files of one page."""

import io
from collections.abc import Sequence

import pikepdf

A4 = (595, 842)
LEFT, TOP, LINE = 70, 770, 20


def make_bill_pdf(supplier: str, title: str, rows: Sequence[tuple[str, str]]) -> bytes:
    """A page with the supplier, a title, and names with amounts below; the same words give the same bytes."""
    body = [_text(LEFT, TOP, 11, supplier), _text(LEFT, TOP - 70, 18, title)]
    for place, (name, amount) in enumerate(rows):
        height = TOP - 120 - place * LINE
        body += [_text(LEFT, height, 11, name), _text(LEFT + 240, height, 11, amount)]
    body.append(_text(LEFT, 70, 9, "Beispiel aus der Demo von dnk-tool. Diese Rechnung gibt es nicht."))
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=A4)
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = pdf.make_stream("\n".join(body).encode("cp1252"))
        pdf.docinfo["/Title"] = title
        target = io.BytesIO()
        pdf.save(target, static_id=True)
    return target.getvalue()


def _text(left: int, height: int, size: int, words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /F1 {size} Tf {left} {height} Td ({escaped}) Tj ET"
