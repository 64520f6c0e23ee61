"""Promises about the calculators' data: every slot can be filled, every result is worked out and in words."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import force_locale

from dnk_tool.catalogue import load_catalogue
from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.calculators.model import (
    SCOPE_3_CATEGORIES,
    Activity,
    Calculator,
    QuantityMethod,
    Slot,
)
from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.catalogue.values import NO_TEXT
from dnk_tool.domain.figures import formulas
from dnk_tool.domain.figures.calculators import (
    CalculationNote,
    CalculatorLine,
    FactorSnapshot,
    NoteCode,
    evaluate_lines,
    factor_alternatives,
    factor_fits,
    factor_snapshot,
    line_faults,
    with_proposed_factors,
)
from dnk_tool.domain.figures.calculators.activity_quantity import fields_of_method
from dnk_tool.domain.quantities import Quantity
from dnk_tool.web.figures.calculators.form import choosable_slots, own_factor_unit
from dnk_tool.web.figures.calculators.notes import NOTE_TEXTS, note_text

CALCULATORS = load_calculators()
DATAPOINTS = load_catalogue("dnk-2017").datapoints
YEARS = (2023, 2025, 2026)
SEVERAL = (1, 2)


def _activities() -> Iterator[tuple[Calculator, Activity]]:
    for calculator in CALCULATORS.values():
        for activity in calculator.activities:
            yield calculator, activity


def _slots() -> Iterator[tuple[str, Activity, Slot]]:
    for calculator, activity in _activities():
        for slot in activity.slots:
            yield f"{calculator.key}/{activity.key}/{slot.key}", activity, slot


def test_there_are_the_calculators_of_the_issue() -> None:
    assert list(CALCULATORS) == [
        "energy",
        "refrigerants",
        "travel",
        "commuting",
        "freight",
        "purchases",
        "water",
        "waste",
        "materials",
        "accidents",
        "staff-turnover",
        "training",
        "pay-gap",
        "coverage",
        "diversity",
        "economic-value",
        "intensity",
    ]


def test_every_calculator_says_where_to_look_and_what_comes_of_it() -> None:
    for calculator in CALCULATORS.values():
        assert calculator.where, calculator.key
        assert calculator.results, calculator.key
        assert set(calculator.results) <= set(DATAPOINTS), calculator.key
        for activity in calculator.activities:
            assert activity.hint.de, activity.key
            assert activity.hint.en, activity.key
            assert activity.fields, activity.key
            assert (
                activity.fields[0].required
                or activity.measure is QuantityMethod.STOCK_BALANCE
                or not activity.slots
                or activity.is_single
            )


def test_every_factor_of_a_slot_exists_and_fits_a_unit_of_the_line() -> None:
    factors = load_factors()
    for place, activity, slot in _slots():
        for key in slot.factors:
            assert key in factors.by_key, f"{place}: {key}"
            units = [unit for field in activity.fields for unit in field.units]
            assert any(
                factor_fits(activity, slot, unit, factor) for unit in units for factor in factors.by_key[key]
            ), f"{place}: {key} fits no unit"


# Kinds of line whose factors only the company knows.
OWN_FACTORS = (
    "purchases/purchase",
    "energy/other-fuel",
    "energy/other-renewable-fuel",
    "refrigerants/other-refrigerant",
)


@pytest.mark.parametrize("year", YEARS)
def test_every_slot_has_a_factor_in_every_unit_that_needs_one(year: int) -> None:
    """A kind of line that somebody can enter but that then cannot be calculated would be a trap."""
    factors = load_factors()
    for place, activity, slot in _slots():
        if slot.is_optional or slot.field != "quantity" or slot.value_field:
            continue
        if place.startswith(OWN_FACTORS):
            assert slot in choosable_slots(activity), f"{place}: the form asks for the company's own factor"
            continue
        lead = activity.field("quantity") or activity.fields[0]
        for unit in lead.units:
            family = slot.datapoint.family
            is_alike = unit in family.units or unit.removesuffix("-hi") in family.units
            assert is_alike or factor_alternatives(activity, slot, unit, factors, year), f"{place}: {unit}"


def test_a_measure_takes_fields_of_its_activity() -> None:
    for calculator, activity in _activities():
        if activity.measure is not QuantityMethod.AS_ENTERED:
            assert activity.measured is not None
            for key in fields_of_method(activity.measure):
                assert activity.field(key), f"{calculator.key}/{activity.key}: {key}"


def test_a_datapoint_that_follows_from_others_is_no_slot() -> None:
    for place, _activity, slot in _slots():
        assert slot.datapoint.computed is None, place


def test_each_category_of_scope_3_has_a_datapoint_and_a_slot() -> None:
    assert set(SCOPE_3_CATEGORIES.values()) <= set(DATAPOINTS)
    assert {slot.category for _, _, slot in _slots() if slot.category} == set(SCOPE_3_CATEGORIES)
    for place, _activity, slot in _slots():
        assert bool(slot.category) == (slot.datapoint.key == "ghg.scope3.gross"), place


def test_every_formula_is_documented_with_its_source() -> None:
    """Each public function says what it works out; those that may give nothing say when."""
    own = {name: value for name, value in vars(formulas).items() if inspect.isfunction(value)}
    public = {
        name: value for name, value in own.items() if value.__module__ == formulas.__name__ and name[0] != "_"
    }
    assert len(public) > 25
    for name, formula in public.items():
        text = formula.__doc__ or ""
        assert text, name
        if "None" in str(formula.__annotations__.get("return")):
            assert "None" in text, f"{name} does not say when there is no value"


def test_labels_tell_the_kinds_of_a_calculator_apart() -> None:
    for calculator in CALCULATORS.values():
        for language in ("de", "en"):
            labels = [getattr(activity.label, language) for activity in calculator.activities]
            assert len(labels) == len(set(labels)), calculator.key
    for calculator, activity in _activities():
        if activity.code_pattern:
            assert re.fullmatch(activity.code_pattern, "15 01 01"), f"{calculator.key}/{activity.key}"


def _filled(number: int, calculator: Calculator, activity: Activity) -> CalculatorLine:
    """A line with ten of everything, one of a part, and a factor of its own where none is proposed.

    Of energy passed on, one is bought: two such lines pass on less than there is.
    """
    keys = [field.key for field in activity.fields]
    if activity.measure is QuantityMethod.STOCK_BALANCE:
        keys.remove("quantity")
    given = {
        key: Quantity(Decimal(10), activity.field(key).default_unit) for key in keys if key not in OTHERS
    }
    given |= {
        field.key: Quantity(Decimal(9 if field.is_asked else 1), field.default_unit)
        for field in activity.fields
        if field.part_of
    }
    bare = CalculatorLine(number, calculator.key, activity.key, quantities=given)
    line = with_proposed_factors(bare, activity, load_factors(), 2025)
    if f"{calculator.key}/{activity.key}" in CHOSEN:
        unit, (slot,) = given["quantity"].unit, activity.slots
        (factor,) = factor_alternatives(activity, slot, unit, load_factors(), 2025)
        return replace(line, factors={slot.key: factor_snapshot(factor)})
    if not f"{calculator.key}/{activity.key}".startswith(OWN_FACTORS):
        return line
    unit = activity.fields[0].default_unit
    own = {
        slot.key: FactorSnapshot(
            "own", "", None, NO_TEXT, Decimal(1), unit, own_factor_unit(slot), reason="EPD"
        )
        for slot in activity.slots
    }
    return replace(line, factors=own)


# What a line in its preset unit leaves empty: the rest of cubic metres, and one of two ways.
OTHERS = {"state-number", "calorific-value"}
# What has one factor, whose source nobody has confirmed: a person chooses it.
CHOSEN = {"travel/rail-long-distance"}


def test_every_result_that_is_promised_can_follow() -> None:
    filled = [_filled(n, calculator, activity) for n, (calculator, activity) in enumerate(_activities(), 1)]
    for line, (_, activity) in zip(filled, _activities(), strict=True):
        assert line_faults(line, activity) == (), f"{line.calculator}/{line.activity}"
    calculation = evaluate_lines(filled, CALCULATORS, datapoints=DATAPOINTS)
    promised = {key for calculator in CALCULATORS.values() for key in calculator.results}
    # Cubic metres are not the preset unit of waste.
    assert promised - set(calculation.results) == {"waste.volume"}
    assert set(calculation.results) <= promised


def test_every_note_has_a_sentence() -> None:
    assert set(NOTE_TEXTS) == set(NoteCode)


@pytest.mark.parametrize("code", NoteCode)
def test_the_sentence_says_how_many_lines_and_is_translated(app: Flask, code: NoteCode) -> None:
    said = {}
    for language in ("de", "en"):
        with app.test_request_context(), force_locale(language):
            said[language] = note_text(CalculationNote(code, "energy.total", SEVERAL))
    assert said["de"].endswith(".")
    assert said["de"] != said["en"]
    numbers = {language: "2" in text.split() for language, text in said.items()}
    assert numbers["de"] == numbers["en"]
