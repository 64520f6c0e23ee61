"""The annex of a declaration: what is written can be read again, and what says nothing is left out."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dnk_tool.domain.declarations.annex import (
    NO_ANNEX,
    Annex,
    AnnexLine,
    AnnexStep,
    CoveredSites,
    EnteredValue,
    FigureExplanation,
    FurtherFigure,
    ListedEvidence,
    ReviewedGoal,
    UsedFactor,
)
from dnk_tool.domain.quantities import Quantity
from dnk_tool.domain.schema_types import Shape

TEXT = st.text("abcäöüßXYZ0123.,-€", min_size=1, max_size=20)
NUMBER = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9)
QUANTITY = st.builds(Quantity, NUMBER.map(lambda n: n if n else Decimal("0.0000")), st.just("kWh-hs"))
FACTOR = st.builds(
    UsedFactor,
    TEXT,
    NUMBER.map(abs),
    st.just("kWh-hs"),
    st.just("kg-co2e"),
    data_year=st.none() | st.just(2025),
)
STEP = st.builds(AnnexStep, TEXT, QUANTITY, QUANTITY, st.none() | FACTOR)
LINE = st.builds(
    AnnexLine,
    TEXT,
    TEXT,
    TEXT,
    TEXT,
    entered=st.lists(st.builds(EnteredValue, TEXT, QUANTITY), max_size=2).map(tuple),
    steps=st.lists(STEP, max_size=3).map(tuple),
)
ANNEX = st.builds(
    Annex,
    calculations=st.lists(LINE, max_size=3).map(tuple),
    figures=st.lists(st.builds(FurtherFigure, TEXT, QUANTITY, TEXT), max_size=2).map(tuple),
    evidence=st.lists(
        st.builds(
            ListedEvidence, TEXT, TEXT, st.just("ab" * 32), st.tuples(TEXT), st.booleans(), st.booleans()
        ),
        max_size=2,
    ).map(tuple),
    explanations=st.lists(st.builds(FigureExplanation, TEXT, TEXT, TEXT), max_size=2).map(tuple),
    goals=st.lists(st.builds(ReviewedGoal, TEXT, st.just(2024), TEXT, TEXT, TEXT), max_size=2).map(tuple),
    scope=st.builds(CoveredSites, *4 * [st.lists(TEXT, max_size=2).map(tuple)], TEXT),
)


class File(Shape):
    """A file with an annex."""

    annex: Annex = NO_ANNEX


def read_annex(annex: dict[str, object]) -> Annex:
    return File.model_validate_json(json.dumps({"annex": annex})).annex


@given(ANNEX)
def test_what_is_written_can_be_read_again(annex: Annex) -> None:
    assert read_annex(annex.to_json()) == annex


def test_an_empty_annex_says_nothing() -> None:
    assert NO_ANNEX.to_json() == {}
    assert read_annex({}) == NO_ANNEX


@pytest.mark.parametrize("value", ["1,5", "1e3", "-0.", "NaN", "01"])
def test_a_number_is_exact_text(value: str) -> None:
    step = {
        "datapoint": "x",
        "quantity": {"value": value, "unit": "l"},
        "result": {"value": "1", "unit": "l"},
    }
    line = {"calculator": "energy", "activity": "gas", "title": "Gas", "steps": [step]}
    with pytest.raises(ValidationError):
        read_annex({"calculations": [line]})
