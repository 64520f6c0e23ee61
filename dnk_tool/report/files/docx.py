"""Writes the declaration as a Word document that people can edit, lay out anew or copy from."""

from datetime import date

from dnk_tool.report.files.word import back_matter, chapters, front_matter, package, page_layout
from dnk_tool.report.files.word.writer import DocxWriter
from dnk_tool.report.view.edition import Variant
from dnk_tool.report.view.model import DeclarationView

SEPARATOR = " \N{MIDDLE DOT} "


def to_docx(view: DeclarationView) -> bytes:
    """The view as DOCX; it must be composed with `on_paper=False`. The same view gives the same bytes."""
    document = package.new_document(view.language, view.look.palette)
    pen = DocxWriter(view, package.embedder(document))
    is_whole = view.variant is Variant.FULL
    body = [front_matter.cover(pen), front_matter.contents(pen) if is_whole else front_matter.notice(pen)]
    body += [front_matter.foreword(pen), front_matter.glance(pen), front_matter.general(pen)]
    body += [chapters.part(part, pen) for part in view.parts]
    body += [
        back_matter.ratings(pen),
        *(back_matter.digest(digest, pen) for digest in view.digests),
        back_matter.overview(pen),
    ]
    body += [back_matter.annex(pen), back_matter.glossary(pen), back_matter.imprint(pen)]
    package.set_body(document, "".join(body))
    package.set_numbered_lists(document, pen.numbered_lists)
    page_layout.write_page_numbers(document)
    package.set_header_and_footer(
        document,
        mark=SEPARATOR.join([*view.draft_mark.splitlines()]),
        footer=view.footer,
        edition=view.edition,
        page_words=view.page_words,
    )
    package.set_properties(
        document,
        title=view.title,
        author=view.author,
        language=view.language,
        subject=view.edition,
        day=date.fromisoformat(view.issued_on),
    )
    return package.to_bytes(document)
