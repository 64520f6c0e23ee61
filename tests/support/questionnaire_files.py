"""Questionnaires as somebody sends them back: fields of a Word file filled in, or another body."""

import io
import re
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

from dnk_tool.domain.declarations.questionnaire.marks import parse_mark

PART = "word/document.xml"
SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def replaced(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The archive with some parts replaced or added."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in source.namelist():
            if name not in parts:
                new.writestr(name, source.read(name))
        for name, part in parts.items():
            new.writestr(name, part)
    return made.getvalue()


def document_part(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(PART).decode()


def tags(content: bytes) -> dict[str, str]:
    """The tags of the fields, by ref and part such as "1.1/text"."""
    marks = re.findall(r'<w:tag w:val="(dnk:[^"]+)"', document_part(content))
    return {f"{mark.ref}/{mark.part}": tag for tag in marks if (mark := parse_mark(tag))}


def filled_in(content: bytes, texts: Mapping[str, str], *, beside: str = "") -> bytes:
    """The file with these texts in the fields, by ref and part such as "1.1/text"; `beside`: in none."""
    part = document_part(content)
    for place, text in texts.items():
        tag = tags(content)[place]
        start = part.index("<w:sdtContent>", part.index(f'<w:tag w:val="{tag}"'))
        end = part.index("</w:sdtContent>", start)
        run = f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'.replace("\n", "</w:t><w:br/><w:t>")
        part = f"{part[:start]}<w:sdtContent>{run}{part[end:]}"
    if beside:
        part = part.replace("<w:sectPr", f"<w:p><w:r><w:t>{beside}</w:t></w:r></w:p><w:sectPr", 1)
    return replaced(content, {PART: part.encode()})


def body(content: bytes, inside: str) -> bytes:
    """The file with another body."""
    return replaced(content, {PART: f"<w:document {SPACES}><w:body>{inside}</w:body></w:document>".encode()})
