"""WeasyPrint: a line ends without the space that separates words.

Spaces that separate words shall be present, also at the end of a string (ISO 32000-1, 14.8.2.5). Without
them a reader of a tagged PDF hears "onetwo". Texts of nothing but spaces between two elements, and spaces
in the text of an SVG, are left out in the same way.

Expected:
    glyphs of the lines: [4, 3]
Seen:
    glyphs of the lines: [3, 3]
"""

import io

import pikepdf
import weasyprint

html = "<html lang=en><title>x</title><style>p { width: 30px }</style><p>one two"
pdf = pikepdf.open(io.BytesIO(weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")))
shown = [one.operands for one in pikepdf.parse_content_stream(pdf.pages[0]) if str(one.operator) == "TJ"]
strings = [[part for part in operands[0] if isinstance(part, pikepdf.String)] for operands in shown]
print("glyphs of the lines:", [sum(len(bytes(part)) // 2 for part in line) for line in strings])
