"""A version's short code: always the same for a fingerprint, read as people type it."""

import hashlib

import pytest

from dnk_tool.domain.declarations.version_code import (
    code_or_fingerprint,
    fingerprint_end,
    fingerprint_prefix,
    names_version,
    parse_typed_code,
    short_fingerprint,
    version_code,
)

PRINT = "ab12cd34" * 8
CODE = "nc9c-td5b-2b6k"


def test_the_code_is_the_beginning_of_the_fingerprint() -> None:
    assert version_code(PRINT) == CODE
    for number in range(200):
        sha256 = hashlib.sha256(bytes([number])).hexdigest()
        assert fingerprint_prefix(version_code(sha256)) == sha256[:15]
        assert code_or_fingerprint(sha256[:15]) == version_code(sha256)
    assert version_code("0" * 64) == "0000-0000-0000"
    assert fingerprint_prefix("0000-0000-0000") == "0" * 15


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        CODE.upper(),
        "NC9CTD5B2B6K",
        " nc9c td5b 2b6k ",
        "nc9c–td5b–2b6k",
        f"https://dnk.example.de/p/{CODE}",
        f"dnk.example.de/p/{CODE.upper()}/?x=1#y",
    ],
)
def test_people_type_it_as_they_like(typed: str) -> None:
    assert parse_typed_code(typed) == CODE


def test_signs_that_look_alike_are_the_same() -> None:
    assert fingerprint_prefix("oOiI-lL00-1111") == fingerprint_prefix("0011-1100-1111")


SHORT = "ab12cd34ab12cd34...ab12cd34"


@pytest.mark.parametrize(
    "typed",
    [
        short_fingerprint(PRINT),
        short_fingerprint(PRINT).upper(),
        "ab12cd34ab12cd34...ab12cd34",
        "AB12CD34 AB12CD34 .. AB12CD34",
        f"https://dnk.example.de/p/{SHORT}",
    ],
)
def test_14_a_fingerprint_is_typed_as_print_shortens_it(typed: str) -> None:
    assert short_fingerprint(PRINT) == "ab12cd34 ab12cd34 … ab12cd34"
    assert parse_typed_code(typed) == SHORT
    assert (fingerprint_prefix(SHORT), fingerprint_end(SHORT)) == (PRINT[:16], PRINT[-8:])


def test_14_a_name_belongs_to_one_version() -> None:
    other = PRINT[:-1] + "5"
    for name in (CODE, SHORT, PRINT):
        assert names_version(name, PRINT)
    assert [names_version(name, other) for name in (CODE, SHORT, PRINT)] == [True, False, False]
    assert not names_version("", PRINT)


def test_a_whole_fingerprint_stays_whole() -> None:
    grouped = " ".join(PRINT[start : start + 8] for start in range(0, 64, 8))
    assert parse_typed_code(grouped.upper()) == PRINT
    assert fingerprint_prefix(grouped) == PRINT
    assert code_or_fingerprint(PRINT) == PRINT


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "nc9c-td5b",
        CODE + "x",
        "uuuu-uuuu-uuuu",
        PRINT[:-1],
        PRINT + "0",
        "é" * 12,
        "/p/",
        "x" * 9999,
    ],
)
def test_anything_else_is_neither(typed: str) -> None:
    assert parse_typed_code(typed) == ""
    assert fingerprint_prefix(typed) == ""
