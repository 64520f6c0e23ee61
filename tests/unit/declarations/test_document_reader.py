"""Files from outside: a valid document, or every problem by path, and never anything else."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dnk_tool.domain.declarations.document import Document, canonical_json
from dnk_tool.domain.declarations.document_parser import (
    MAX_BYTES,
    MAX_PROBLEMS,
    DocumentError,
    DocumentProblem,
)
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.document_schema import json_schema

quick = settings(max_examples=120, deadline=None, database=None)

DATA = Path(__file__).parents[2] / "data"
DRAFT = json.loads((DATA / "draft.json").read_bytes())
EFFAS = json.loads((DATA / "effas.json").read_bytes())
VALIDATOR = jsonschema.Draft202012Validator(json_schema())

MINIMAL: dict[str, Any] = {
    "format": "dnk-declaration",
    "version": 1,
    "edition": "dnk-2017",
    "reporting_year": 2025,
    "indicator_set": "gri",
    "language": "de",
    "organisation": {"name": "Neue Firma GmbH"},
}
ENERGY = {"datapoint": "energy.total", "year": 2025, "value": "1", "unit": "kWh"}


def problems_of(content: bytes) -> list[DocumentProblem]:
    try:
        read_document(content)
    except DocumentError as error:
        return error.problems
    return []


def problems_with(**changes: Any) -> set[tuple[str, str]]:
    """Path and code of each problem of a minimal file with changes."""
    content = json.dumps({**MINIMAL, **changes}).encode()
    return {(problem.path, problem.code) for problem in problems_of(content)}


def problems_with_answer(ref: str, **content: Any) -> set[tuple[str, str]]:
    return problems_with(answers={ref: content})


def problems_with_figure(**changes: Any) -> set[tuple[str, str]]:
    return problems_with(figures=[{**ENERGY, **changes}])


def read_changed(**changes: Any) -> Document:
    return read_document(json.dumps({**MINIMAL, **changes}).encode())


def test_a_minimal_file_is_a_document() -> None:
    assert read_changed().organisation.name == "Neue Firma GmbH"
    assert list(VALIDATOR.iter_errors(MINIMAL)) == []


@pytest.mark.parametrize(
    ("content", "code", "detail"),
    [
        (b"", "not-json", "1:1"),
        (b"\xff\xfe{}", "not-utf-8", ""),
        ("{}".encode("utf-16"), "not-utf-8", ""),
        (b"PK\x03\x04", "not-json", "1:1"),
        (b'{"format":\n"dnk', "not-json", "2:1"),
        (b'{"a":1}{"b":2}', "not-json", "1:8"),
        (b'{"a":NaN}', "not-json", "1:1"),
        (b'{"a":[-Infinity]}', "not-json", "1:1"),
        (b'{"a":' + b"9" * 5000 + b"}", "not-json", "1:1"),
        (b"[" * 100_000, "not-json", "1:1"),
        (b"[" * 300 + b"]" * 300, "not-json", "1:202"),
        (b'{"a":' * 500 + b"1" + b"}" * 500, "not-json", None),
        (b'{"format":"\\ud83d"}', "not-json", None),
        (b'{"\\ude00":1}', "not-json", None),
        (b"[]", "wrong-type", ""),
        (b"null", "wrong-type", ""),
        (b'"dnk-declaration"', "wrong-type", ""),
        (b" " * (MAX_BYTES + 1), "too-large", "10"),
    ],
    ids=range(18),
)
def test_what_is_no_json_object_is_refused_as_a_whole(content: bytes, code: str, detail: str | None) -> None:
    (problem,) = problems_of(content)
    assert (problem.path, problem.code) == ("", code)
    assert detail is None or problem.detail == detail


def test_the_largest_file_is_still_read() -> None:
    content = json.dumps(MINIMAL).encode()
    assert read_document(content + b" " * (MAX_BYTES - len(content))).reporting_year == 2025


@pytest.mark.parametrize("name", ["draft", "producer"])
def test_a_truncated_file_is_refused(name: str) -> None:
    content = (DATA / f"{name}.json").read_bytes()
    for length in range(0, len(content) - 2, 997):
        assert problems_of(content[:length])


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b'{"format":"x","format":"y"}', "format"),
        (b'{"answers":{"1.1":{},"1.2":{},"1.1":{}}}', "1.1"),
        (b'{"\\ud83d":1,"\\ud83d":2}', "?"),
    ],
)
def test_a_name_that_stands_twice_is_named(content: bytes, name: str) -> None:
    assert problems_of(content) == [DocumentProblem(name, "double-key")]


def test_many_names_are_looked_through_quickly() -> None:
    names = ",".join(f'"k{n}":0' for n in range(100_000))
    assert problems_of(f'{{{names},"k99999":1}}'.encode()) == [DocumentProblem("k99999", "double-key")]


@pytest.mark.parametrize("name", sorted(MINIMAL))
def test_what_the_format_needs_is_missed(name: str) -> None:
    content = {key: value for key, value in MINIMAL.items() if key != name}
    assert problems_of(json.dumps(content).encode()) == [DocumentProblem(name, "missing")]


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"format": "vsme"}, "format", "not-allowed"),
        ({"version": 3}, "version", "not-allowed"),
        ({"version": True}, "version", "wrong-type"),
        ({"version": 1.0}, "version", "wrong-type"),
        ({"version": "1"}, "version", "wrong-type"),
        ({"edition": "dnk-2031"}, "edition", "unknown-edition"),
        ({"edition": "../dnk-2017"}, "edition", "unknown-edition"),
        ({"edition": None}, "edition", "wrong-type"),
        ({"reporting_year": "2025"}, "reporting_year", "wrong-type"),
        ({"reporting_year": True}, "reporting_year", "wrong-type"),
        ({"reporting_year": 2025.0}, "reporting_year", "wrong-type"),
        ({"reporting_year": 1899}, "reporting_year", "out-of-range"),
        ({"reporting_year": 10**400}, "reporting_year", "out-of-range"),
        ({"indicator_set": "GRI"}, "indicator_set", "unknown-indicator-set"),
        ({"language": "fr"}, "language", "not-allowed"),
        ({"options": ["csr-rug", "vsme"]}, "options[1]", "unknown-option"),
        ({"options": ["nap", "csr-rug", "nap"]}, "options[2]", "double-entry"),
        ({"options": "nap"}, "options", "wrong-type"),
        ({"options": ["nap"] * 21}, "options", "too-many"),
        ({"done": ["1", "21"]}, "done[1]", "unknown-ref"),
        ({"done": ["taxonomy"]}, "done[0]", "unknown-ref"),
        ({"done": ["1", "1"]}, "done[1]", "double-entry"),
        ({"done": [1]}, "done[0]", "wrong-type"),
        ({"titel": "x"}, "titel", "unknown-key"),
        ({"self_assessment": {"21": {}}}, "self_assessment.21", "unknown-ref"),
        ({"self_assessment": {"01": {}}}, "self_assessment.01", "unknown-ref"),
        ({"self_assessment": {"1": {"rating": 3}}}, "self_assessment.1.rating", "not-allowed"),
        ({"self_assessment": []}, "self_assessment", "wrong-type"),
    ],
)
def test_the_frame_must_fit(changes: dict[str, Any], path: str, code: str) -> None:
    assert problems_with(**changes) == {(path, code)}


@pytest.mark.parametrize(
    ("profile", "path", "code"),
    [
        ({"name": ""}, "name", "empty"),
        ({"name": " \n\u0000"}, "name", "empty"),
        ({"name": "x" * 501}, "name", "too-long"),
        ({"employees": -1}, "employees", "out-of-range"),
        ({"employees": True}, "employees", "wrong-type"),
        ({"employees": "6"}, "employees", "wrong-type"),
        ({"turnover": {"value": "1", "unit": "USD"}}, "turnover.unit", "unknown-unit"),
        ({"turnover": {"value": "1e3", "unit": "EUR"}}, "turnover.value", "not-a-number"),
        ({"turnover": {"value": "-0", "unit": "EUR"}}, "turnover.value", "not-a-number"),
        ({"turnover": {"value": "1"}}, "turnover.unit", "missing"),
        ({"turnover": 5}, "turnover", "wrong-type"),
        ({"sites": [{"address": "Hof 1"}]}, "sites[0].name", "missing"),
        ({"sites": [{"name": "\t"}]}, "sites[0].name", "empty"),
        ({"sites": [{"name": "Hof"}] * 201}, "sites", "too-many"),
        ({"iban": "DE"}, "iban", "unknown-key"),
    ],
)
def test_the_profile_must_fit(profile: dict[str, Any], path: str, code: str) -> None:
    changes = {"organisation": {"name": "Neue Firma GmbH", **profile}}
    assert problems_with(**changes) == {(f"organisation.{path}", code)}


@pytest.mark.parametrize(
    "due", ["86400", "1700006400", "2026-02-30", "2026-2-3", "20260203", "2026-W01-1", "", 0]
)
def test_a_day_is_written_in_one_way(due: object) -> None:
    assessment = {"1": {"measures": [{"text": "Plan", "due": due}]}}
    assert problems_with(self_assessment=assessment) == {("self_assessment.1.measures[0].due", "not-a-date")}


def test_a_measure_says_something() -> None:
    assert problems_with(self_assessment={"1": {"measures": [{"text": "\n"}]}}) == {
        ("self_assessment.1.measures[0].text", "empty")
    }


@pytest.mark.parametrize(
    ("ref", "content", "suffix", "code"),
    [
        ("1.9", {"text": "x"}, "", "unknown-ref"),
        ("17.N1", {"text": "x"}, "", "unknown-ref"),
        ("EFFAS-E02-01", {"disclosure": "comply"}, "", "unknown-ref"),
        ("general.name", {"text": "x"}, "", "unknown-ref"),
        ("1.1", {"disclosure": "Comply"}, ".disclosure", "not-allowed"),
        ("1.1", {"disclosure": True}, ".disclosure", "not-allowed"),
        ("1.1", {"text": 5}, ".text", "wrong-type"),
        ("1.1", {"text": "x" * 100_001}, ".text", "too-long"),
        ("1.1", {"reason": "keine-lust"}, ".reason", "not-allowed"),
        ("1.1", {"value": "x"}, ".value", "no-value-here"),
        ("1.1", {"value": 1e308}, ".value", "no-value-here"),
        ("1.1", {"comment": "x"}, ".comment", "unknown-key"),
        ("GRI-SRS-302-1", {"text": "x"}, ".text", "no-text-here"),
        ("GRI-SRS-302-1", {"value": "5"}, ".value", "no-value-here"),
        ("GRI-SRS-302-1.f", {"disclosure": "explain"}, ".disclosure", "not-explainable"),
        ("GRI-SRS-302-1.f", {"reason": "planned"}, ".reason", "not-explainable"),
        ("general.contact-name", {"explanation": "x"}, ".explanation", "not-explainable"),
        ("GRI-SRS-302-1.e", {}, "", "figure-as-answer"),
        ("3.1.goals", {"text": "x"}, ".text", "no-text-here"),
        ("3.1.goals", {"value": []}, ".value", "not-rows"),
        ("3.1.goals", {"value": [{"due": "2028"}]}, ".value[0].due", "not-a-year"),
        ("3.1.goals", {"value": [{"ziel": "x"}]}, ".value[0].ziel", "unknown-column"),
        ("GRI-SRS-301-1.a-i", {"value": [{"amount": "5 t"}]}, ".value[0].amount", "not-a-quantity"),
        ("general.listed", {"value": "vielleicht"}, ".value", "unknown-choice"),
        ("general.listed", {"value": True}, ".value", "unknown-choice"),
        ("general.listed", {"value": {"yes": 1}}, ".value", "unknown-choice"),
        ("GRI-SRS-302-4.b", {"value": ["steam", ["fuel"]]}, ".value[1]", "unknown-choice"),
        ("GRI-SRS-305-1.d", {"value": True}, ".value", "not-a-year"),
        ("GRI-SRS-305-1.d", {"value": 10**400}, ".value", "not-a-year"),
    ],
)
def test_an_answer_must_fit_what_is_asked(ref: str, content: dict[str, Any], suffix: str, code: str) -> None:
    assert problems_with_answer(ref, **content) == {(f"answers.{ref}{suffix}", code)}


def test_a_figure_is_no_answer() -> None:
    assert problems_with_answer("GRI-SRS-302-1.e", value="5") == {
        ("answers.GRI-SRS-302-1.e", "figure-as-answer"),
        ("answers.GRI-SRS-302-1.e.value", "no-value-here"),
    }


def test_a_number_beyond_all_bounds_is_no_year() -> None:
    content = json.dumps({**MINIMAL, "answers": {"GRI-SRS-305-1.d": {"value": 0}}}).replace(
        '"value": 0', '"value": 1e400'
    )
    assert [(p.path, p.code) for p in problems_of(content.encode())] == [
        ("answers.GRI-SRS-305-1.d.value", "not-a-year")
    ]


@pytest.mark.parametrize(
    ("changes", "suffix", "code"),
    [
        ({"datapoint": "energy.magic"}, ".datapoint", "unknown-datapoint"),
        ({"datapoint": "training.cost-per-fte", "unit": "eur-per-fte"}, ".datapoint", "unknown-datapoint"),
        ({"year": 2026}, ".year", "later-than-report"),
        ({"year": 0}, ".year", "out-of-range"),
        ({"year": "2025"}, ".year", "wrong-type"),
        ({"unit": "kg"}, ".unit", "unknown-unit"),
        ({"unit": "KWH"}, ".unit", "unknown-unit"),
        ({"unit": ""}, ".unit", "unknown-unit"),
        ({"unit": None}, ".unit", "wrong-type"),
        ({"value": None}, ".value", "missing"),
        ({"value": 1}, ".value", "wrong-type"),
        ({"value": True}, ".value", "wrong-type"),
        ({"value": "1e400"}, ".value", "not-a-number"),
        ({"value": "1,5"}, ".value", "not-a-number"),
        ({"value": "1٢"}, ".value", "not-a-number"),
        ({"value": "-0"}, ".value", "not-a-number"),
        ({"value": "1\n"}, ".value", "not-a-number"),
        ({"value": "1" * 21}, ".value", "not-a-number"),
        ({"value": "1" * 41}, ".value", "too-long"),
        ({"quality": "guessed"}, ".quality", "not-allowed"),
        ({"colour": "x"}, ".colour", "unknown-key"),
        ({"origin": "guess"}, ".origin", "not-allowed"),
    ],
)
def test_a_figure_must_fit_its_datapoint(changes: dict[str, Any], suffix: str, code: str) -> None:
    assert problems_with_figure(**changes) == {(f"figures[0]{suffix}", code)}


def test_a_figure_stands_once_for_a_year() -> None:
    earlier = {**ENERGY, "year": 2024}
    assert problems_with(figures=[ENERGY, earlier, {**ENERGY, "unit": "GJ"}]) == {
        ("figures[2]", "double-figure")
    }


def test_problems_are_named_together() -> None:
    assert problems_with(
        done=["99"],
        organisation={"name": "Firma", "turnover": {"value": "1", "unit": "t"}},
        answers={"0.1": {}, "1.1": {"reason": "x", "value": 1}, "3.1.goals": {"value": [{"due": 5}, 6]}},
        figures=[{**ENERGY, "unit": "t", "year": 2030}, {"datapoint": "x", "year": 2025}],
        self_assessment={"0": {}},
    ) == {
        ("done[0]", "unknown-ref"),
        ("organisation.turnover.unit", "unknown-unit"),
        ("answers.0.1", "unknown-ref"),
        ("answers.1.1.reason", "not-allowed"),
        ("answers.1.1.value", "no-value-here"),
        ("answers.3.1.goals.value[0].due", "not-a-year"),
        ("answers.3.1.goals.value[1]", "not-a-row"),
        ("figures[0].unit", "unknown-unit"),
        ("figures[0].year", "later-than-report"),
        ("figures[1].datapoint", "unknown-datapoint"),
        ("self_assessment.0", "unknown-ref"),
    }


def test_wrong_types_are_named_together() -> None:
    assert problems_with(
        version=True, language=1, options={}, answers=[], figures=[{}], reporting_year=None
    ) == {
        ("version", "wrong-type"),
        ("language", "not-allowed"),
        ("options", "wrong-type"),
        ("answers", "wrong-type"),
        ("figures[0].datapoint", "missing"),
        ("figures[0].year", "missing"),
        ("reporting_year", "wrong-type"),
    }


def test_there_is_an_end_to_problems() -> None:
    many: dict[str, Any] = {f"x{n}": {} for n in range(1000)}
    assert len(problems_of(json.dumps({**MINIMAL, "answers": many}).encode())) == MAX_PROBLEMS
    assert problems_with(answers={f"x{n}": {} for n in range(5001)}) == {("answers", "too-many")}


def test_texts_arrive_in_one_form() -> None:
    document = read_changed(
        organisation={"name": " Gru\u0308n GmbH ", "sector": "25\u0000", "sites": [{"name": "Hof\r\n"}]},
        answers={
            "1.1": {"text": "Eins \r\nzwei\u0000 "},
            "1.2": {"text": " "},
            "1.3": {"disclosure": "comply"},
        },
        figures=[{"datapoint": "energy.total", "year": 2025, "note": "\u0007"}],
    )
    assert document.organisation.name == "Grün GmbH"
    assert (document.organisation.sector, document.organisation.sites[0].name) == ("25", "Hof")
    assert {ref: answer.text for ref, answer in document.answers.items()} == {"1.1": "Eins\nzwei"}
    assert document.figures == {}


def test_a_text_that_grows_when_composed_is_measured_as_it_will_be_written() -> None:
    grows = "\ufb2c"  # one character that NFC writes as three
    assert problems_with_answer("1.1", text=grows * 50_000) == {("answers.1.1.text", "too-long")}
    assert (
        read_changed(answers={"1.1": {"text": grows * 30_000}}).answers["1.1"].text
        == "\u05e9\u05bc\u05c1" * 30_000
    )


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(["-0", "1", "kWh"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["value", "unit", "text", "goal", "1.1", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def only_problems(content: bytes) -> None:
    """Whatever it is: problems, or a document that has one form, has the shape and comes back from it."""
    try:
        document = read_document(content)
    except DocumentError as error:
        for problem in error.problems:
            f"{problem.path}{problem.code}{problem.detail}".encode()
        if not error.problems:
            raise AssertionError("refused without a problem") from error
        return
    written = canonical_json(document)
    assert canonical_json(read_document(written)) == written
    assert list(VALIDATOR.iter_errors(json.loads(written))) == []


@quick
@given(content=st.binary(max_size=200))
@example(b"\xef\xbb\xbf")
@example(b'{"a":"\\ud800"}')
def test_any_bytes_give_problems_only(content: bytes) -> None:
    only_problems(content)


@quick
@given(data=json_values, answers=json_values, figures=json_values, done=json_values)
def test_any_json_gives_problems_only(data: Any, answers: Any, figures: Any, done: Any) -> None:
    only_problems(json.dumps(data).encode())
    only_problems(json.dumps({**MINIMAL, "answers": answers, "figures": figures, "done": done}).encode())


def _places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for key, value in inner for place in _places(value, (*path, key)))]


PLACES = {"draft": (DRAFT, _places(DRAFT)[1:]), "effas": (EFFAS, _places(EFFAS)[1:])}


def _changed(data: Any, place: tuple[Any, ...], change: Callable[[Any, Any], None]) -> Any:
    """A copy of the data in which something happened at one place."""
    changed = copy.deepcopy(data)
    parent = changed
    for key in place[:-1]:
        parent = parent[key]
    change(parent, place[-1])
    return changed


@quick
@given(data=st.data(), name=st.sampled_from(sorted(PLACES)), wild=json_values)
def test_a_good_file_with_one_wild_place_gives_problems_only(
    data: st.DataObject, name: str, wild: Any
) -> None:
    source, places = PLACES[name]
    place = data.draw(st.sampled_from(places))

    def put(parent: Any, key: Any) -> None:
        parent[key] = wild

    only_problems(json.dumps(_changed(source, place, put)).encode())


@quick
@given(data=st.data(), name=st.sampled_from(sorted(PLACES)))
def test_a_good_file_that_lost_a_part_gives_problems_only(data: st.DataObject, name: str) -> None:
    source, places = PLACES[name]
    place = data.draw(st.sampled_from(places))

    def drop(parent: Any, key: Any) -> None:
        del parent[key]

    only_problems(json.dumps(_changed(source, place, drop)).encode())
