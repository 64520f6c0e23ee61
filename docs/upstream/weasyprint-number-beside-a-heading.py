"""WeasyPrint: a heading with a number beside it is two headings.

The anonymous box that holds the text is tagged as the element that it belongs to. It is the same with a
number that is a block, placed absolutely, or in a grid.

Expected:
    /H1
    /H2
Seen:
    /H1
    /H2
      /H2
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


body = "<h1>a</h1><h2><span style='float: left'>1</span>Heading</h2>"
html = f"<html lang=en><title>x</title>{body}"
pdf = pikepdf.open(io.BytesIO(weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")))
print_tags(pdf.Root.StructTreeRoot.K)
