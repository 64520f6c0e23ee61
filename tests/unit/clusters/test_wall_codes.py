"""A code on a wall survives being read aloud and typed."""

from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.domain.clusters.wall_codes import (
    ROOM_CODE_LENGTH,
    SIGNS,
    new_code,
    readable_code,
    typed_code,
)


def test_a_new_code_comes_back_however_it_is_typed() -> None:
    code = new_code(ROOM_CODE_LENGTH)
    assert len(code) == ROOM_CODE_LENGTH
    spaced = " ".join(code)
    for typed in (code, readable_code(code), code.lower(), f"  {readable_code(code).lower()} ", spaced):
        assert typed_code(typed, ROOM_CODE_LENGTH) == code


@given(st.text(max_size=20))
def test_any_text_gives_a_code_or_none(typed: str) -> None:
    code = typed_code(typed, ROOM_CODE_LENGTH)
    assert code is None or (len(code) == ROOM_CODE_LENGTH and set(code) <= set(SIGNS))


def test_signs_that_look_alike_are_no_code() -> None:
    assert typed_code("ABCD-EF0O", ROOM_CODE_LENGTH) is None
