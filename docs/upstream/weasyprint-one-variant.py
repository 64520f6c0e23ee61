"""WeasyPrint: a file can have one variant alone.

A file can be PDF/UA-1 and PDF/A-3a, and one for authorities has to be both: a list would do.

Expected:
    a file
Seen:
    refused
"""

import weasyprint

html = weasyprint.HTML(string="<html lang=en><title>x</title><p>text")
try:
    html.write_pdf(pdf_variant=["pdf/a-3a", "pdf/ua-1"])
    print("a file")
except (KeyError, TypeError, ValueError):
    print("refused")
