"""A version's short code: always the same for a fingerprint, read as people type it."""

import hashlib

import pytest

from dnk_tool.domain.declarations.version_code import code_of, name_of, prefix_of, typed_name

PRINT = "ab12cd34" * 8
CODE = "nc9c-td5b-2b6k"


def test_the_code_is_the_beginning_of_the_fingerprint() -> None:
    assert code_of(PRINT) == CODE
    for number in range(200):
        sha256 = hashlib.sha256(bytes([number])).hexdigest()
        assert prefix_of(code_of(sha256)) == sha256[:15]
        assert name_of(sha256[:15]) == code_of(sha256)
    assert code_of("0" * 64) == "0000-0000-0000"
    assert prefix_of("0000-0000-0000") == "0" * 15


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
    assert typed_name(typed) == CODE


def test_signs_that_look_alike_are_the_same() -> None:
    assert prefix_of("oOiI-lL00-1111") == prefix_of("0011-1100-1111")


def test_a_whole_fingerprint_stays_whole() -> None:
    grouped = " ".join(PRINT[start : start + 8] for start in range(0, 64, 8))
    assert typed_name(grouped.upper()) == PRINT
    assert prefix_of(grouped) == PRINT
    assert name_of(PRINT) == PRINT


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
    assert typed_name(typed) == ""
    assert prefix_of(typed) == ""
