"""PDFs that ask too much of whoever draws their pages, or say something else than they hold."""

import io
import zlib

import pikepdf
from pikepdf import Array, Dictionary, Name

from tests.support.files.evidence_files import pdf

BLACK_PAGE = b"0 0 0 rg -100000 -100000 300000 300000 re f"


def page_pdf(
    content: bytes = BLACK_PAGE, *, box: tuple[float, ...] = (0, 0, 595, 842), pages: int = 1
) -> bytes:
    """A PDF whose pages all show this content in this box."""
    with pikepdf.new() as made:
        for _number in range(pages):
            made.add_blank_page()
            made.pages[-1].MediaBox = Array(box)
            made.pages[-1].Contents = made.make_stream(content)
        return _saved(made)


def filled_form() -> bytes:
    """A page that is black only where somebody filled in a field."""

    def fill(made: pikepdf.Pdf) -> None:
        look = made.make_indirect(made.make_stream(BLACK_PAGE))
        look.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 595, 842])))
        field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="Menge", V="7", F=4)
        field.update(Dictionary(Rect=Array([0, 0, 595, 842]), AP=Dictionary(N=look), DA="/Helv 9 Tf 0 g"))
        field = made.make_indirect(field)
        made.pages[0].Annots, made.Root.AcroForm = Array([field]), Dictionary(Fields=Array([field]))

    return pdf(change=fill)


def with_script() -> bytes:
    """A page that wants to run a script which never ends."""

    def add(made: pikepdf.Pdf) -> None:
        made.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="while (true) app.alert(1)")
        made.pages[0].AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS="while (true);"))
        made.pages[0].Contents = made.make_stream(BLACK_PAGE)

    return pdf(change=add)


def drawing_itself(depth: int = 60) -> bytes:
    """A page whose form draws another form ten times, that one the next, and the last the first again."""

    def add(made: pikepdf.Pdf) -> None:
        forms = [made.make_indirect(made.make_stream(b"/F Do " * 10)) for _level in range(depth)]
        for form, following in zip(forms, [*forms[1:], forms[0]], strict=True):
            form.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 595, 842])))
            form.Resources = Dictionary(XObject=Dictionary(F=following))
        made.pages[0].Resources = Dictionary(XObject=Dictionary(F=forms[0]))
        made.pages[0].Contents = made.make_stream(b"/F Do")

    return pdf(change=add)


def endless_pattern() -> bytes:
    """A page painted with a pattern of tiles that are far smaller than a pixel."""

    def add(made: pikepdf.Pdf) -> None:
        tile = made.make_indirect(made.make_stream(b"0 0 1e-4 1e-4 re f"))
        tile.update(Dictionary(Type=Name.Pattern, PatternType=1, PaintType=1, TilingType=1))
        tile.update(Dictionary(BBox=Array([0, 0, 1, 1]), XStep=1e-4, YStep=1e-4, Resources=Dictionary()))
        made.pages[0].Resources = Dictionary(Pattern=Dictionary(P=tile))
        made.pages[0].Contents = made.make_stream(b"/Pattern cs /P scn 0 0 595 842 re f")

    return pdf(change=add)


def content_bomb(megabytes: int = 300) -> bytes:
    """A page whose content is a thousand times as much when it is unpacked."""
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    piece = packer.compress(b" " * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = b"\x78\xda" + piece * megabytes + packer.flush()
    # By hand, as the library would unpack it to save the file.
    head = b"<</Length %d/Filter/FlateDecode>>stream\n" % len(packed)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>"
    parts = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page]
    parts.append(head + packed + b"\nendstream")
    objects = b"".join(b"%d 0 obj%b\nendobj\n" % each for each in enumerate(parts, 1))
    return b"%PDF-1.7\n" + objects + b"trailer<</Root 1 0 R/Size 5>>\n%%EOF\n"


def broken_table() -> bytes:
    """A PDF whose table of objects points into nothing."""
    content = page_pdf()
    at = content.rindex(b"startxref")
    return content[:at] + b"startxref\n99999999\n%%EOF\n"


def page_tree_in_a_circle() -> bytes:
    """A PDF whose pages are its pages' pages."""

    def add(made: pikepdf.Pdf) -> None:
        made.Root.Pages.Kids = Array([made.Root.Pages])
        made.Root.Pages.Count = 2_000_000_000

    return pdf(change=add)


def _saved(made: pikepdf.Pdf) -> bytes:
    target = io.BytesIO()
    made.save(target, static_id=True)
    return target.getvalue()
