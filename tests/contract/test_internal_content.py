"""What a company keeps to itself stands in the print for inside and in nothing else that is handed out."""

import io
from dataclasses import replace
from datetime import date

import docx
import pytest

from dnk_tool.domain.answers.self_assessment import Assessment, Measure, Rating
from dnk_tool.domain.declarations.annex import Annex, AnnexLine, ListedEvidence
from dnk_tool.domain.declarations.document import Document, canonical_json
from dnk_tool.domain.declarations.redaction import redact_document
from dnk_tool.report.files.attachments import attachments_of
from dnk_tool.report.files.declaration_spreadsheet import to_csv
from dnk_tool.report.files.docx import to_docx
from dnk_tool.report.files.html import render_html, standalone_html
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import FULL_EXPORT, ExportOptions, Variant
from dnk_tool.report.view.model import Issue
from tests.support.documents import full_document

ISSUE = Issue(2, date(2026, 3, 2), False, "ab12cd34" * 8)
MEASURE, WHO, SOURCE, CARE, NOTE, PAPER = (
    "Maßnahmekanari",
    "Werkanari",
    "Quellkanari",
    "Sorgekanari",
    "Zeilenkanari",
    "Belegkanari",
)
KEPT = (MEASURE, WHO, SOURCE, CARE, NOTE, PAPER)
EVERYTHING_ELSE = [
    FULL_EXPORT,
    ExportOptions(Variant.SHORT),
    *(ExportOptions(Variant.SECTION, ref) for ref in ("13", "general")),
]


@pytest.fixture(scope="module")
def document() -> Document:
    """A declaration that does not publish its self-assessment, with a word in all that stays inside."""
    full = full_document(with_assessments=False)
    measure = Measure(MEASURE, WHO, date(2025, 1, 31))
    line = AnnexLine("heat", "gas", "Erdgas", "Halle", note=NOTE)
    return replace(
        full,
        figures={
            key: replace(figure, source=SOURCE, responsible=CARE) for key, figure in full.figures.items()
        },
        annex=Annex(calculations=(line,), evidence=(ListedEvidence(PAPER, "", "0" * 64),)),
        internal_assessments={13: Assessment(Rating.PLANNED, (measure,)), 14: Assessment(Rating.NOT_STARTED)},
    )


def word_of(document: Document, edition: ExportOptions) -> str:
    content = to_docx(compose(document, ISSUE, edition, on_paper=False))
    file = docx.Document(io.BytesIO(content))
    return str(file.element.body.xml) + file.sections[0].header.paragraphs[0].text


def met(said: str) -> list[str]:
    return [word for word in KEPT if word in said.replace("\u00ad", "")]


@pytest.mark.parametrize(
    "edition", EVERYTHING_ELSE, ids=lambda edition: f"{edition.variant}{edition.section}"
)
def test_nobody_else_learns_what_is_kept_inside(document: Document, edition: ExportOptions) -> None:
    view = compose(document, ISSUE, edition)
    assert met(repr(view)) == []
    assert met(render_html(view)) == []
    assert met(word_of(document, edition)) == []
    screen = compose(document, ISSUE, edition, on_paper=False)
    assert met(standalone_html(screen)) == []
    assert met(to_csv(document, screen).decode()) == []


@pytest.mark.parametrize("variant", Variant)
def test_no_data_in_a_file_say_it(document: Document, variant: Variant) -> None:
    edition = ExportOptions(variant, "13")
    files = attachments_of(document, issued_on=ISSUE.issued_on, language="de", edition=edition)
    assert [file.content for file in files if file.name.endswith("json")] == (
        [] if variant is Variant.SECTION else [canonical_json(redact_document(document))]
    )
    assert [met(file.content.decode("utf-8", "ignore")) for file in files] == [[]] * len(files)


def test_the_print_for_inside_says_all_of_it_and_warns(document: Document) -> None:
    edition = ExportOptions(Variant.INTERNAL)
    view = compose(document, ISSUE, edition)
    assert met(render_html(view)) == [*KEPT]
    assert met(word_of(document, edition)) == [*KEPT]
    assert view.draft_mark == "Intern – nicht zur Weitergabe"
    assert "Intern – nicht zur Weitergabe" in word_of(document, edition)
    assert "14\u00a0Arbeitnehmerrechte" in render_html(view), "rated weak, and no measure yet"


def test_a_self_assessment_that_is_published_stands_in_the_whole_declaration() -> None:
    published = full_document(with_assessments=True)
    assert compose(published, ISSUE).ratings != ()
    assert compose(published, ISSUE, ExportOptions(Variant.SHORT)).ratings == ()
