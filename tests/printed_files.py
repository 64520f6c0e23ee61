"""A small PDF built as ours are, and what somebody may do to one."""

import io
from collections.abc import Callable, Mapping
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from dnk_tool.domain.declarations.attachment_names import DATA_MEDIA_TYPE, data_file_name

PAGES = 4

Edit = Callable[[Pdf], object]


def printed_file(data: bytes = b"", *, words: str = "Seite") -> bytes:
    """Four pages with the same resources, a link, a picture, structure, bookmarks and attached data."""
    pdf = pikepdf.new()
    font_file = pdf.make_stream(b"font " * 50)
    font = pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.TrueType,
            FontDescriptor=pdf.make_indirect(Dictionary(Type=Name.FontDescriptor, FontFile2=font_file)),
        )
    )
    picture = pdf.make_stream(b"\x00\x80\xff" * 4, Type=Name.XObject, Subtype=Name.Image, Width=2, Height=2)
    form = pdf.make_stream(b"/x0 Do", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
    form.Resources = Dictionary(XObject=Dictionary({"/x0": picture}))
    resources = pdf.make_indirect(
        Dictionary(
            Font=Dictionary({"/F1": font}),
            XObject=Dictionary({"/x0": picture, "/x1": form}),
            ExtGState=Dictionary({"/a1": Dictionary(ca=1)}),
        )
    )
    for number in range(1, PAGES + 1):
        drawn = "/x1 Do" if number == 3 else "/x0 Do"
        content = f"/a1 gs BT /F1 12 Tf ({words} {number}) Tj ET q {drawn} Q\n".encode()
        page = Dictionary(
            Type=Name.Page,
            MediaBox=Array([0, 0, 595.275591, 841.889764]),
            Resources=resources,
            Contents=pdf.make_stream(content),
            StructParents=number,
        )
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    first, last = pdf.pages[0].obj, pdf.pages[-1].obj
    link = Dictionary(
        Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 50, 9]), P=first, Dest=Array([last, Name.Fit])
    )
    first.Annots = Array([pdf.make_indirect(link)])
    tree = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    figure = Dictionary(Type=Name.StructElem, S=Name.Figure, P=tree, Pg=first, K=0, Alt=String("Diagramm"))
    figure = pdf.make_indirect(figure)
    tree.K = Array([figure])
    # From the marks of a page to what they belong to; some readers take what they read aloud from here.
    tree.ParentTree = pdf.make_indirect(
        Dictionary(Nums=Array([1, Array([figure]), 2, Array([]), 3, Array([]), 4, Array([])]))
    )
    pdf.Root.StructTreeRoot = tree
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("Anfang", 0))
        outline.root.append(pikepdf.OutlineItem("Ende", PAGES - 1))
    if data:
        name = data_file_name(2025)
        pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, data, filename=name, mime_type=DATA_MEDIA_TYPE)
    pdf.save(file := io.BytesIO())
    return file.getvalue()


def edited(content: bytes, edit: Edit = lambda _pdf: None, **how: Any) -> bytes:
    """The file, changed and saved anew."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        edit(pdf)
        pdf.save(file := io.BytesIO(), **how)
    return file.getvalue()


def appended(content: bytes, number: int, body: bytes) -> bytes:
    """The file with an object written over by an addition at its end, as viewers save."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        root, size = pdf.Root.objgen[0], int(pdf.trailer.Size)
    before = content.rpartition(b"startxref")[2].split()[0]
    head = b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"xref\n%d 1\n%010d 00000 n \ntrailer\n" % (number, len(content))
    trailer = b"<< /Size %d /Root %d 0 R /Prev %b >>\n" % (size, root, before)
    start = b"startxref\n%d\n%%%%EOF\n" % (len(content) + len(head))
    return content + head + table + trailer + start


def paint(pdf: Pdf) -> None:
    """Cover something on the second page."""
    pdf.pages[1].contents_add(b"q 1 g 100 300 200 200 re f Q\n")


def remove_parts(pdf: Pdf) -> None:
    """Take the second page out."""
    del pdf.pages[1]


def _stamp(pdf: Pdf) -> None:
    look = pdf.make_stream(
        b"1 g 0 0 9 9 re f", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9])
    )
    stamp = Dictionary(
        Type=Name.Annot, Subtype=Name.Stamp, Rect=Array([0, 0, 9, 9]), AP=Dictionary(N=look), F=4
    )
    pdf.pages[1].obj.Annots = Array([pdf.make_indirect(stamp)])


def _add_form_field(pdf: Pdf) -> None:
    field = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T=String("a"),
            V=String("42"),
            Rect=Array([0, 0, 9, 9]),
        )
    )
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]), NeedAppearances=True)
    pdf.pages[1].obj.Annots = Array([field])


def _reorder(pdf: Pdf) -> None:
    pdf.pages.append(pdf.pages[1])
    del pdf.pages[1]


def _overlay(pdf: Pdf) -> None:
    with pikepdf.new() as other:
        other.add_blank_page()
        other.pages[0].contents_add(b"0 g 0 0 9 9 re f")
        pdf.pages[1].add_overlay(other.pages[0])


def _inherited(pdf: Pdf) -> None:
    """Other resources by the tree of pages: the second page's own are taken away."""
    del pdf.pages[1].obj.Resources
    other = pdf.make_stream(b"\xff" * 12, Type=Name.XObject, Subtype=Name.Image, Width=2, Height=2)
    pdf.Root.Pages.Resources = Dictionary(XObject=Dictionary({"/x0": other}))


def _borrowed(pdf: Pdf) -> None:
    """A drawing that loses its resources uses those of its page."""
    form = pdf.pages[2].obj.Resources.XObject["/x1"]
    del form.Resources


def _resources(pdf: Pdf) -> Any:
    return pdf.pages[1].obj.Resources


def _set(holder: Callable[[Pdf], Any], key: str, value: object) -> Edit:
    return lambda pdf: holder(pdf).__setitem__(key, value)


def _second(pdf: Pdf) -> Any:
    return pdf.pages[1].obj


# What changes the look of pages, and which pages of the file are then others than before.
ON_PAGES: Mapping[str, tuple[Edit, list[int]]] = {
    "painted over": (paint, [2]),
    "stamp": (_stamp, [2]),
    "form field": (_add_form_field, [2]),
    "overlay": (_overlay, [2]),
    "crop box": (_set(_second, "/CropBox", Array([0, 0, 99, 99])), [2]),
    "rotation": (lambda pdf: pdf.pages[1].rotate(90, relative=True), [2]),
    "scale": (_set(_second, "/UserUnit", 2), [2]),
    "inherited resources": (_inherited, [2]),
    "borrowed resources": (_borrowed, [3]),
    "font": (lambda pdf: _resources(pdf).Font["/F1"].FontDescriptor.FontFile2.write(b"other"), [1, 2, 3, 4]),
    "picture": (lambda pdf: _resources(pdf).XObject["/x0"].write(b"\xff" * 12), [1, 2, 3, 4]),
    "drawing": (lambda pdf: _resources(pdf).XObject["/x1"].write(b"q Q"), [3]),
    "transparency": (_set(_resources, "/ExtGState", Dictionary({"/a1": Dictionary(ca=0)})), [1, 2, 3, 4]),
    "colours": (
        _set(_resources, "/ColorSpace", Dictionary({"/DefaultGray": Array([Name.CalGray])})),
        [1, 2, 3, 4],
    ),
    "link": (lambda pdf: pdf.pages[0].obj.Annots[0].__setitem__("/Dest", Array([_second(pdf)])), [1]),
    "spoken of a link": (_set(lambda pdf: pdf.pages[0].obj.Annots[0], "/StructParent", 1), [1]),
    "order": (_reorder, [2, 3, 4]),
}
# What belongs to no page.
AROUND_PAGES: Mapping[str, Edit] = {
    "layers": lambda pdf: pdf.Root.__setitem__("/OCProperties", Dictionary(OCGs=Array([]), D=Dictionary())),
    "empty form": lambda pdf: pdf.Root.__setitem__("/AcroForm", Dictionary(Fields=Array([]))),
    "action": lambda pdf: pdf.Root.__setitem__(
        "/OpenAction", Dictionary(S=Name.JavaScript, JS="app.alert(1)")
    ),
    "page labels": lambda pdf: pdf.Root.__setitem__(
        "/PageLabels", Dictionary(Nums=Array([0, Dictionary(St=9)]))
    ),
    "spoken text": lambda pdf: pdf.Root.StructTreeRoot.K[0].__setitem__("/Alt", String("Anderes")),
    "spoken of a mark": lambda pdf: pdf.Root.StructTreeRoot.ParentTree.Nums.__setitem__(1, Array([])),
    "spoken of a page": _set(lambda pdf: pdf.pages[0].obj, "/StructParents", 2),
    "bookmark": lambda pdf: pdf.Root.Outlines.First.__setitem__("/Title", String("Anderes")),
}


def _note_producer(pdf: Pdf) -> None:
    with pdf.open_metadata() as metadata:
        metadata["pdf:Producer"] = "Viewer"
    pdf.docinfo["/ModDate"] = "D:20261127"


_STREAMS = pikepdf.ObjectStreamMode
# What leaves the look as it is.
SAVED_ANEW: Mapping[str, tuple[Edit, dict[str, Any]]] = {
    "plain": (lambda _pdf: None, {}),
    "linearised": (lambda _pdf: None, {"linearize": True}),
    "object streams": (lambda _pdf: None, {"object_stream_mode": _STREAMS.generate, "linearize": True}),
    "no object streams": (lambda _pdf: None, {"object_stream_mode": _STREAMS.disable}),
    "recompressed": (lambda _pdf: None, {"recompress_flate": True}),
    "unpacked": (lambda _pdf: None, {"qdf": True}),
    "metadata": (_note_producer, {}),
    "title": (lambda pdf: pdf.docinfo.__setitem__("/Title", "Anderes"), {}),
}
