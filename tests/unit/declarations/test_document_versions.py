"""Two versions of the format: the latest is written only where it is needed, and each is read strictly."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.catalogue.factors.model import GWP_SETS
from dnk_tool.domain.answers.answer import Answer
from dnk_tool.domain.answers.self_assessment import Assessment, Effect, Measure, Rating
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.declarations.document import (
    SCHEMA_IDS,
    Document,
    canonical_json,
    fingerprint,
    format_version,
    says_more_than_is_stored,
)
from dnk_tool.domain.declarations.document_parser import DocumentError
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.document_schema import json_schema
from dnk_tool.domain.declarations.redaction import redact_document
from dnk_tool.domain.organisation import Profile
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services.uploads.declarations import (
    DeclarationFileFault,
    UnreadableDeclaration,
    read_declaration_file,
)
from dnk_tool.services.uploads.document_worker import is_newer

DATA = Path(__file__).parents[2] / "data"
EMPTY = Document("dnk-2017", 2025, "gri", "de", frozenset(), Profile("Neue Firma GmbH"))
NUMBERS = {
    key: Quantity(Decimal(value), "kWh") for key, value in (("start", "9"), ("today", "7"), ("target", "3"))
}
GOAL = replace(
    EMPTY, answers={"13.2.goals": Answer(value=Rows(({"goal": "Weniger", "due": 2030, **NUMBERS},)))}
)
MARKED = replace(EMPTY, answers={"1.1": Answer(text="- eins\n- zwei", is_marked_up=True)})
GWP = replace(EMPTY, gwp_set="AR6")
EFFECT = replace(
    EMPTY,
    assessments={
        13: Assessment(
            Rating.PLANNED,
            (Measure("LED", effect=Effect("energy.total", Quantity(Decimal("-1200"), "kWh"))),),
        )
    },
)
FOREWORD = replace(EMPTY, answers={"general.foreword": Answer(text="Liebe Leser,\n\nein gutes Jahr.")})
LATEST = {"foreword": FOREWORD, "goal": GOAL, "marked": MARKED, "gwp": GWP, "effect": EFFECT}
VALIDATORS = {version: jsonschema.Draft202012Validator(json_schema(version)) for version in (1, 2)}


def paths_and_codes(data: dict[str, Any]) -> set[tuple[str, str]]:
    try:
        read_document(json.dumps(data).encode())
    except DocumentError as error:
        return {(problem.path, problem.code) for problem in error.problems}
    return set()


def as_version_1(data: dict[str, Any]) -> dict[str, Any]:
    """The data of a file of version 2, said to be of version 1, which names no schema."""
    return {key: value for key, value in data.items() if key != "$schema"} | {"version": 1}


@pytest.mark.parametrize("path", sorted(DATA.glob("*.json")), ids=lambda path: path.stem)
def test_what_says_nothing_new_is_written_as_version_1(path: Path) -> None:
    document = read_document(path.read_bytes())
    written = canonical_json(document)
    assert json.loads(written)["version"] == 1
    assert canonical_json(read_document(written)) == written


@pytest.mark.parametrize("key", LATEST)
def test_version_2_is_written_where_it_is_needed_and_read_again(key: str) -> None:
    written = canonical_json(LATEST[key])
    data = json.loads(written)
    assert data["version"] == format_version(LATEST[key]) == 2
    assert list(VALIDATORS[2].iter_errors(data)) == []
    assert read_document(written) == LATEST[key]
    assert canonical_json(read_document(written)) == written
    assert paths_and_codes(as_version_1(data)), "version 1 has no place for it"


def test_goals_in_words_stay_version_1() -> None:
    words = replace(GOAL, answers={"13.2.goals": Answer(value=Rows(({"goal": "Weniger", "due": 2030},)))})
    assert format_version(words) == 1
    in_an_empty_answer = replace(EMPTY, answers={"1.1": Answer(is_marked_up=True)})
    assert format_version(in_an_empty_answer) == 1, "what is not written needs no version"


def test_version_1_refuses_a_goal_in_numbers_by_its_column() -> None:
    data = as_version_1(json.loads(canonical_json(GOAL)))
    assert paths_and_codes(data) == {
        (f"answers.13.2.goals.value[0].{key}", "unknown-column") for key in ("start", "today", "target")
    }


def test_a_foreword_needs_version_2_and_keeps_its_length() -> None:
    for ref in ("lead", "foreword", "foreword-name", "foreword-role"):
        said = replace(EMPTY, answers={f"general.{ref}": Answer(text="x")})
        assert format_version(said) == 2, ref
        data = json.loads(canonical_json(said))
        assert paths_and_codes(as_version_1(data)) == {(f"answers.general.{ref}", "unknown-ref")}
    long = {"general.foreword": {"text": "x" * 1801}, "general.lead": {"text": "x" * 131}}
    data = json.loads(canonical_json(FOREWORD))
    assert paths_and_codes({**data, "answers": long}) == {(f"answers.{ref}.text", "too-long") for ref in long}


def test_version_2_is_as_strict_as_version_1() -> None:
    data = json.loads(canonical_json(EFFECT))
    measure = data["self_assessment"]["13"]["measures"][0]
    effect = measure["effect"]
    assert paths_and_codes({**data, "gwp_set": "AR7"}) == {("gwp_set", "not-allowed")}
    assert paths_and_codes({**data, "more": 1}) == {("more", "unknown-key")}
    assert paths_and_codes({**data, "answers": {"1.1": {"text": "x", "markup": 1}}}) == {
        ("answers.1.1.markup", "wrong-type")
    }
    path = "self_assessment.13.measures[0].effect"
    for change, problem in (
        ({"unit": "t"}, (f"{path}.unit", "unknown-unit")),
        ({"datapoint": "no.such"}, (f"{path}.datapoint", "unknown-datapoint")),
        ({"value": -1200}, (f"{path}.value", "wrong-type")),
        ({"more": ""}, (f"{path}.more", "unknown-key")),
    ):
        measure["effect"] = {**effect, **change}
        assert problem in paths_and_codes(data), change
    assert {("version", "not-allowed")} == paths_and_codes(
        {**json.loads(canonical_json(EMPTY)), "version": 3}
    )


def test_gwp_sets_of_the_format_are_those_of_the_factors() -> None:
    (said,) = (each for each in json_schema(2)["properties"]["gwp_set"]["anyOf"] if "enum" in each)
    assert tuple(said["enum"]) == GWP_SETS


@pytest.mark.parametrize("key", LATEST)
def test_a_file_of_version_2_names_its_schema_first(key: str) -> None:
    written = canonical_json(LATEST[key])
    name = json_schema(2)["$id"]
    assert written.startswith(f'{{"$schema":"{name}",'.encode())
    assert {name, json_schema(1)["$id"]} == {*SCHEMA_IDS.values()}
    assert len(SCHEMA_IDS) == len({*SCHEMA_IDS.values()})
    assert all(name == f"urn:uuid:{UUID(name)}" for name in SCHEMA_IDS.values())


@pytest.mark.parametrize("key", LATEST)
def test_a_file_that_names_no_schema_keeps_its_bytes_and_fingerprint(key: str) -> None:
    """Version 2 was written without a name at first; a version that was frozen so is never another one."""
    data = json.loads(canonical_json(LATEST[key]))
    del data["$schema"]
    before = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    again = read_document(before)
    assert again == LATEST[key]
    assert canonical_json(again) == canonical_json(redact_document(again)) == before
    assert fingerprint(canonical_json(again)) == fingerprint(before)


def test_a_file_names_its_own_schema_or_none() -> None:
    data = json.loads(canonical_json(GOAL))
    other = {("$schema", "not-allowed")}
    for name in (SCHEMA_IDS[1], "https://json-schema.org/draft/2020-12/schema", "", 1):
        assert paths_and_codes({**data, "$schema": name}) in (other, {("$schema", "wrong-type")}), name
    first = json.loads(canonical_json(EMPTY))
    assert "$schema" not in first
    assert paths_and_codes({**first, "$schema": SCHEMA_IDS[1]}) == {("$schema", "unknown-key")}
    assert list(VALIDATORS[1].iter_errors({**first, "$schema": SCHEMA_IDS[1]}))


def test_a_later_version_is_called_newer() -> None:
    assert not is_newer(canonical_json(GOAL))
    assert is_newer(b'{"format": "dnk-declaration", "version": 3}')


def test_a_file_that_could_not_be_stored_whole_is_refused() -> None:
    """Effects have no place in the database yet; nothing of a file is lost silently."""
    assert says_more_than_is_stored(LATEST["effect"])
    with pytest.raises(UnreadableDeclaration) as refused:
        read_declaration_file(canonical_json(LATEST["effect"]))
    assert refused.value.fault is DeclarationFileFault.NEWER
    for stored in (GOAL, MARKED, FOREWORD):
        assert read_declaration_file(canonical_json(stored)) == stored


amounts = st.decimals(-(10**9), 10**9, places=2).map(lambda value: value if value else Decimal("0.00"))
goals = st.fixed_dictionaries(
    {"goal": st.sampled_from(["Weniger Strom", "Mehr Bahn"])},
    optional={"due": st.integers(2026, 2050)}
    | {key: amounts.map(lambda value: Quantity(value, "t-co2e")) for key in ("start", "today", "target")},
)


@settings(max_examples=80, deadline=None, database=None)
@given(
    st.lists(goals, min_size=1, max_size=3),
    st.booleans(),
    st.sampled_from(["", *GWP_SETS]),
    st.none() | amounts,
)
def test_any_document_comes_back_the_same(
    rows: list[dict[str, Any]], is_marked_up: bool, gwp_set: str, change: Decimal | None
) -> None:
    effect = Effect("energy.total", Quantity(change, "kWh")) if change is not None else None
    document = replace(
        EMPTY,
        answers={
            "3.1.goals": Answer(value=Rows(tuple(rows))),
            "1.1": Answer(text="Text", is_marked_up=is_marked_up),
        },
        assessments={3: Assessment(None, (Measure("Maßnahme", effect=effect),))},
        gwp_set=gwp_set,
    )
    written = canonical_json(document)
    data = json.loads(written)
    needs_latest = bool(
        is_marked_up or gwp_set or effect or any("start" in r or "today" in r or "target" in r for r in rows)
    )
    assert data["version"] == (2 if needs_latest else 1)
    assert list(VALIDATORS[data["version"]].iter_errors(data)) == []
    assert read_document(written) == document
    assert canonical_json(read_document(written)) == written
