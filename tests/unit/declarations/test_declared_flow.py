"""A declaration that takes its flow of material in is a file of version 2; others stay as they were."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from dnk_tool.domain.declarations.document import Document, canonical_json, format_version
from dnk_tool.domain.declarations.document_reader import DocumentError, read_document
from dnk_tool.domain.declarations.document_schema import json_schema
from dnk_tool.domain.declarations.material_flow import DeclaredFlow, declared_flow
from dnk_tool.domain.declarations.redaction import redact_document
from dnk_tool.domain.figures.material_flow import FlowYear
from dnk_tool.report.files.html import standalone_html
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import ExportOptions
from dnk_tool.report.view.model import Issue
from dnk_tool.report.view.parts import RequirementView
from tests.support.documents import table_cells

DRAFT = read_document((Path(__file__).parents[2] / "data/draft.json").read_bytes())
YEAR = DRAFT.reporting_year
BEFORE = FlowYear(YEAR - 1, renewable=Decimal(50), non_renewable=Decimal(50))
NOW = FlowYear(
    YEAR,
    renewable=Decimal(80),
    non_renewable=Decimal(20),
    recycled=Decimal("15.5"),
    products=Decimal(60),
    waste=Decimal(18),
    waste_recycled=Decimal(10),
    waste_recovered=Decimal(12),
)
FLOW = DeclaredFlow((BEFORE, NOW))
WITH_FLOW = replace(DRAFT, material_flow=FLOW)
ISSUE = Issue(1, date(2026, 11, 25), is_draft=False, fingerprint="0" * 64)


def printed_flow(document: Document, language: str = "de") -> RequirementView | None:
    view = compose(document, ISSUE, ExportOptions(language=language))  # type: ignore[arg-type]
    chapters = [chapter for part in view.parts for chapter in part.chapters]
    found = {
        chapter.number: one for chapter in chapters for one in chapter.parts if one.anchor == "stofffluss"
    }
    assert set(found) <= {"11"}
    return found.get("11")


def test_a_flow_comes_back_byte_for_byte() -> None:
    content = canonical_json(WITH_FLOW)
    assert read_document(content) == WITH_FLOW
    assert canonical_json(read_document(content)) == content
    jsonschema.Draft202012Validator(json_schema(2)).validate(json.loads(content))


def test_only_a_flow_makes_the_difference() -> None:
    assert format_version(WITH_FLOW) == 2
    assert b"material_flow" not in canonical_json(DRAFT)


def test_a_flow_in_a_file_of_the_first_version_is_a_fault() -> None:
    data = json.loads(canonical_json(WITH_FLOW)) | {"version": 1}
    with pytest.raises(DocumentError) as raised:
        read_document(json.dumps(data).encode())
    assert "material_flow" in {problem.path for problem in raised.value.problems}


@pytest.mark.parametrize(
    "years", [[], [{"year": 2025, "renewable": 12}], [{"year": 2025, "gold": "1"}], [{}]]
)
def test_what_is_no_flow_is_a_fault(years: object) -> None:
    data = json.loads(canonical_json(WITH_FLOW)) | {"material_flow": {"years": years}}
    with pytest.raises(DocumentError):
        read_document(json.dumps(data).encode())


def test_readers_get_the_flow() -> None:
    assert redact_document(WITH_FLOW).material_flow == FLOW


def test_the_flow_stands_in_criterion_11() -> None:
    assert printed_flow(DRAFT) is None
    part = printed_flow(WITH_FLOW)
    assert part is not None
    said = table_cells(part)
    assert ["Eingesetzte Materialien", "100", "100"] in [
        [cell.removesuffix(",0") for cell in row] for row in said
    ]
    assert ["Nicht erklärter Rest", "22", "22"] in [[cell.removesuffix(",0") for cell in row] for row in said]
    assert any(row[0].startswith("Mehr als 10") for row in said)
    assert not any("Deutschland" in row[0] for row in said)  # nothing is known of it
    assert "Produkte: 60" in str(part.charts[0].svg)


def test_the_flow_is_told_in_english_too() -> None:
    part = printed_flow(WITH_FLOW, "en")
    assert part is not None
    assert not {"Abfall", "Produkte", "Nicht erklärter Rest"} & {row[0] for row in table_cells(part)}


def test_the_page_has_the_flow() -> None:
    assert standalone_html(compose(WITH_FLOW, ISSUE, on_paper=False)).count('id="stofffluss"') == 1


def test_a_withheld_figure_takes_all_of_the_material_with_it() -> None:
    declared = declared_flow((BEFORE, NOW), YEAR, {"materials.renewable.mass"})
    assert declared == DeclaredFlow(
        (FlowYear(YEAR, waste=Decimal(18), waste_recycled=Decimal(10), waste_recovered=Decimal(12)),)
    )
    assert declared_flow((BEFORE, NOW), YEAR, {"waste.total"}) is not None


def test_amounts_fit_the_format_or_there_is_no_flow() -> None:
    third = declared_flow((FlowYear(YEAR, renewable=Decimal(1) / 3),), YEAR, ())
    assert third is not None
    assert third.years[0].renewable == Decimal("0.333333")
    assert declared_flow((FlowYear(YEAR, renewable=Decimal(10) ** 30),), YEAR, ()) is None
    assert declared_flow((BEFORE,), YEAR, ()) is None
