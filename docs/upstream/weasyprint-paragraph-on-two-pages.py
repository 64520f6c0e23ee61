"""WeasyPrint: what continues on the next page is two elements.

One paragraph is one /P whose content stands on several pages. A /P for each page ends a sentence in its
middle. It is the same with sections and tables, whose repeated heads are read on each page.

Expected:
    /P
Seen:
    /P
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


style = "@page { size: 99px 32px; margin: 0 } body, p { line-height: 16px; margin: 0; width: 9px }"
body = f"<style>{style}</style><p>one two six ten"
html = f"<html lang=en><title>x</title>{body}"
pdf = pikepdf.open(io.BytesIO(weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")))
print_tags(pdf.Root.StructTreeRoot.K)
