"""A declaration as one value: the same content is the same bytes and comes back; too long, it says where."""

import json
import random
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import jsonschema
import pytest

from dnk_tool.domain.answers import completeness
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Quality
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.declarations.document import Document, canonical_json, document_to_json, fingerprint
from dnk_tool.domain.declarations.document_parser import DocumentError
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.document_schema import json_schema
from dnk_tool.domain.declarations.redaction import redact_document
from dnk_tool.domain.declarations.size import declaration_size
from dnk_tool.domain.organisation import Profile
from dnk_tool.domain.quantities import Quantity
from tests.support.documents import full_document, stored_document

DATA = Path(__file__).parents[2] / "data"
FILES = sorted(DATA.glob("*.json"))
COMPLETE = [path for path in FILES if path.stem != "draft"]
VALIDATOR = jsonschema.Draft202012Validator(json_schema(), format_checker=jsonschema.FormatChecker())

K = TypeVar("K")
V = TypeVar("V")
BARE = Document("dnk-2017", 2025, "gri", "de", frozenset(), Profile("Neue Firma GmbH"))

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def shuffled(data: Any, chance: random.Random) -> Any:
    """The same JSON with the names of every object in another order."""
    if isinstance(data, list):
        return [shuffled(item, chance) for item in data]
    if isinstance(data, dict):
        return {key: shuffled(data[key], chance) for key in chance.sample(sorted(data), len(data))}
    return data


def turned_round(mapping: Mapping[K, V]) -> dict[K, V]:
    return dict(reversed(list(mapping.items())))


def test_the_test_data_is_there_and_described() -> None:
    described = (DATA / "README.md").read_text(encoding="utf-8")
    assert len(FILES) >= 6
    assert all(f"`{path.name}`" in described for path in FILES)


@each_file
def test_a_canonical_file_comes_back_byte_for_byte(path: Path) -> None:
    content = path.read_bytes()
    assert canonical_json(read_document(content)) == content


@each_file
def test_a_file_has_the_published_shape(path: Path) -> None:
    assert list(VALIDATOR.iter_errors(json.loads(path.read_bytes()))) == []


@pytest.mark.parametrize("path", COMPLETE, ids=lambda path: path.stem)
def test_a_complete_declaration_has_no_gaps(path: Path) -> None:
    document = read_document(path.read_bytes())
    assert completeness.declaration_gaps(document.sheet()) == ()
    assert document.organisation.missing == ()


def test_the_draft_has_gaps_of_every_kind() -> None:
    sheet = stored_document("draft").sheet()
    kinds = {gap.kind for gap in completeness.declaration_gaps(sheet)}
    elsewhere = {
        completeness.GapKind.NOT_CONFIRMED,
        completeness.GapKind.NO_PROFILE,
        completeness.GapKind.UNCHECKED_DRAFT,  # no part of a document
    }
    assert kinds >= set(completeness.GapKind) - elsewhere


def test_general_information_misses_what_the_profile_lacks() -> None:
    document = stored_document("craft")
    bare = replace(document, organisation=Profile("Nur ein Name"))
    missing = {gap.item for gap in completeness.declaration_gaps(bare.sheet())}
    assert missing == {f"organisation.{name}" for name in ("legal-form", "sector", "employees", "address")}


@each_file
@pytest.mark.parametrize("seed", range(3))
def test_order_and_layout_of_a_file_do_not_matter(path: Path, seed: int) -> None:
    content, chance = path.read_bytes(), random.Random(seed)
    data = shuffled(json.loads(content), chance)
    for name in ("figures", "done", "options"):
        chance.shuffle(data[name])
    for layout in ({}, {"indent": 2}, {"ensure_ascii": False}):
        assert canonical_json(read_document(json.dumps(data, **layout).encode())) == content
    assert canonical_json(read_document(b"\xef\xbb\xbf" + json.dumps(data).encode())) == content


@each_file
def test_the_order_in_which_a_document_was_built_does_not_matter(path: Path) -> None:
    document = read_document(path.read_bytes())
    turned = replace(
        document,
        answers=turned_round(document.answers),
        figures=turned_round(document.figures),
        assessments=document.assessments and turned_round(document.assessments),
    )
    assert canonical_json(turned) == canonical_json(document)
    assert fingerprint(canonical_json(turned)) == fingerprint(canonical_json(document))


def test_canonical_bytes_are_as_promised() -> None:
    document = replace(BARE, answers={"1.1": Answer(text="Über „Grünes“ 🌲")})
    assert (
        canonical_json(document)
        == (
            '{"answers":{"1.1":{"text":"Über „Grünes“ 🌲"}},"done":[],"edition":"dnk-2017","figures":[],'
            '"format":"dnk-declaration","indicator_set":"gri","language":"de","options":[],'
            '"organisation":{"name":"Neue Firma GmbH"},"reporting_year":2025,"version":1}\n'
        ).encode()
    )
    assert fingerprint(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_another_word_gives_another_fingerprint() -> None:
    said, other = (replace(BARE, answers={"1.1": Answer(text=text)}) for text in ("Ja", "Ja."))
    assert fingerprint(canonical_json(said)) != fingerprint(canonical_json(other))


@pytest.mark.parametrize(
    "nothing",
    [
        {"answers": {"1.1": Answer(), "1.2": Answer(Disclosure.COMPLY), "3.1.goals": Answer(value=Rows(()))}},
        {"figures": {(2025, "energy.total"): Figure(), (2024, "energy.total"): Figure(unit="kWh")}},
        {"organisation": Profile("Neue Firma GmbH", legal_form="", employees=None, sites=())},
    ],
)
def test_what_is_empty_leaves_no_trace(nothing: dict[str, Any]) -> None:
    assert canonical_json(replace(BARE, **nothing)) == canonical_json(BARE)


@pytest.mark.parametrize(
    "figure",
    [
        Figure(Decimal("0"), "kWh"),
        Figure(Decimal("-0.0"), "kWh"),
        Figure(Decimal("5.10"), "GJ", Quality.MEASURED, "laut Zähler"),
        Figure(Decimal("1E+3"), "kWh"),
        Figure(Decimal("1E-10"), "TJ"),
        Figure(Decimal("99999999999999999999.9999999999"), "kWh"),
        Figure(None, "kWh", Quality.NOT_AVAILABLE),
        Figure(None, "kWh", None, "kommt im März"),
    ],
)
def test_every_figure_of_a_form_can_be_exported_and_read_again(figure: Figure) -> None:
    content = canonical_json(replace(BARE, figures={(2025, "energy.total"): figure}))
    assert list(VALIDATOR.iter_errors(json.loads(content))) == []
    read = read_document(content).figures[2025, "energy.total"]
    assert (read.value, read.quality, read.note) == (figure.value, figure.quality, figure.note)
    assert read.unit == ("" if figure.value is None else figure.unit)
    assert canonical_json(read_document(content)) == content


def test_a_profile_without_employees_keeps_the_zero() -> None:
    profile = Profile("Büro Ahlsdorf", employees=0, turnover=Quantity(Decimal("0"), "EUR"))
    data = document_to_json(replace(BARE, organisation=profile))["organisation"]
    assert data == {"name": "Büro Ahlsdorf", "employees": 0, "turnover": {"value": "0", "unit": "EUR"}}


def test_a_self_assessment_without_ratings_is_still_published() -> None:
    content = canonical_json(replace(BARE, assessments={}))
    assert read_document(content).assessments == {}
    assert read_document(canonical_json(BARE)).assessments is None


def test_a_sheet_holds_the_figures_of_one_year() -> None:
    figures = {(year, "energy.total"): Figure(Decimal(year), "kWh") for year in (2023, 2025, 2022)}
    document = replace(BARE, figures=figures)
    assert document.earlier_years == (2023, 2022)
    assert document.sheet().figures == {"energy.total": figures[2025, "energy.total"]}
    assert document.sheet(2023).figures == {"energy.total": figures[2023, "energy.total"]}
    assert document.sheet(2024).figures == {}


def answered(**lengths: int) -> Document:
    """The full declaration with longer answers to aspects, such as c13_1=5000."""
    document = full_document()
    said = {
        name.removeprefix("c").replace("_", "."): Answer(Disclosure.COMPLY, "ä" * length)
        for name, length in lengths.items()
    }
    return replace(document, answers={**document.answers, **said})


def test_a_usual_declaration_has_nothing_to_shorten() -> None:
    size = declaration_size(full_document())
    assert size.size == len(canonical_json(redact_document(full_document())))
    assert (size.is_large, size.is_too_large, size.parts) == (False, False, ())


def test_the_longest_parts_come_first() -> None:
    size = declaration_size(answered(c13_1=400_000, c13_2=300_000, c2_1=600_000))
    assert size.is_large
    assert [part.display_name("de") for part in size.parts[:2]] == [
        "13 Klimarelevante Emissionen",
        "2 Wesentlichkeit",
    ]
    assert size.parts[0].characters > 700_000
    assert len(size.parts) == 2, "nothing else is long"


def test_notes_on_figures_count_as_such() -> None:
    document = full_document()
    notes = {place: replace(figure, note="n" * 9_000) for place, figure in document.figures.items()}
    assert (
        declaration_size(replace(document, figures=notes)).parts[0].display_name("en") == "Notes on figures"
    )


@pytest.mark.parametrize(("length", "is_readable"), [(50_000, True), (100_000, False)])
def test_too_large_is_what_could_not_be_read_again(length: int, is_readable: bool) -> None:
    refs = [aspect.ref for section in full_document().selection.criteria for aspect in section.aspects]
    document = answered(**{f"c{ref.replace('.', '_')}": length for ref in refs[:60]})
    assert declaration_size(document).is_too_large is not is_readable
    if is_readable:
        assert canonical_json(read_document(canonical_json(document))) == canonical_json(document)
    else:
        with pytest.raises(DocumentError) as caught:
            read_document(canonical_json(document))
        assert [problem.code for problem in caught.value.problems] == ["too-large"]
