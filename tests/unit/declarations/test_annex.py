"""The annex: what is written can be read again; one with a flow of material or a path is of version 2."""

import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dnk_tool.domain.declarations.annex import (
    NO_ANNEX,
    Annex,
    AnnexLine,
    AnnexStep,
    CoveredSites,
    EnteredValue,
    FigureExplanation,
    FurtherFigure,
    ListedEvidence,
    ReviewedGoal,
    UsedFactor,
)
from dnk_tool.domain.declarations.climate_path import DeclaredPath, DeclaredYear
from dnk_tool.domain.declarations.document import Document, canonical_json, format_version
from dnk_tool.domain.declarations.document_reader import DocumentError, read_document
from dnk_tool.domain.declarations.document_schema import json_schema
from dnk_tool.domain.declarations.material_flow import DeclaredFlow, declared_flow
from dnk_tool.domain.declarations.redaction import redact_document
from dnk_tool.domain.figures.material_flow import FlowYear
from dnk_tool.domain.quantities import Quantity
from dnk_tool.domain.schema_types import Shape
from dnk_tool.report.files.declaration_spreadsheet import table_rows
from dnk_tool.report.files.docx import to_docx
from dnk_tool.report.files.html import standalone_html
from dnk_tool.report.files.printed_amounts import AmountReader
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import ExportOptions
from dnk_tool.report.view.model import Issue
from dnk_tool.report.view.parts import RequirementView
from tests.support.documents import table_cells

TEXT = st.text("abcäöüßXYZ0123.,-€", min_size=1, max_size=20)
NUMBER = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9)
QUANTITY = st.builds(Quantity, NUMBER.map(lambda n: n if n else Decimal("0.0000")), st.just("kWh-hs"))
FACTOR = st.builds(
    UsedFactor,
    TEXT,
    NUMBER.map(abs),
    st.just("kWh-hs"),
    st.just("kg-co2e"),
    data_year=st.none() | st.just(2025),
)
STEP = st.builds(AnnexStep, TEXT, QUANTITY, QUANTITY, st.none() | FACTOR)
LINE = st.builds(
    AnnexLine,
    TEXT,
    TEXT,
    TEXT,
    TEXT,
    entered=st.lists(st.builds(EnteredValue, TEXT, QUANTITY), max_size=2).map(tuple),
    steps=st.lists(STEP, max_size=3).map(tuple),
)
ANNEX = st.builds(
    Annex,
    calculations=st.lists(LINE, max_size=3).map(tuple),
    figures=st.lists(st.builds(FurtherFigure, TEXT, QUANTITY, TEXT), max_size=2).map(tuple),
    evidence=st.lists(
        st.builds(
            ListedEvidence, TEXT, TEXT, st.just("ab" * 32), st.tuples(TEXT), st.booleans(), st.booleans()
        ),
        max_size=2,
    ).map(tuple),
    explanations=st.lists(st.builds(FigureExplanation, TEXT, TEXT, TEXT), max_size=2).map(tuple),
    goals=st.lists(st.builds(ReviewedGoal, TEXT, st.just(2024), TEXT, TEXT, TEXT), max_size=2).map(tuple),
    scope=st.builds(CoveredSites, *4 * [st.lists(TEXT, max_size=2).map(tuple)], TEXT),
)
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


class File(Shape):
    """A file with an annex."""

    annex: Annex = NO_ANNEX


def read_annex(annex: dict[str, object]) -> Annex:
    return File.model_validate_json(json.dumps({"annex": annex})).annex


@given(ANNEX)
def test_what_is_written_can_be_read_again(annex: Annex) -> None:
    assert read_annex(annex.to_json()) == annex


def test_an_empty_annex_says_nothing() -> None:
    assert NO_ANNEX.to_json() == {}
    assert read_annex({}) == NO_ANNEX


@pytest.mark.parametrize("value", ["1,5", "1e3", "-0.", "NaN", "01"])
def test_a_number_is_exact_text(value: str) -> None:
    step = {
        "datapoint": "x",
        "quantity": {"value": value, "unit": "l"},
        "result": {"value": "1", "unit": "l"},
    }
    line = {"calculator": "energy", "activity": "gas", "title": "Gas", "steps": [step]}
    with pytest.raises(ValidationError):
        read_annex({"calculations": [line]})


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
