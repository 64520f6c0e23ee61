"""Rows of a file of figures: any bytes give wishes or a reason, and nothing is taken for what it is not."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.catalogue import selection_for
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Origin, Quality
from dnk_tool.domain.figures.file_cells import (
    escape_text,
    is_exact_in_spreadsheet,
    read_numeric_cell,
    read_quality,
    read_unit,
    unescape_text,
)
from dnk_tool.domain.figures.file_changes import FigureFilePreview, StoredFigure, preview_figure_file
from dnk_tool.domain.figures.file_columns import COLUMN_HEADINGS, FigureColumn, MissingColumns, find_layout
from dnk_tool.domain.figures.file_rows import (
    FigureHintKind,
    FigureRowFault,
    ParsedFigureFile,
    read_figure_rows,
)
from dnk_tool.domain.text import normalised
from dnk_tool.domain.uploads import SpreadsheetRow
from dnk_tool.labels import label
from dnk_tool.language import LANGUAGES, Language

SELECTION = selection_for("dnk-2017", "gri")
POINTS = {key: SELECTION.catalogue.datapoints[key] for key in SELECTION.datapoints}
ENERGY = "energy.electricity.consumption"
GERMAN = ("Jahr", "Kennzahl", "Wert", "Einheit", "Qualität", "Anmerkung", "Quelle", "Zuständig")
FAMILY = POINTS[ENERGY].family


def under_heads(*rows: tuple[str, ...], numeric: frozenset[int] = frozenset()) -> list[SpreadsheetRow]:
    return [
        SpreadsheetRow(1, GERMAN),
        *(SpreadsheetRow(number, row, numeric) for number, row in enumerate(rows, start=2)),
    ]


def read(*rows: tuple[str, ...], language: Any = "de", **given: Any) -> ParsedFigureFile:
    return read_figure_rows(under_heads(*rows, **given), POINTS, year=2025, language=language)


def edits(*row: str, **given: Any) -> dict[FigureColumn, str]:
    parsed = read(("2025", ENERGY, *row), **given)
    assert parsed.bad == []
    return dict(parsed.updates[0].edits)


def fault(*row: str, **given: Any) -> tuple[FigureRowFault, str]:
    [bad] = read(row, **given).bad
    return bad.fault, bad.detail


def sifted(
    parsed: ParsedFigureFile, stored: dict[tuple[int, str], StoredFigure] | None = None, **given: Any
) -> FigureFilePreview:
    return preview_figure_file(
        parsed, stored or {}, POINTS, is_open=given.get("is_open", lambda _year, _key: True)
    )


def test_heads_are_found_in_both_languages_below_titles_and_in_any_order() -> None:
    english = tuple(COLUMN_HEADINGS[column].en.upper() for column in reversed(FigureColumn))
    layout = find_layout(
        [
            SpreadsheetRow(1, ("Figures of 2025",)),
            SpreadsheetRow(3, english),
            SpreadsheetRow(4, ("x",) * len(english)),
        ]
    )
    assert layout.language == "en"
    assert set(layout.places) == set(FigureColumn)
    assert [row.number for row in layout.rows] == [4]
    assert find_layout(under_heads()).language == "de"


@pytest.mark.parametrize("heads", [(), ("Firma", "E-Mail"), ("Kennzahl",), ("Wert", "Einheit")])
def test_without_its_heads_a_file_is_refused(heads: tuple[str, ...]) -> None:
    with pytest.raises(MissingColumns):
        find_layout([SpreadsheetRow(1, heads), SpreadsheetRow(2, ("a", "b"))])


def test_a_row_says_what_to_change_and_an_empty_cell_nothing() -> None:
    assert edits("1.234,5", "MWh", "gemessen", "", "Rechnung", "") == {
        FigureColumn.VALUE: "1234.5",
        FigureColumn.UNIT: "MWh",
        FigureColumn.QUALITY: "measured",
        FigureColumn.SOURCE: "Rechnung",
    }
    assert edits("-", "–", "—", "-") == {
        FigureColumn.VALUE: "",
        FigureColumn.QUALITY: "",
        FigureColumn.NOTE: "",
    }
    assert read(("2025", ENERGY, "", "kWh")).updates == []  # as a template has it


def test_the_heads_decide_how_numbers_are_read() -> None:
    english = [SpreadsheetRow(1, ("Key", "Value", "Unit")), SpreadsheetRow(2, (ENERGY, "1,234", "kWh"))]
    parsed = read_figure_rows(english, POINTS, year=2025, language="de")
    assert (parsed.language, parsed.updates[0].edits[FigureColumn.VALUE], parsed.updates[0].year) == (
        "en",
        "1234",
        2025,
    )
    mixed = [SpreadsheetRow(1, ("Key", "Wert")), SpreadsheetRow(2, (ENERGY, "1,234"))]
    assert read_figure_rows(mixed, POINTS, year=2025, language="en").language == "en"


def test_what_reads_two_ways_is_pointed_out() -> None:
    parsed = read(("2025", ENERGY, "1.234", "kWh"), ("2024", ENERGY, "12.345,6", "kWh"))
    assert [(hint.number, hint.kind, hint.detail) for hint in parsed.hints] == [
        (2, FigureHintKind.TWO_WAYS, "1.234")
    ]
    assert parsed.updates[0].edits[FigureColumn.VALUE] == "1234"


def test_numbers_of_a_spreadsheet_are_read_as_they_are() -> None:
    at = frozenset({2})
    assert edits("1.234", "kWh", numeric=at)[FigureColumn.VALUE] == "1.234"
    assert edits("0.30000000000000004", "kWh", numeric=at)[FigureColumn.VALUE] == "0.3"
    assert edits("0.333333333333333", "kWh", numeric=at)[FigureColumn.VALUE] == "0.3333333333"
    assert edits("1e-07", "kWh", numeric=at)[FigureColumn.VALUE] == "0.0000001"
    assert fault("2025", ENERGY, "1e-20", "kWh", numeric=at)[0] is FigureRowFault.LONG_NUMBER
    assert fault("2025", ENERGY, "1e300", "kWh", numeric=at)[0] is FigureRowFault.LONG_NUMBER
    assert fault("2025", ENERGY, "inf", "kWh", numeric=at)[0] is FigureRowFault.NOT_A_NUMBER


def test_a_share_that_excel_holds_as_a_hundredth_is_pointed_out() -> None:
    key = next(key for key, point in POINTS.items() if point.family.key == "percent")
    parsed = read(("2025", key, "0.375", "%"), numeric=frozenset({2}))
    assert [(hint.kind, hint.detail) for hint in parsed.hints] == [(FigureHintKind.SHARE, "37.500")]
    assert parsed.updates[0].edits[FigureColumn.VALUE] == "0.375"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (("2025", "", "1"), (FigureRowFault.NO_FIGURE, "")),
        (("2025", "energy.magic", "1"), (FigureRowFault.UNKNOWN_FIGURE, "energy.magic")),
        (("25", ENERGY, "1", "kWh"), (FigureRowFault.NOT_A_YEAR, "25")),
        (("1899", ENERGY, "1", "kWh"), (FigureRowFault.NOT_A_YEAR, "1899")),
        (("2026", ENERGY, "1", "kWh"), (FigureRowFault.LATER_YEAR, "2026")),
        (("2025", ENERGY, "liegt nicht vor", "kWh"), (FigureRowFault.NOT_A_NUMBER, "liegt nicht vor")),
        (("2025", ENERGY, "0x10", "kWh"), (FigureRowFault.NOT_A_NUMBER, "0x10")),
        (("2025", ENERGY, "2026-02-01 00:00:00", "kWh"), (FigureRowFault.IS_A_DAY, "2026-02-01 00:00:00")),
        (("2025", ENERGY, "1" * 21, "kWh"), (FigureRowFault.LONG_NUMBER, "1" * 21)),
        (("2025", ENERGY, "1", "mWh"), (FigureRowFault.UNKNOWN_UNIT, "mWh")),
        (("2025", ENERGY, "1", "t CO2e"), (FigureRowFault.UNKNOWN_UNIT, "t CO2e")),
        (("2025", ENERGY, "1", "kWh", "geraten"), (FigureRowFault.UNKNOWN_QUALITY, "geraten")),
        (("2025", ENERGY, "", "", "", "", "x" * 501), (FigureRowFault.LONG_WORDS, "500")),
    ],
)
def test_a_row_that_cannot_be_read_says_why(
    row: tuple[str, ...], expected: tuple[FigureRowFault, str]
) -> None:
    assert fault(*row) == expected


def test_the_same_figure_twice_counts_once() -> None:
    parsed = read(("2025", ENERGY, "1", "kWh"), ("2024", ENERGY, "1", "kWh"), ("", ENERGY, "2", "kWh"))
    assert [update.number for update in parsed.updates] == [2, 3]
    assert [(row.number, row.fault, row.detail) for row in parsed.bad] == [(4, FigureRowFault.TWICE, "2")]


def test_a_figure_may_be_named_by_its_label() -> None:
    rows = [
        SpreadsheetRow(1, ("Bezeichnung", "Wert", "Einheit")),
        SpreadsheetRow(2, ("stromverbrauch", "5", "kWh")),
    ]
    assert read_figure_rows(rows, POINTS, year=2025, language="de").updates[0].datapoint == ENERGY


@pytest.mark.parametrize(
    ("text", "family", "symbol"),
    [
        ("kwh", "energy", "kWh"),
        (" MWh ", "energy", "MWh"),
        ("Megawattstunden", "energy", "MWh"),
        ("mwh", "energy", None),
        ("t CO2e", "co2e", "t-co2e"),
        ("t CO₂e", "co2e", "t-co2e"),
        ("tCO2e", "co2e", "t-co2e"),
        ("kg CO2e", "co2e", "kg-co2e"),
        ("m3", "volume", "m3"),
        ("m³", "volume", "m3"),
        ("ML", "volume", "ML"),
        ("ml", "volume", None),
        ("%", "percent", "percent"),
        ("Mio. EUR", "money", "Mio-EUR"),
        ("VZÄ", "fte", "fte"),
        ("", "energy", None),
    ],
)
def test_units_by_symbol_sign_or_name(text: str, family: str, symbol: str | None) -> None:
    assert read_unit(text, SELECTION.catalogue.families[family]) == symbol


def test_every_unit_is_read_back_by_every_name_that_is_written() -> None:
    for family in SELECTION.catalogue.families.values():
        for symbol, unit in family.units.items():
            for text in (symbol, unit.display.de, unit.display.en):
                assert read_unit(text, family) == symbol, (family.key, text)


def test_qualities_in_both_languages() -> None:
    for text in ("liegt nicht vor", "Liegt  nicht vor", "not available", "not-available"):
        assert read_quality(text) is Quality.NOT_AVAILABLE
    assert read_quality("0") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_of_a_quality_that_is_written_is_read_back(language: Language) -> None:
    for quality in Quality:
        assert read_quality(label(quality, language)) is quality


@given(st.text(max_size=60).map(normalised))
def test_words_come_back_as_they_were(text: str) -> None:
    assert unescape_text(escape_text(text)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**10), max_value=10**10))
def test_a_number_that_a_spreadsheet_keeps_comes_back(value: Decimal) -> None:
    if is_exact_in_spreadsheet(value):
        assert read_numeric_cell(repr(float(value))) == value


def test_the_same_figure_stays_untouched_whatever_its_spelling() -> None:
    stored = Figure(Decimal("1.50"), "MWh", Quality.MEASURED, "Zähler", origin=Origin.LINES)
    preview = sifted(
        read(("2025", ENERGY, "1,5", "MWh", "gemessen", "Zähler")), {(2025, ENERGY): StoredFigure(stored, 3)}
    )
    assert (preview.same, preview.changes, preview.bad) == (1, (), ())


def test_a_change_keeps_what_the_row_does_not_say() -> None:
    stored = Figure(Decimal(1), "MWh", Quality.MEASURED, "Zähler", "Rechnung", "Anna", Origin.LINES)
    preview = sifted(read(("2025", ENERGY, "2")), {(2025, ENERGY): StoredFigure(stored, 3)})
    [change] = preview.changes
    assert change.after == Figure(Decimal(2), "MWh", Quality.MEASURED, "Zähler", "Rechnung", "Anna")
    assert (change.seen, change.is_new) == (3, False)
    assert [(hint.kind, hint.detail) for hint in preview.hints] == [(FigureHintKind.BY_HAND, "lines")]
    [change] = sifted(
        read(("2025", ENERGY, "", "", "", "Neu")), {(2025, ENERGY): StoredFigure(stored, 3)}
    ).changes
    assert change.after.origin is Origin.LINES


def test_a_dash_empties_a_value_with_its_unit_and_quality() -> None:
    stored = {(2025, ENERGY): StoredFigure(Figure(Decimal(1), "MWh", Quality.MEASURED, "Zähler"), 1)}
    [change] = sifted(read(("2025", ENERGY, "-", "MWh", "gemessen")), stored).changes
    assert change.after == Figure(note="Zähler")
    [change] = sifted(read(("2025", ENERGY, "-", "", "liegt nicht vor")), stored).changes
    assert change.after == Figure(quality=Quality.NOT_AVAILABLE, note="Zähler")


@pytest.mark.parametrize(
    ("row", "stored", "expected"),
    [
        (("5",), NO_FIGURE, FigureRowFault.NO_UNIT),
        (("", "MWh", "gemessen"), Figure(Decimal(1), "kWh"), FigureRowFault.UNIT_ALONE),
        (("", "", "liegt nicht vor"), Figure(Decimal(1), "kWh"), FigureRowFault.VALUE_NOT_AVAILABLE),
        (("0", "kWh"), Figure(quality=Quality.NOT_AVAILABLE), FigureRowFault.VALUE_NOT_AVAILABLE),
    ],
)
def test_what_does_not_fit_together_is_refused(
    row: tuple[str, ...], stored: Figure, expected: FigureRowFault
) -> None:
    preview = sifted(read(("2025", ENERGY, *row)), {(2025, ENERGY): StoredFigure(stored, 1)})
    assert [rejected.fault for rejected in preview.bad] == [expected]
    assert preview.changes == ()


def test_frozen_years_are_refused_row_by_row_but_may_say_the_same() -> None:
    stored = {(2024, ENERGY): StoredFigure(Figure(Decimal(1), "kWh"), 1)}
    rows = read(
        ("2025", ENERGY, "2", "kWh"),
        ("2024", ENERGY, "1", "kWh"),
        ("2024", "ghg.scope1.gross", "1", "t CO2e"),
    )
    preview = sifted(rows, stored, is_open=lambda year, _key: year == 2025)
    assert [change.update.number for change in preview.changes] == [2]
    assert preview.same == 1
    assert [(row.number, row.fault, row.detail) for row in preview.bad] == [
        (4, FigureRowFault.LOCKED, "2024")
    ]


CELLS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["", "-", "1.234", "1,234", "=1+1", "0", "kWh", "MWh", "gemessen", ENERGY, "2025", "nan"]
    ),
)


@given(st.lists(st.tuples(*[CELLS] * len(GERMAN)), max_size=6), st.frozensets(st.integers(0, 7)))
def test_any_cells_give_wishes_or_reasons_and_no_value_that_cannot_be_kept(
    rows: list[tuple[str, ...]], numeric: frozenset[int]
) -> None:
    parsed = read(*rows, numeric=numeric)
    preview = sifted(parsed)
    assert len(preview.changes) + preview.same + len(preview.bad) <= len(rows)
    for change in preview.changes:
        figure = change.after
        assert not figure.is_contradictory
        assert (figure.value is None) == (figure.unit == "")
        if figure.value is not None:
            assert numbers.parse(numbers.plain(figure.value), "en") == figure.value
