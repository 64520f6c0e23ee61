"""WeasyPrint: a part in another language does not say so.

PDF/UA-1 (ISO 14289-1, 7.2) asks for the language of each part; a screen reader pronounces German as
English.

Expected:
    /P de
Seen:
    /P
"""

import io

import pikepdf
import weasyprint


def print_tags(node: pikepdf.Object, depth: int = 0) -> None:
    """Print an element and what is in it, with language and scope, but for runs of text."""
    if isinstance(node, pikepdf.Array):
        for kid in node:
            print_tags(kid, depth)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        is_shown = node.S not in ("/Document", "/Span")
        if is_shown:
            told = (node.S, node.get("/Lang", ""), node.get("/A", {}).get("/Scope", ""))
            print("  " * depth + " ".join(str(word) for word in told if word))
        print_tags(node.get("/K", pikepdf.Array()), depth + is_shown)


body = "<p lang=de>Deutsch"
html = f"<html lang=en><title>x</title>{body}"
pdf = pikepdf.open(io.BytesIO(weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")))
print_tags(pdf.Root.StructTreeRoot.K)
