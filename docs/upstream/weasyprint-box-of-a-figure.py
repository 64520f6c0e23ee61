"""WeasyPrint: the box of a figure is in pixels, from the head of the page.

/BBox is in default user space (ISO 32000-1, 14.8.5.4.3): an SVG of 96 pixels is 72 points wide, and its
lower edge is measured from the foot of the page.

Expected:
    width 72
Seen:
    width 96
"""

import io

import pikepdf
import weasyprint

svg = "<svg xmlns='http://www.w3.org/2000/svg' width=96 height=96><title>x</title></svg>"
html = f"<html lang=en><title>x</title>{svg}"
pdf = pikepdf.open(io.BytesIO(weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")))
for one in pdf.objects:
    if isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/Figure":
        left, _lower, right, _upper = one.A.BBox
        print("width", round(float(right) - float(left)))
