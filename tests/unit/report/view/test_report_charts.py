"""Charts stay in their box, draw only what is stated, and take every text for a text."""

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from dnk_tool.report.text.text_width import text_width
from dnk_tool.report.view.charts.svg import (
    Bar,
    BarGroup,
    ChartStyle,
    StackedBar,
    bars,
    columns,
    is_drawable,
    stacked_bars,
)

PAINT = ChartStyle("#2c6e49", "Sans", 374)
ALIGNED = replace(PAINT, is_aligned=True)
NUMBERS = st.one_of(
    st.none(),
    st.decimals(min_value=-(10**22), max_value=10**22),
    st.sampled_from([Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("-Infinity"), Decimal(0)]),
    st.fractions(max_denominator=1000),
)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=120)
BARS = st.builds(Bar, WORDS, NUMBERS, WORDS, st.integers(0, 4))
GROUPS = st.lists(st.builds(BarGroup, WORDS, st.lists(BARS, min_size=1, max_size=3).map(tuple)), max_size=6)
SLACK = 0.02  # coordinates have two decimals


def drawn(svg: Markup) -> ElementTree.Element:
    """The drawing, in which every mark lies in its box and every number is one."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own drawing
    assert root[0].tag == "title"
    assert (root[0].text or "").strip()
    _, _, wide, high = map(float, root.get("viewBox", "").split())
    assert root.get("role") == "img"
    for mark in root[1:]:
        numbers = {name: float(text) for name, text in mark.attrib.items() if re.fullmatch(r"[\d.-]+", text)}
        assert {"x", "y"} <= numbers.keys()
        assert not re.search("nan|inf", " ".join(mark.attrib.values()), re.IGNORECASE)
        left, top = numbers["x"], numbers["y"]
        if mark.tag == "rect":
            assert numbers["width"] >= 0
            assert numbers["height"] >= 0
            right, bottom = left + numbers["width"], top + numbers["height"]
        else:
            long = text_width(mark.text or "", numbers["font-size"])
            left -= long / 2 if mark.get("text-anchor") == "middle" else 0
            right, bottom = left + long, top
        assert -SLACK <= left <= right <= wide + SLACK, mark.attrib
        assert -SLACK <= top <= bottom <= high + SLACK, mark.attrib
    return root


def lengths(root: ElementTree.Element, name: str = "width") -> list[float]:
    """The measure of every mark with the full accent, in the order of drawing."""
    return [float(mark.get(name, "")) for mark in root.iter("rect") if mark.get("fill") == PAINT.accent]


@settings(max_examples=150, deadline=None)
@given(GROUPS, st.booleans())
def test_bars_of_any_numbers_stay_in_their_box(groups: list[BarGroup], has_ground: bool) -> None:
    for paint in (PAINT, ALIGNED):
        drawn(bars("Titel", groups, paint, Fraction(100) if has_ground else None))


@settings(max_examples=150, deadline=None)
@given(GROUPS)
def test_columns_of_any_numbers_stay_in_their_box_or_are_not_drawn(groups: list[BarGroup]) -> None:
    svg = columns("Titel", groups, PAINT)
    assert svg is None or len(drawn(svg))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.builds(StackedBar, WORDS, st.lists(NUMBERS.filter(is_drawable), max_size=4).map(tuple), WORDS),
        max_size=5,
    ),
    st.lists(WORDS, max_size=4),
)
def test_strips_of_any_parts_stay_in_their_box(rows: list[StackedBar], legend: list[str]) -> None:
    drawn(stacked_bars("Titel", rows, legend, PAINT))


@given(st.lists(st.decimals(min_value=1, max_value=1000, places=2), min_size=2, max_size=8))
def test_bars_are_as_long_as_their_numbers(values: list[Decimal]) -> None:
    root = drawn(bars("Titel", [BarGroup("a", (Bar("", value, str(value)),)) for value in values], PAINT))
    measured = lengths(root)
    assert len(measured) == len(values)
    for value, long in zip(values, measured, strict=True):
        assert long == pytest.approx(max(measured) * float(value / max(values)), abs=0.8)


@given(st.lists(st.integers(1, 50).map(Decimal), min_size=3, max_size=3))
def test_the_parts_of_a_strip_add_up_to_its_length(parts: list[Decimal]) -> None:
    root = drawn(stacked_bars("Titel", [StackedBar("Umwelt", tuple(parts), "")], (), PAINT))
    blocks = list(root.iter("rect"))
    first, last = blocks[0], blocks[-1]
    whole = float(last.get("x", "")) + float(last.get("width", "")) - float(first.get("x", ""))
    first_share = float(first.get("width", "")) / whole
    assert first_share == pytest.approx(float(parts[0] / sum(parts)), abs=0.01)


@pytest.mark.parametrize("value", [None, Decimal(0), Decimal(-5), Decimal("NaN")])
def test_what_is_not_stated_or_below_zero_has_its_words_and_no_bar(value: Decimal | None) -> None:
    shown = BarGroup("Scope 3", (Bar("", value, "liegt nicht vor"),))
    root = drawn(bars("Titel", [BarGroup("Scope 1", (Bar("", Decimal(7), "7 t"),)), shown], PAINT))
    assert len(lengths(root)) == 1
    assert "liegt nicht vor" in [element.text for element in root.iter("text")]


def test_the_bars_of_two_charts_on_a_page_begin_at_the_same_place() -> None:
    one, two = Bar("", Decimal(3), "3 %"), Bar("2024", Decimal(5), "5 %")
    drawings = [
        bars("a", [BarGroup("Strom", (one,))], ALIGNED),
        bars("b", [BarGroup("Frauen in Leitung und Aufsicht", (two, one))], ALIGNED, Decimal(100)),
        stacked_bars("c", [StackedBar("Alter", (Decimal(1), Decimal(2)), "1, 2")], [], ALIGNED),
    ]
    begins = {min(float(mark.attrib["x"]) for mark in drawn(svg) if mark.tag == "rect") for svg in drawings}
    assert len(begins) == 1
    assert "".join(mark.text or "" for mark in drawn(drawings[1])).count("…") == 0


def test_the_smallest_value_can_still_be_seen() -> None:
    groups = [BarGroup("a", (Bar("", Decimal(number), number),)) for number in ("1000000", "0.001")]
    assert min(lengths(drawn(bars("Titel", groups, PAINT)))) > 0.5


def test_texts_are_escaped_and_what_has_no_room_is_cut() -> None:
    hostile = '</text></svg><script>alert("1")</script>'
    svg = bars(hostile, [BarGroup(hostile, (Bar("", Decimal(1), hostile + "x" * 5000),))], PAINT)
    assert "<script" not in svg
    assert drawn(svg)[0].text == hostile
    assert "…" in svg


def test_columns_without_room_for_their_numbers_are_left_to_bars() -> None:
    def group(text: str) -> BarGroup:
        return BarGroup("Scope 1", tuple(Bar(str(year), Decimal(year), text) for year in (2023, 2024, 2025)))

    assert columns("Titel", [group("18,2")] * 3, PAINT)
    assert columns("Titel", [group("12.345.678,9")] * 3, PAINT) is None
    assert columns("Titel", [], PAINT) is None


def test_tones_differ_by_more_than_their_colour() -> None:
    """Lighter marks have an edge in the accent, so that they are seen on white paper and in grey."""
    svg = stacked_bars(
        "Titel", [StackedBar("a", (Decimal(1), Decimal(1), Decimal(1)), "")], ("b", "c", "d"), PAINT
    )
    marks = list(drawn(svg).iter("rect"))
    assert [mark.get("stroke") for mark in marks] == [None, PAINT.accent, PAINT.accent] * 2
    assert len({mark.get("fill") for mark in marks}) == 3
