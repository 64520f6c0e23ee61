"""The code of a workshop room survives being read aloud and typed."""

from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.domain.clusters.room_codes import CODE_LENGTH, SIGNS, new_code, readable_code, typed_code


def test_a_new_code_comes_back_however_it_is_typed() -> None:
    code = new_code()
    assert len(code) == CODE_LENGTH
    spaced = " ".join(code)
    for typed in (code, readable_code(code), code.lower(), f"  {readable_code(code).lower()} ", spaced):
        assert typed_code(typed) == code


@given(st.text(max_size=20))
def test_any_text_gives_a_code_or_none(typed: str) -> None:
    code = typed_code(typed)
    assert code is None or (len(code) == CODE_LENGTH and set(code) <= set(SIGNS))


def test_signs_that_look_alike_are_no_code() -> None:
    assert typed_code("ABCD-EF0O") is None
