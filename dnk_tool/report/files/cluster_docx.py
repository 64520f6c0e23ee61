"""Writes a cluster's report as a Word document, with the same chapters as its pages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from dnk_tool.language import Language, known_language
from dnk_tool.report.files.word import markup, package, page_layout
from dnk_tool.report.files.word.front_matter import contents_of
from dnk_tool.report.files.word.grid import WordCell, table
from dnk_tool.report.files.word.tables import head_cell, label_cell, printed_table, text_cell
from dnk_tool.report.files.word.writer import PartWriter
from dnk_tool.report.view.cluster.model import ClusterReportView, ReportChapter, ReportGroup

ABOUT, TERMS = "impressum", "begriffe"
_TILE_WIDTHS, _TERM_WIDTHS = (46, 27, 27), (30, 70)


@dataclass
class ClusterReportWriter(PartWriter):
    """Writes one report."""

    view: ClusterReportView
    embed: Callable[[bytes], str]
    marks: dict[str, str] = field(default_factory=dict)
    pictures: int = 0

    @property
    def language(self) -> Language:
        return known_language(self.view.language[:2])


def cluster_report_to_docx(view: ClusterReportView) -> bytes:
    """The report as DOCX; it must be composed with `on_paper=False`. The same view gives the same bytes."""
    document = package.new_document(view.language)
    pen = ClusterReportWriter(view, package.embedder(document))
    package.set_body(document, "".join(_body(pen)))
    page_layout.write_page_numbers(document)
    package.set_header_and_footer(
        document, mark=view.draft_mark, footer=view.footer, edition=view.edition, page_words=view.page_words
    )
    package.set_properties(
        document,
        title=view.title,
        author=view.cluster,
        language=view.language,
        subject=view.edition,
        day=date.fromisoformat(view.made_on),
    )
    return package.to_bytes(document)


def _body(pen: ClusterReportWriter) -> Iterator[str]:
    view, _ = pen.view, pen.gettext
    yield _cover(pen)
    yield contents_of([*_contents_entries(pen)], pen)
    for chapter in view.all_chapters:
        yield from _chapter(chapter, pen)
    if view.glossary:
        yield pen.heading(1, _("Begriffe und Abkürzungen"), TERMS)
        yield _terms(pen)
    yield pen.heading(1, _("Zu diesem Bericht"), ABOUT, runs_on=True)
    for said in view.about:
        yield markup.paragraph("Normal", markup.run(said))


def _contents_entries(pen: ClusterReportWriter) -> Iterator[tuple[int, str, str]]:
    yield from ((1, chapter.title, chapter.anchor) for chapter in pen.view.all_chapters)
    if pen.view.glossary:
        yield 1, pen.gettext("Begriffe und Abkürzungen"), TERMS
    yield 1, pen.gettext("Zu diesem Bericht"), ABOUT


def _cover(pen: ClusterReportWriter) -> str:
    parts = [
        markup.paragraph("Company", markup.run(pen.view.cluster)),
        markup.paragraph("Title", markup.run(pen.gettext("Bericht des Clusters zur Nachhaltigkeit"))),
        markup.paragraph("Subtitle", markup.run(pen.view.year)),
    ]
    for name, text in pen.view.facts:
        said = markup.run(name, style="Strong"), markup.tab(), markup.run(text)
        parts.append(markup.paragraph("Fact", *said))
    return "".join(parts)


def _chapter(chapter: ReportChapter, pen: ClusterReportWriter) -> Iterator[str]:
    has_tables = any(group.tables for group in chapter.groups)
    yield pen.heading(1, chapter.title, chapter.anchor, runs_on=not (has_tables or chapter.begins_page))
    if chapter.lead:
        yield markup.paragraph("Lead", markup.run(chapter.lead))
    if chapter.tiles:
        yield _tiles(chapter, pen)
    for group in chapter.groups:
        yield from _group(group, pen)


def _group(group: ReportGroup, pen: ClusterReportWriter) -> Iterator[str]:
    if group.title:
        yield pen.heading(2, group.title)
    yield from (markup.paragraph("Normal", markup.run(text)) for text in group.texts)
    yield from (pen.chart(chart) for chart in group.charts)
    yield from (printed_table(each, pen) for each in group.tables)
    yield from (markup.paragraph("Legend", markup.run(note)) for note in group.notes)


def _tiles(chapter: ReportChapter, pen: ClusterReportWriter) -> str:
    _ = pen.gettext
    heads = (head_cell(_("Kennzahl")), head_cell(_("Wert"), is_number=True), head_cell(_("Dazu")))
    rows = [
        (
            label_cell(tile.label),
            text_cell(f"{tile.value} {tile.unit}".strip(), pen, is_number=True),
            text_cell(tile.companies, pen),
        )
        for tile in chapter.tiles
    ]
    return table(chapter.title, heads, rows, _TILE_WIDTHS)


def _terms(pen: ClusterReportWriter) -> str:
    title = pen.gettext("Begriffe und Abkürzungen")
    heads = (head_cell(pen.gettext("Begriff")), head_cell(pen.gettext("Bedeutung")))
    rows: list[tuple[WordCell, WordCell]] = [
        (label_cell(entry.label), text_cell(entry.prose[0].lines[0], pen)) for entry in pen.view.glossary
    ]
    return table(title, heads, rows, _TERM_WIDTHS)
