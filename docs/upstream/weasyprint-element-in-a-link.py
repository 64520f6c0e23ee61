"""WeasyPrint: a link with an element in it is two links, and is named after its anchor.

It is one annotation that covers both words, with words for a listener (ISO 14289-1, 7.18.5), such as those
of its target.

Expected:
    ['Target']
Seen:
    ['x', 'x']
"""

import io

import pikepdf
import weasyprint

html = "<html lang=en><title>x</title><p><a href='#x'>one <b>two</b></a><h2 id=x>Target</h2>"
pdf = pikepdf.open(io.BytesIO(weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")))
print([str(link.Contents) for link in pdf.pages[0].Annots])
