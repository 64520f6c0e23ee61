"""Numbers as people write them; quantities are converted exactly, sums are those of what stands there."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.catalogue import load_catalogue
from dnk_tool.catalogue.standard.item_model import UnitFamily
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.answer import Figure, Origin, Quality, computed_figure
from dnk_tool.domain.numbers import plain, with_digits
from dnk_tool.domain.precision import UNIT_DECIMALS, as_typed, shown, sum_of_shown
from dnk_tool.domain.quantities import Quantity, UnknownUnit, change_in_percent, converted, from_base, in_base

quick = settings(max_examples=80, deadline=None, database=None)

exact = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places),
    st.integers(-(10**20) + 1, 10**20 - 1),
    st.integers(0, numbers.MAX_DECIMALS),
)

FAMILIES = load_catalogue("dnk-2017").families
ENERGY = FAMILIES["energy"]

values = st.decimals(min_value=-(10**12), max_value=10**12, places=4)
families = st.sampled_from(sorted(FAMILIES.values(), key=lambda family: family.key))
CATALOGUE = load_catalogue("dnk-2017")


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


@st.composite
def measured(draw: st.DrawFn) -> tuple[UnitFamily, list[Quantity]]:
    family = draw(families)
    units = st.sampled_from(sorted(family.units))
    return family, draw(st.lists(st.builds(Quantity, values, units), min_size=1, max_size=6))


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "family", "result"),
    [
        ("1", "kWh", "MJ", "energy", "3.6"),
        ("165.5", "GJ", "kWh", "energy", "45972.22222222222222222222222"),
        ("4518", "kWh", "GJ", "energy", "16.2648"),
        ("14000", "kg", "t", "mass", "14"),
        ("2", "m3", "l", "volume", "2000"),
        ("7.4", "Mio-EUR", "TEUR", "money", "7400"),
        ("5.6", "per-200k-hours", "per-1m-hours", "accident-rate", "28"),
    ],
)
def test_converts_between_units(value: str, unit: str, wanted: str, family: str, result: str) -> None:
    assert str(converted(Quantity(Decimal(value), unit), wanted, FAMILIES[family])) == result


@pytest.mark.parametrize(("unit", "wanted"), [("kg", "kWh"), ("kWh", "kg"), ("", "kWh"), ("kwh", "kWh")])
def test_refuses_units_of_another_family(unit: str, wanted: str) -> None:
    with pytest.raises(UnknownUnit):
        converted(Quantity(Decimal(1), unit), wanted, ENERGY)


@quick
@given(given_=measured(), data=st.data())
def test_there_and_back_is_the_same_to_27_digits(
    given_: tuple[UnitFamily, list[Quantity]], data: st.DataObject
) -> None:
    family, (quantity, *_) = given_
    unit = data.draw(st.sampled_from(sorted(family.units)))
    there = Quantity(converted(quantity, unit, family), unit)
    error = abs(in_base(there, family.units) - in_base(quantity, family.units))
    assert error <= abs(in_base(quantity, family.units)) / 10**27


@quick
@given(given_=measured(), data=st.data())
def test_a_sum_is_the_same_in_any_order_and_unit(
    given_: tuple[UnitFamily, list[Quantity]], data: st.DataObject
) -> None:
    family, quantities = given_
    shuffled = data.draw(st.permutations(quantities))
    bases = [in_base(quantity, family.units) for quantity in quantities]
    assert sum(bases, Fraction(0)) == sum(
        (in_base(quantity, family.units) for quantity in shuffled), Fraction(0)
    )
    for unit in family.units:
        assert from_base(sum(bases, Fraction(0)), unit, family) == from_base(
            sum(reversed(bases), Fraction(0)), unit, family
        )


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [
        (("4518", "kWh"), ("4.73", "MWh"), "-4.5"),
        (("1", "GJ"), ("1000", "MJ"), "0"),
        (("15", "kWh"), ("-10", "kWh"), "250"),
        (("0", "kWh"), ("5", "kWh"), "-100"),
    ],
)
def test_change_compares_across_units(now: tuple[str, str], before: tuple[str, str], change: str) -> None:
    quantities = [Quantity(Decimal(value), unit) for value, unit in (now, before)]
    assert change_in_percent(quantities[0], quantities[1], ENERGY) == Decimal(change)


def test_there_is_no_change_against_nothing() -> None:
    assert change_in_percent(Quantity(Decimal(5), "kWh"), Quantity(Decimal("0.0"), "GJ"), ENERGY) is None


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        ("5091.84", 4, "5092"),
        ("5091.84", 2, "5100"),
        ("0.0123456", 3, "0.0123"),
        ("-0.98765", 2, "-0.99"),
        ("99.96", 3, "100"),
        ("12.30", 4, "12.30"),
        ("0", 2, "0"),
        ("12345678901234567890", 4, "12350000000000000000"),
    ],
)
def test_rounding_to_significant_digits(value: str, digits: int, expected: str) -> None:
    assert format(with_digits(Decimal(value), digits), "f") == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("114.2449", "t-co2e", "114.2"),
        ("270", "t-co2e", "270.0"),
        ("17360", "t-co2e", "17360.0"),
        ("0.0344", "t-co2e", "0.034"),
        ("0.25", "t-co2e", "0.25"),
        ("-1.25", "t-co2e", "-1.3"),
        ("0", "t-co2e", "0"),
        ("-0.0", "t-co2e", "0"),
        ("14.418504", "percent", "14.4"),
        ("100", "percent", "100"),
        ("0.00", "percent", "0"),
        ("99.96", "percent", "100.0"),
        ("38512.4", "kWh", "38512"),
        ("5", "kWh", "5"),
        ("2.35", "kWh", "2.4"),
        ("31.44", "MWh", "31.4"),
        ("10.05", "t", "10.05"),
        ("1234.5", "EUR", "1235"),
        ("4.236", "x-to-1", "4.24"),
        ("0.01234567", "kWh-per-eur", "0.012"),
        ("12.3456", "pounds", "12.35"),
        ("12345678901234567890.123456", "t-co2e", "12345678901234567890.1"),
    ],
)
def test_a_computed_value_has_the_decimals_of_its_unit(value: str, unit: str, expected: str) -> None:
    quantity = shown(Quantity(Decimal(value), unit))
    assert (plain(quantity.value), quantity.unit) == (expected, unit)
    assert shown(quantity) == quantity, "shown again, it is the same"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("8.35", "8.35"), ("12.345", "12.345"), ("14.418504", "14.42"), ("1234567.1234", "1234567"), ("0", "0")],
)
def test_what_was_typed_stays_with_up_to_three_decimals(typed: str, expected: str) -> None:
    assert plain(as_typed(Quantity(Decimal(typed), "percent")).value) == expected


def test_each_unit_of_a_figure_has_its_decimals() -> None:
    symbols = {symbol for family in CATALOGUE.families.values() for symbol in family.units}
    assert symbols == set(UNIT_DECIMALS)


def test_a_figure_is_shown_by_where_it_comes_from() -> None:
    value = Decimal("123456.789")
    typed = Figure(value, "kWh", Quality.ESTIMATED)
    result = Figure(value, "kWh", Quality.CALCULATED, origin=Origin.LINES)
    assert typed.readable == Figure(value, "kWh", origin=Origin.SITES).readable == Quantity(value, "kWh")
    assert result.readable == Quantity(Decimal(123457), "kWh")
    assert result == Figure(value, "kWh", Quality.CALCULATED, origin=Origin.LINES, shown=Decimal(1)), (
        "data are the same"
    )
    assert Figure(unit="kWh").readable is None


def scopes(*values: str, origin: Origin = Origin.LINES) -> dict[str, Figure]:
    keys = ("ghg.scope1.gross", "ghg.scope2.location", "ghg.scope3.gross")
    return {
        key: Figure(Decimal(value), "t-co2e", origin=origin) for key, value in zip(keys, values, strict=True)
    }


@pytest.mark.parametrize(
    ("parts", "total", "exact"),
    [
        (("114.2449", "270.0499", "37.0499"), "421.2", "421.3447"),
        (("114.2449", "17360", "37"), "17511.2", "17511.2449"),
        (("0.044", "0.044", "0.044"), "0.132", "0.132"),
    ],
)
def test_scopes_add_up_as_they_are_printed(parts: tuple[str, ...], total: str, exact: str) -> None:
    figures = scopes(*parts)
    figure = computed_figure(CATALOGUE.datapoints["ghg.total"], figures)
    assert figure
    assert figure.readable
    said = [each.readable.value for each in figures.values() if each.readable]
    assert figure.readable.value == sum(said) == Decimal(total)
    assert figure.value == Decimal(exact), "data keep all digits"


def test_typed_scopes_add_up_with_the_decimals_as_typed() -> None:
    figures = scopes("8.354", "0.25", "12", origin=Origin.ENTERED)
    figure = computed_figure(CATALOGUE.datapoints["ghg.total"], figures)
    assert figure
    assert figure.readable == Quantity(Decimal("20.604"), "t-co2e")


def test_a_sum_of_many_decimals_is_shortened() -> None:
    assert sum_of_shown([Decimal("1.23456"), Decimal(1)], "t-co2e") == Decimal("2.235")
    assert sum_of_shown([], "t-co2e") == 0
