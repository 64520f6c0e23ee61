"""WeasyPrint: what is placed on its own is painted after what follows it.

CSS 2.1, appendix E asks for it where boxes lie over each other. Where none does, programs that know no tags
read the page in the wrong order. Markers of lists outside their text, floats and positioned boxes are
painted late as well.

Expected:
    from the top: [0, 1, 2]
Seen:
    from the top: [0, 2, 1]
"""

import io

import pikepdf
import weasyprint

html = "<html lang=en><title>x</title><p>one<p style='overflow: hidden'>two<p>three"
pdf = pikepdf.open(io.BytesIO(weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")))
shown = pikepdf.parse_content_stream(pdf.pages[0])
tops = [float(one.operands[5]) for one in shown if str(one.operator) == "Tm"]
print("from the top:", [sorted(tops).index(top) for top in tops])
