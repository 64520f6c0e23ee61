"""Writes paragraphs as WordprocessingML. All text of a Word document is escaped here, nowhere else."""

import re
from collections.abc import Callable, Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from dnk_tool.report.text.plain import clean
from dnk_tool.report.text.prose import Block

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
}
SPACES = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in NAMESPACES.items())

_MARKS = {"\n": "<w:br/>", "\N{SOFT HYPHEN}": "<w:softHyphen/>"}
_QUOTES = re.compile(r'["\\]')
_MARK = re.compile("([\n\N{SOFT HYPHEN}])")
_SIGN, _SIGNS = re.compile("([\n\t])"), {"\n": "<w:br/>", "\t": "<w:tab/>"}


def attribute(text: str) -> str:
    """The text as an escaped attribute value with its quotes; line ends become spaces."""
    return quoteattr(" ".join(clean(text).split()))


def run(text: str, *, style: str = "", language: str = "", is_bold: bool = False) -> str:
    """A run of text; `style` is a character style, `language` one that differs from the document's."""
    if not text:
        return ""
    properties = f'<w:rStyle w:val="{style}"/>' if style else ""
    properties += "<w:b/><w:bCs/>" if is_bold else ""
    properties += f'<w:lang w:val="{language}"/>' if language else ""
    pieces = "".join(_MARKS.get(piece) or _text(piece) for piece in _MARK.split(clean(text)) if piece)
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{pieces}</w:r>"


def _text(text: str) -> str:
    return f'<w:t xml:space="preserve">{escape(text)}</w:t>'


def exact_run(text: str) -> str:
    """A run with exactly this text, with line breaks and tabs: it is to come back as it is."""
    pieces = "".join(
        _SIGNS.get(piece) or f'<w:t xml:space="preserve">{escape(piece)}</w:t>'
        for piece in _SIGN.split(text)
        if piece
    )
    return f"<w:r>{pieces}</w:r>"


def paragraph(style: str, *runs: str, properties: str = "") -> str:
    """A paragraph in a style of `styles.xml`; the runs and further properties are WordprocessingML."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{"".join(runs)}</w:p>'


def line_runs(
    block: Block, mark: Callable[[str], str], *, line: int = 0, language: str = ""
) -> Iterator[str]:
    """The runs of a line with its links."""
    for text, target, is_bold in block.pieces(line):
        if target is None:
            yield run(text, language=language, is_bold=is_bold)
        elif target.target.startswith("#"):
            yield link(mark(target.target[1:]), run(text, language=language, is_bold=is_bold))
        else:
            yield address_link(target.target, text, is_bold=is_bold)


def address_link(address: str, text: str, *, is_bold: bool = False) -> str:
    """A link to an address outside of the document."""
    shown = run(text, style="Hyperlink", is_bold=is_bold)
    return field(f'HYPERLINK "{_QUOTES.sub(quote_sign, address)}"', (shown,))


def quote_sign(sign: re.Match[str]) -> str:
    """The sign as an address may hold it: a quote or a backslash would end the instruction of a field."""
    return f"%{ord(sign[0]):02X}"


def tab() -> str:
    """A run with one tab stop."""
    return "<w:r><w:tab/></w:r>"


def field(instruction: str, result: Iterable[str] = ()) -> str:
    """A complex field that the word processor computes; `result` (runs) is shown until then."""
    return f"{begin_field(instruction)}{''.join(result)}{end_field()}"


def begin_field(instruction: str) -> str:
    """The runs that begin a field; its result follows, then `end_field`."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )


def end_field() -> str:
    """The run that ends a field begun with `begin_field`."""
    return '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def link(mark: str, *runs: str) -> str:
    """A link to the bookmark `mark` of the document."""
    return f'<w:hyperlink w:anchor="{mark}" w:history="1">{"".join(runs)}</w:hyperlink>'
