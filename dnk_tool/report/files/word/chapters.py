"""The chapters of a Word document: areas, criteria and indicators with what the company says."""

from dnk_tool.report.files.word import markup
from dnk_tool.report.files.word.tables import indicator_fields, printed_table
from dnk_tool.report.files.word.writer import DocxWriter
from dnk_tool.report.view.context import EXPLAINED
from dnk_tool.report.view.model import Chapter, DocumentPart
from dnk_tool.report.view.parts import RequirementView


def part(one: DocumentPart, pen: DocxWriter) -> str:
    """An area with its chapters."""
    lead = " – ".join(said for said in (one.span, one.lead) if said)
    opener = pen.heading(1, one.title, one.anchor) + (
        markup.paragraph("Lead", markup.run(lead)) if lead else ""
    )
    return opener + "".join(_chapter(chapter, pen) for chapter in one.chapters)


def _chapter(one: Chapter, pen: DocxWriter) -> str:
    parts = [pen.heading(2, one.title, one.anchor, one.number)]
    if one.lead:
        asks = markup.run(pen.gettext("Frage an das Unternehmen:"), style="Strong")
        parts.append(markup.paragraph("Lead", asks, markup.run(f" {one.lead}")))
    parts += [pen.chart(chart) for chart in one.charts]
    parts += [_answer(answer, pen) for answer in one.parts]
    return "".join(parts)


def _answer(one: RequirementView, pen: DocxWriter) -> str:
    title = pen.heading(3, one.title, one.anchor, one.number)
    if one.status == EXPLAINED:
        said = pen.gettext("Nicht berichtet – Begründung") + (f": {one.reason}" if one.reason else "")
        return (
            title + markup.paragraph("ExplanationMark", markup.run(said)) + pen.said(one.prose, "Explanation")
        )
    if one.open_label:
        return title + markup.paragraph("Open", markup.run(one.open_label))
    data = [indicator_fields(each, pen) for each in one.fields] + [
        printed_table(each, pen) for each in one.tables
    ]
    return title + pen.said(one.prose) + "".join(data)
