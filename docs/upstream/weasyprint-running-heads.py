"""WeasyPrint: running heads and numbers of pages are content (#1836).

What stands in a page's margin is an artifact, of /Type /Pagination. Here it is a /Span to which no element
of the tree refers.

Expected:
    ['/Artifact', '/Span']
Seen:
    ['/Span', '/Span']
"""

import io

import pikepdf
import weasyprint

style = "<style>@page { @top-center { content: 'head' } }</style>"
html = f"<html lang=en><title>x</title>{style}<p>text"
pdf = pikepdf.open(io.BytesIO(weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")))
marks = [one for one in pikepdf.parse_content_stream(pdf.pages[0]) if str(one.operator) in ("BDC", "BMC")]
print(sorted(str(one.operands[0]) for one in marks))
