"""Writes the chapters of a Word document: areas, criteria and indicators with the company's answers."""

from dnk_tool.report.files.word import markup
from dnk_tool.report.files.word.tables import indicator_fields, printed_table
from dnk_tool.report.files.word.writer import DocxWriter
from dnk_tool.report.view.context import EXPLAINED
from dnk_tool.report.view.model import Chapter, DocumentPart
from dnk_tool.report.view.parts import RequirementView


def part(document_part: DocumentPart, pen: DocxWriter) -> str:
    """An area with its chapters."""
    lead = " – ".join(said for said in (document_part.span, document_part.lead) if said)
    opener = pen.heading(1, document_part.title, document_part.anchor) + (
        markup.paragraph("Lead", markup.run(lead)) if lead else ""
    )
    return opener + "".join(_chapter(chapter, pen) for chapter in document_part.chapters)


def _chapter(chapter: Chapter, pen: DocxWriter) -> str:
    parts = [pen.heading(2, chapter.title, chapter.anchor, chapter.number)]
    if chapter.lead:
        asks = markup.run(pen.gettext("Frage an das Unternehmen:"), style="Strong")
        parts.append(markup.paragraph("Lead", asks, markup.run(f" {chapter.lead}")))
    for answer in chapter.parts:
        parts += [_answer(answer, pen), *(pen.chart(chart) for chart in answer.charts)]
    return "".join(parts)


def _answer(requirement_view: RequirementView, pen: DocxWriter) -> str:
    title = pen.heading(3, requirement_view.title, requirement_view.anchor, requirement_view.number)
    if requirement_view.status == EXPLAINED:
        said = pen.gettext("Nicht berichtet – Begründung") + (
            f": {requirement_view.reason}" if requirement_view.reason else ""
        )
        return (
            title
            + markup.paragraph("ExplanationMark", markup.run(said))
            + pen.said(requirement_view.prose, "Explanation", subheading="Heading4")
        )
    if requirement_view.open_label:
        return title + markup.paragraph("Open", markup.run(requirement_view.open_label))
    data = [indicator_fields(each, pen) for each in requirement_view.fields] + [
        printed_table(each, pen) for each in requirement_view.tables
    ]
    return title + pen.said(requirement_view.prose, subheading="Heading4") + "".join(data)
