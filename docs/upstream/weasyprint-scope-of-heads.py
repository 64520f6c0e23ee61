"""WeasyPrint: heads of tables have no scope (#2508).

PDF/UA-1 (ISO 14289-1, 7.5) asks for /Scope where heads are not referred to.

Expected:
    /Table
      /THead
        /TR
          /TH /Column
      /TBody
        /TR
          /TH /Row
          /TD
Seen:
    /Table
      /THead
        /TR
          /TH
      /TBody
        /TR
          /TH
          /TD
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


body = "<table><thead><tr><th>a<tbody><tr><th>b<td>c</table>"
html = f"<html lang=en><title>x</title>{body}"
pdf = pikepdf.open(io.BytesIO(weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")))
print_tags(pdf.Root.StructTreeRoot.K)
