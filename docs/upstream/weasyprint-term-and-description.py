"""WeasyPrint: term and description are two entries of a list (#2482).

They are one /LI with /Lbl and /LBody; otherwise a reader hears "list of two entries".

Expected:
    /L
      /LI
        /Lbl
        /LBody
Seen:
    /L
      /LI
        /LBody
      /LI
        /LBody
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


body = "<dl><dt>Year<dd>2025</dl>"
html = f"<html lang=en><title>x</title>{body}"
pdf = pikepdf.open(io.BytesIO(weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")))
print_tags(pdf.Root.StructTreeRoot.K)
