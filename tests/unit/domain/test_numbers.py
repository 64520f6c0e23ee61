"""Numbers as people write them: the same number for every spelling, and never a wrong one."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.domain import numbers

quick = settings(max_examples=80, deadline=None, database=None)

exact = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places),
    st.integers(-(10**20) + 1, 10**20 - 1),
    st.integers(0, numbers.MAX_DECIMALS),
)


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("1.234,5", "de", "1234.5"),
        ("1234,5", "de", "1234.5"),
        ("1 234,5", "de", "1234.5"),
        ("1\u202f234,5", "de", "1234.5"),
        ("1'234.5", "de", "1234.5"),
        ("1.234", "de", "1234"),
        ("1,234", "de", "1.234"),
        ("1.2345", "de", "1.2345"),
        ("0.123", "de", "0.123"),
        ("6.536.428", "de", "6536428"),
        ("6,536,428", "de", "6536428"),
        ("1,234.5", "de", "1234.5"),
        ("1,234", "en", "1234"),
        ("1.234", "en", "1.234"),
        ("1.234,5", "en", "1234.5"),
        ("  5,1 ", "de", "5.1"),
        ("007", "de", "7"),
        ("+3", "de", "3"),
        ("-3,5", "de", "-3.5"),
        ("−3,5", "de", "-3.5"),
        ("–3,5", "de", "-3.5"),
        ("5,10", "de", "5.10"),
    ],
)
def test_reads_every_spelling(text: str, language: str, value: str) -> None:
    assert str(numbers.parse(text, language)) == value


BROKEN = ["-", ",", "5,", ",5", "1,2,3", "1.23.456", "1.234,5.6", "--1", "+-1", "1-2"]
OTHER = ["12 %", "kWh", "1e5", "0x10", "1_000", "NaN", "inf", "٣", "½", "\x00"]


@pytest.mark.parametrize("text", ["", " ", *BROKEN, *OTHER])
@pytest.mark.parametrize("language", ["de", "en"])
def test_refuses_what_is_not_one_number(text: str, language: str) -> None:
    with pytest.raises(numbers.NotANumber):
        numbers.parse(text, language)


@pytest.mark.parametrize("text", ["1" * 21, "0," + "1" * 11, "1" * 41, "0" * 41])
def test_refuses_more_digits_than_a_figure_has(text: str) -> None:
    with pytest.raises(numbers.NumberTooLong):
        numbers.parse(text)


@pytest.mark.parametrize("text", ["-0", "-0,00", "−0"])
def test_zero_has_no_sign(text: str) -> None:
    assert not numbers.parse(text).is_signed()
    assert numbers.plain(Decimal("-0.0")) == "0.0"


@pytest.mark.parametrize(("value", "text"), [("1E+3", "1000"), ("1E-7", "0.0000001"), ("5.10", "5.10")])
def test_plain_has_no_exponent(value: str, text: str) -> None:
    assert numbers.plain(Decimal(value)) == text


@quick
@given(value=exact, separators=st.sampled_from([("de", ".", ","), ("en", ",", ".")]))
def test_a_grouped_number_is_read_as_it_was_meant(value: Decimal, separators: tuple[str, str, str]) -> None:
    language, group, point = separators
    written = f"{value:,f}".translate({ord(","): group, ord("."): point})
    if len(written) <= numbers.MAX_LENGTH:
        assert numbers.parse(written, language) == value


@quick
@given(value=exact, space=st.sampled_from([" ", "\u00a0", "\u2009", "\u202f", "'", "’"]))
def test_spaces_may_group_too(value: Decimal, space: str) -> None:
    written = f"{value:,f}".replace(",", space).replace(".", ",")
    if len(written) <= numbers.MAX_LENGTH:
        assert numbers.parse(written) == value


@quick
@given(text=st.text(max_size=50) | st.text(alphabet="0123456789.,-+ '−\u202fe", max_size=50))
def test_any_text_is_a_number_within_limits_or_none(text: str) -> None:
    for language in ("de", "en"):
        try:
            value = numbers.parse(text, language)
        except numbers.NotANumber:
            continue
        whole, _, decimals = numbers.plain(value).lstrip("-").partition(".")
        assert len(whole) <= numbers.MAX_DIGITS
        assert len(decimals) <= numbers.MAX_DECIMALS


@quick
@given(value=exact)
def test_canonical_text_gives_the_same_number_and_scale(value: Decimal) -> None:
    text = numbers.plain(value)
    assert "E" not in text
    assert numbers.plain(Decimal(text)) == text
    assert Decimal(text) == value


@pytest.mark.parametrize(
    ("text", "german", "english"),
    [("1.234", "1.234", "1234"), ("1,234", "1234", "1.234"), ("-12.500", "-12.5", "-12500")],
)
def test_what_two_readers_read_differently_is_named(text: str, german: str, english: str) -> None:
    assert numbers.ambiguity(text, "de") == Decimal(german)
    assert numbers.ambiguity(text, "en") == Decimal(english)


@pytest.mark.parametrize(
    "text", ["1234", "1.234,5", "1.234.567", "0.123", "12.34", "1,2345", "", "viel", "1 234"]
)
def test_what_all_read_alike_is_not_ambiguous(text: str) -> None:
    assert numbers.ambiguity(text, "de") is None
    assert numbers.ambiguity(text, "en") is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("816401.692111", "816402"),
        ("114.198206", "114.2"),
        ("0.0123456", "0.01235"),
        ("1748", "1748"),
        ("12.0000", "12.0000"),
        ("0.344", "0.344"),
        ("114.9999", "115"),
        ("0", "0"),
        ("-3.14159", "-3.142"),
        ("999.96", "1000"),
    ],
)
def test_a_result_is_rounded_for_reading(value: str, expected: str) -> None:
    assert numbers.plain(numbers.readable(Decimal(value))) == expected


@quick
@given(exact)
def test_rounding_for_reading_never_moves_a_value_by_more_than_its_fourth_digit(value: Decimal) -> None:
    shown = numbers.readable(value)
    assert abs(shown - value) * 2000 <= abs(value)
    assert numbers.readable(shown) == shown
