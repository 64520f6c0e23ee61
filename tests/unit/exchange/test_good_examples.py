"""What an example needs, for whom it fits, and which signs a page must not show."""

from dataclasses import replace
from decimal import Decimal

import pytest

from dnk_tool.domain.exchange.examples import (
    FIVE_LINES,
    ExampleContent,
    ExampleNumber,
    ExamplePart,
    UsedEnergy,
    example_number,
    fit_rank,
    fits_company,
    missing_example_parts,
    plain_text,
)
from dnk_tool.domain.measures.model import CompanyMeasure, EffectBasis, EnergySaving, MeasureEffect

GAS = ExampleNumber(
    MeasureEffect((EnergySaving("natural-gas", Decimal(9)),), basis=EffectBasis.MEASURED), "material", 2025
)
WATER = ExampleNumber(MeasureEffect(water_m3=Decimal(3), basis=EffectBasis.ESTIMATED))
WHOLE = ExampleContent(*("Text" for _part in ("title", *FIVE_LINES)))


def test_an_example_takes_its_number_from_the_measure() -> None:
    measure = CompanyMeasure("Dämmen", kind="material", effect=GAS.effect, from_year=2025)
    assert example_number(measure) == GAS


@pytest.mark.parametrize("part", [ExamplePart.TITLE, *FIVE_LINES])
def test_each_line_is_needed(part: ExamplePart) -> None:
    assert missing_example_parts(WHOLE, GAS, has_picture=False) == ()
    without = replace(WHOLE, **{part.value: ""})
    assert missing_example_parts(without, GAS, has_picture=False) == (part,)


@pytest.mark.parametrize(
    "effect",
    [
        MeasureEffect(),
        replace(GAS.effect, basis=None),
        MeasureEffect((EnergySaving("electricity", Decimal(-4)),), basis=EffectBasis.MEASURED),
        MeasureEffect(cost_eur=Decimal(0), basis=EffectBasis.MEASURED),
    ],
    ids=["nothing", "without a basis", "only more used", "zero"],
)
def test_a_number_is_above_zero_and_says_how_it_was_found(effect: MeasureEffect) -> None:
    assert missing_example_parts(WHOLE, ExampleNumber(effect), has_picture=False) == (ExamplePart.NUMBER,)


def test_a_picture_needs_words() -> None:
    assert missing_example_parts(WHOLE, GAS, has_picture=True) == (ExamplePart.PICTURE_ALT,)
    assert missing_example_parts(replace(WHOLE, picture_alt="Ofen"), GAS, has_picture=True) == ()


def test_who_uses_the_same_energy_or_else_is_of_the_same_section_may_do_the_same() -> None:
    user, other = UsedEnergy(frozenset({"natural-gas"}), "C"), UsedEnergy(frozenset({"diesel"}), "C")
    assert fits_company(GAS, "", user)
    assert not fits_company(GAS, "C", other)
    assert fits_company(WATER, "C", other)
    assert not fits_company(WATER, "", UsedEnergy())
    ranks = [
        fit_rank(GAS, "C", user),
        fit_rank(GAS, "H", user),
        fit_rank(GAS, "C", other),
        fit_rank(GAS, "H", other),
    ]
    assert ranks == [0, 1, 2, 3]


def test_energy_used_in_place_of_another_is_no_saving() -> None:
    heat_pump = (EnergySaving("natural-gas", Decimal(9)), EnergySaving("electricity", Decimal(-3)))
    assert ExampleNumber(MeasureEffect(heat_pump)).carriers == {"natural-gas"}


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200f", "\u061c", "\x00", "\x1b", "\ud800"])
def test_signs_that_turn_or_break_a_text_are_left_out(sign: str) -> None:
    assert plain_text(f" Ofen{sign}wärme\r\n") == "Ofenwärme"
