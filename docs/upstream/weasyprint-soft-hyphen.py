"""WeasyPrint: the hyphen at a line's end is U+2010 in the text of a tagged PDF.

A hyphen that is there only because the line ends is U+00AD (ISO 32000-1, 14.8.2.2.3). With U+2010 a screen
reader says "under hyphen standing", and who copies the word gets two.

Expected:
    soft hyphen: True, hyphen: False
Seen:
    soft hyphen: False, hyphen: True
"""

import io

import pikepdf
import weasyprint

html = "<html lang=en><title>x</title><style>p { width: 60px; hyphens: auto }</style><p>understanding"
pdf = pikepdf.open(io.BytesIO(weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")))
fonts = pdf.pages[0].Resources.Font
names = b"".join(fonts[name].ToUnicode.read_bytes() for name in fonts)
print(f"soft hyphen: {b'<00ad>' in names}, hyphen: {b'<2010>' in names}")
