"""Assembles a Word document: styles, page, properties. The same content gives the same bytes."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.shared import Mm

from dnk_tool.report.files.word import markup
from dnk_tool.report.text.plain import clean
from dnk_tool.report.view.branding import DEFAULT_PALETTE, Palette

PARTS = Path(__file__).parent
# Parts of the library's template that no declaration needs.
FOREIGN_PARTS = (
    "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail",
    RELATIONSHIP_TYPE.CUSTOM_XML,
    RELATIONSHIP_TYPE.THEME,
    RELATIONSHIP_TYPE.FONT_TABLE,
    RELATIONSHIP_TYPE.WEB_SETTINGS,
    "http://schemas.microsoft.com/office/2007/relationships/stylesWithEffects",
)
LONGEST_PROPERTY = 255
BULLETS = 1  # the list of `numbering.xml`; numbered lists follow it
EARLIEST_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can store
COMPRESSION = 6


def new_document(language: str, palette: Palette = DEFAULT_PALETTE) -> WordDocument:
    """An empty A4 document with the tool's styles in the palette's tones; `language` such as de-DE."""
    made = Document()
    for relationships in (made.part.package.rels, made.part.rels):
        for key in [
            key for key, relationship in relationships.items() if relationship.reltype in FOREIGN_PARTS
        ]:
            del relationships[key]
    decimal = "." if language.startswith("en") else ","
    for name, element in (
        ("styles.xml", made.styles.element),
        ("settings.xml", made.settings.element),
        ("numbering.xml", made.part.numbering_part.element),
    ):
        own = (PARTS / name).read_text("utf-8").replace("{language}", language).replace("{decimal}", decimal)
        own = own.replace("{accent}", palette.text[1:]).replace("{tint}", palette.tint[1:])
        element[:] = parse_xml(own)[:]
    page = made.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin, page.right_margin = Mm(25), Mm(20)
    page.top_margin, page.bottom_margin = Mm(24), Mm(24)
    page.header_distance, page.footer_distance = Mm(11), Mm(10)
    page.different_first_page_header_footer = True
    return made


def embedder(document: WordDocument) -> Callable[[bytes], str]:
    """What embeds a picture in the document once and returns the id of its relationship."""

    def embed(picture: bytes) -> str:
        return str(document.part.get_or_add_image(io.BytesIO(picture))[0])

    return embed


def set_body(document: WordDocument, body: str) -> None:
    """Replace the document's content by WordprocessingML."""
    made = parse_xml(f"<w:body {markup.SPACES}>{body}</w:body>")
    (page,) = document.element.body
    made.append(page)
    # As a whole: moving the parts one by one takes time quadratic in their number.
    document.element.replace(document.element.body, made)


def set_numbered_lists(document: WordDocument, count: int) -> None:
    """Let each of the document's numbered lists begin with 1."""
    restart = "".join(
        f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="1"/></w:lvlOverride>' for level in (0, 1)
    )
    for number in range(BULLETS + 1, BULLETS + 1 + count):
        own = f'<w:num {markup.SPACES} w:numId="{number}"><w:abstractNumId w:val="1"/>{restart}</w:num>'
        document.part.numbering_part.element.append(parse_xml(own))


def set_header_and_footer(
    document: WordDocument, *, mark: str, footer: str, edition: str, page_words: tuple[str, str]
) -> None:
    """Set header and footer; `mark` (of a draft) is on every page, the footer not on the first."""
    page = document.sections[0]
    for header in (page.header, page.first_page_header):
        _set_paragraph(header, markup.paragraph("Header", markup.run(mark)))
    before, between = page_words
    pages = (
        markup.run(before),
        markup.field("PAGE", (markup.run("1"),)),
        markup.run(between),
        markup.field("NUMPAGES", (markup.run("1"),)),
    )
    words = markup.run(f"{footer}\N{NO-BREAK SPACE}\N{MIDDLE DOT} {edition}")
    _set_paragraph(page.footer, markup.paragraph("Footer", words, markup.tab(), *pages))
    _set_paragraph(page.first_page_footer, markup.paragraph("Fact"))


def _set_paragraph(part: Any, paragraph: str) -> None:
    part.is_linked_to_previous = False
    part._element[:] = [parse_xml(paragraph.replace("<w:p>", f"<w:p {markup.SPACES}>", 1))]


def set_properties(
    document: WordDocument, *, title: str, author: str, language: str, subject: str, day: date
) -> None:
    """Set the document's properties; `day` at midnight UTC is its time of creation and last change."""
    told = document.core_properties
    told.title, told.author, told.subject = (_property_text(text) for text in (title, author, subject))
    told.language, told.last_modified_by = language, _property_text(author)
    told.comments, told.keywords, told.revision = "", "", 1
    told.created = told.modified = datetime(day.year, day.month, day.day, tzinfo=UTC).replace(tzinfo=None)


def _property_text(said: str) -> str:
    return " ".join(clean(said).split())[:LONGEST_PROPERTY]


def to_bytes(document: WordDocument) -> bytes:
    """The document as a file whose zip entries have a constant time."""
    made, fixed = io.BytesIO(), io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(fixed, "w") as target:
        for member in source.infolist():
            entry = zipfile.ZipInfo(member.filename, EARLIEST_ZIP_TIME)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            target.writestr(entry, source.read(member), compresslevel=COMPRESSION)
    return fixed.getvalue()
