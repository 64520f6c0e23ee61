"""Makes one file of what two standards ask for: PDF/A-3 as WeasyPrint writes it, and PDF/UA-1 beside it.

Only the child process imports this module.
"""

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pydyf  # type: ignore[import-untyped]  # it brings no types

from dnk_tool.report.engine.patches import Patch

LEVEL = 6  # of compression; more takes longer and saves next to nothing
_STREAM_END = b"\nendstream"

# PDF/A knows the names of PDF/UA only from a description in the file itself.
_ACCESSIBLE = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfuaid:part>1</pdfuaid:part>
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates, which part of ISO 14289 standard is followed</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>"""
# The whole fingerprint of the declaration, which the imprint shortens.
_IDENTIFIER = b"""
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier>sha256:%s</dc:identifier>
</rdf:Description>"""
_END = b"</rdf:RDF>"


def identify(pdf: pydyf.PDF, fingerprint: str, *, is_checked: bool) -> None:
    """Says in the metadata that a checked file is PDF/UA-1, too, and leaves them readable for any program.

    They have the whole fingerprint, too, unless it is empty. Raises ValueError if there are none.
    """
    metadata = _behind(pdf, pdf.catalog["Metadata"])
    (words,) = metadata.stream
    head, end, rest = words.partition(_END)
    if not end:
        raise ValueError("no metadata")
    accessible = _ACCESSIBLE if is_checked else b""
    named = _IDENTIFIER % fingerprint.encode("ascii") if fingerprint else b""
    metadata.stream, metadata.compress = [head + accessible + named + end + rest], False


def attach(pdf: pydyf.PDF, files: Iterable[Mapping[str, Any]], day: date) -> None:
    """Puts files into the PDF: `name`, `kind`, `relation`, `says` and `content` of each."""
    date_of = pydyf.String(f"D:{day:%Y%m%d}000000Z")
    names, references = pydyf.Array(), pydyf.Array()
    for file in sorted(files, key=lambda file: str(file["name"])):
        content = file["content"]
        stream = pydyf.Stream(
            [content],
            {
                "Type": "/EmbeddedFile",
                "Subtype": pydyf.name(file["kind"]),
                "Params": pydyf.Dictionary(
                    {
                        "Size": len(content),
                        "CreationDate": date_of,
                        "ModDate": date_of,
                        "CheckSum": f"<{hashlib.md5(content, usedforsecurity=False).hexdigest()}>",
                    }
                ),
            },
            compress=True,
        )
        pdf.add_object(stream)
        entry = pydyf.Dictionary(
            {
                "Type": "/Filespec",
                "F": pydyf.String(file["name"]),
                "UF": pydyf.String(file["name"]),
                "Desc": pydyf.String(file["says"]),
                "AFRelationship": f"/{file['relation']}",
                "EF": pydyf.Dictionary({"F": stream.reference, "UF": stream.reference}),
            }
        )
        pdf.add_object(entry)
        names.extend([pydyf.String(file["name"]), entry.reference])
        references.append(entry.reference)
    if references:
        tree = pydyf.Dictionary({"Names": names})
        pdf.add_object(tree)
        pdf.catalog.setdefault("Names", pydyf.Dictionary())["EmbeddedFiles"] = tree.reference
        pdf.catalog["AF"] = references


def _behind(pdf: pydyf.PDF, reference: bytes) -> Any:
    """Returns the object that a reference such as `12 0 R` names."""
    return pdf.objects[int(reference.split()[0])]


def _stream_bytes(_data: Any) -> property:
    """Makes the property that takes the place of `Stream.data`; the original is not asked any more."""
    return property(stream_bytes)


def stream_bytes(stream: Any) -> bytes:
    """The bytes of a stream as pydyf writes them, but for the level of compression and the end.

    A stream whose last byte is a carriage return, before the line feed that follows, seems to end in the line
    break of two signs: one of 256 does. With a break of two signs behind it, nothing can be mistaken
    (ISO 19005-3, 6.1.7.1: the length is that up to the line break).
    """
    content = b"\n".join(
        [piece if type(piece) is bytes else pydyf._to_bytes(piece) for piece in stream.stream]
    )
    extra = pydyf.Dictionary(dict(stream.extra))
    if stream.compress:
        extra["Filter"] = "/FlateDecode"
        content = zlib.compress(content, LEVEL)
    extra["Length"] = len(content)
    end = b"\r" + _STREAM_END if content.endswith(b"\r") else _STREAM_END
    return b"".join((extra.data, b"\nstream\n", content, end))


PATCHES = (
    Patch(
        "pydyf:Stream.data",
        "e757fa71b634103030004ff52888c0f97a308cc91dd077ae38bc20c2c8f19676",
        _stream_bytes,
        relies_on=("pydyf:_to_bytes",),
    ),
)
