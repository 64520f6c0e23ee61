"""A declaration that takes its company's path in is a file of version 2; every other one stays as it was."""

import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import jsonschema
import pytest

from dnk_tool.domain.declarations.climate_path import DeclaredPath, DeclaredYear
from dnk_tool.domain.declarations.document import Document, canonical_json, format_version
from dnk_tool.domain.declarations.document_reader import DocumentError, read_document
from dnk_tool.domain.declarations.document_schema import json_schema
from dnk_tool.domain.declarations.redaction import redact_document
from dnk_tool.report.files.declaration_spreadsheet import table_rows
from dnk_tool.report.files.docx import to_docx
from dnk_tool.report.files.html import standalone_html
from dnk_tool.report.files.printed_amounts import AmountReader
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import ExportOptions
from dnk_tool.report.view.model import Issue
from dnk_tool.report.view.parts import RequirementView
from tests.support.documents import table_cells

DRAFT = read_document((Path(__file__).parents[2] / "data/draft.json").read_bytes())
PATH = DeclaredPath(
    base_year=2022,
    base=Decimal(142),
    target_year=2025,
    target=Decimal("78.1"),
    scope2="location",
    years=(
        DeclaredYear(2022, Decimal(142), Decimal(142)),
        DeclaredYear(2023, Decimal("120.7"), Decimal(138)),
        DeclaredYear(2024, Decimal("99.4"), None, Decimal(103)),
        DeclaredYear(2025, Decimal("78.1"), None, Decimal(87)),
    ),
    percent=Decimal(45),
    scope3=("ghg.scope3.waste",),
    base_reason="Das Werk Süd kam dazu.",
    neutral_year=2040,
    neutrality="calculated",
    grid=(Decimal("0.363"), Decimal("0.1")),
    grid_year=2035,
    measures=("PV-Anlage Halle 2",),
)
WITH_PATH = replace(DRAFT, climate_path=PATH)
ISSUE = Issue(1, date(2026, 11, 25), is_draft=False, fingerprint="0" * 64)


def printed_path(document: Document, language: str = "de") -> RequirementView | None:
    view = compose(document, ISSUE, ExportOptions(language=language))  # type: ignore[arg-type]
    chapters = [chapter for part in view.parts for chapter in part.chapters]
    found = [one for chapter in chapters for one in chapter.parts if one.anchor == "klimapfad"]
    assert all(chapter.number == "13" for chapter in chapters for one in chapter.parts if one in found)
    return found[0] if found else None


def test_a_path_comes_back_byte_for_byte() -> None:
    content = canonical_json(WITH_PATH)
    assert read_document(content) == WITH_PATH
    assert canonical_json(read_document(content)) == content
    jsonschema.Draft202012Validator(json_schema(2)).validate(json.loads(content))


def test_only_a_path_makes_the_difference() -> None:
    assert format_version(WITH_PATH) == 2
    assert format_version(DRAFT) == format_version(replace(WITH_PATH, climate_path=None))
    assert b"climate_path" not in canonical_json(DRAFT)


def test_a_path_in_a_file_of_the_first_version_is_a_fault() -> None:
    data = json.loads(canonical_json(WITH_PATH)) | {"version": 1}
    with pytest.raises(DocumentError) as raised:
        read_document(json.dumps(data).encode())
    assert "climate_path" in {problem.path for problem in raised.value.problems}


@pytest.mark.parametrize(
    ("key", "value"), [("scope2", "both"), ("years", []), ("base", 142), ("owners", ["Petra"])]
)
def test_what_is_no_path_is_a_fault(key: str, value: object) -> None:
    data = json.loads(canonical_json(WITH_PATH))
    data["climate_path"][key] = value
    with pytest.raises(DocumentError):
        read_document(json.dumps(data).encode())


def test_readers_get_the_path() -> None:
    assert redact_document(WITH_PATH).climate_path == PATH


def test_the_path_stands_in_criterion_13() -> None:
    assert printed_path(DRAFT) is None
    part = printed_path(WITH_PATH)
    assert part is not None
    assert part.title == "Klimapfad bis 2025"
    said = table_cells(part)
    assert ["Ziel", "45\u00a0% weniger bis 2025: von 142\u00a0t im Jahr 2022 auf 78\u00a0t."] in [
        [text.replace("45 %", "45\u00a0%") for text in row] for row in said
    ]
    assert ["2025", "–", "78", "87", "9"] in said
    assert ["Maßnahmen im Pfad", "PV-Anlage Halle 2"] in said
    assert "2024: erwartet 103" in str(part.charts[0].svg)


def test_the_path_is_told_in_english_with_the_words_of_the_company() -> None:
    part = printed_path(WITH_PATH, "en")
    assert part is not None
    said = dict(row for row in table_cells(part) if len(row) == 2)
    assert "Das Werk Süd kam dazu." in said.values()
    assert not {"Ziel", "Was zählt", "Leitziel"} & said.keys()


def test_page_word_and_rows_have_the_path() -> None:
    view = compose(WITH_PATH, ISSUE, on_paper=False)
    page = standalone_html(view)
    assert page.count('id="klimapfad"') == 1
    assert "PV-Anlage Halle 2" in page
    tables = docx.Document(io.BytesIO(to_docx(view))).tables
    assert any(
        "PV-Anlage Halle 2" in cell.text for table in tables for row in table.rows for cell in row.cells
    )
    amounts = AmountReader(WITH_PATH.selection.catalogue.families.values(), "de", "de")
    assert any("PV-Anlage Halle 2" in str(row) for row in table_rows(view, amounts, str))
