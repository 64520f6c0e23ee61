"""What lists of people, fuel cards and waste come to, in any order of their columns."""

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.catalogue import load_catalogue
from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.domain.figures.calculators import evaluate_lines, line_faults, with_proposed_factors
from dnk_tool.domain.figures.lists.columns import guess_columns
from dnk_tool.domain.figures.lists.model import (
    ListCount,
    ListKind,
    ListNote,
    ListRowFault,
    ListSettings,
    ListSums,
    WasteFate,
)
from dnk_tool.domain.figures.lists.sums import sum_list
from dnk_tool.domain.uploads import ListTable, SpreadsheetRow

SETTINGS = ListSettings(2025)
PAYROLL = """N;Geschlecht;Geburtsdatum;Eintritt;Austritt;Wochenstunden;Führung;Befristet;Schulung;Stundenlohn
A;w;1.5.1990;1.1.2020;;40;ja;nein;8;30
B;w;2.5.1970;1.1.2020;;20;;nein;0;20
C;w;3.5.2000;1.6.2025;;40;;ja;4;20
D;w;4.5.1975;1.1.2020;;40;;;16;20
E;w;5.5.1960;1.1.2020;;30;;;;20
F;m;6.5.1985;1.1.2020;;40;Teamleiter;;8;40
G;m;7.5.1996;1.1.2020;;40;;;;20
H;m;8.5.1974;1.1.2020;;40;;;;20
I;m;9.5.1975;1.1.2020;;40;;;2;20
J;m;1.5.1980;1.1.2020;30.6.2025;40;;;6;20
K;m;2.5.1980;1.1.2020;31.12.2025;40;;;0;25
L;d;3.5.1980;1.1.2020;;40;;;5;25
M;m;4.5.1980;1.1.2020;31.3.2024;40;;;;25
N;m;5.5.1980;1.2.2026;;40;;;;25"""


def summed(kind: ListKind, text: str, settings: ListSettings = SETTINGS) -> ListSums:
    heads, *lines = (line.split(";") for line in text.splitlines())
    rows = tuple(SpreadsheetRow(number, tuple(cells)) for number, cells in enumerate(lines, start=2))
    return sum_list(kind, ListTable(tuple(heads), rows), guess_columns(heads, kind), settings)


def quantities(sums: ListSums) -> dict[str, dict[str, str]]:
    return {
        f"{line.calculator}/{line.activity}": {key: str(one.value) for key, one in line.quantities.items()}
        for line in sums.lines
    }


def test_a_payroll_comes_to_the_figures_of_the_year() -> None:
    sums = summed(ListKind.PAYROLL, PAYROLL)
    assert quantities(sums) == {
        "intensity/basis": {"headcount": "11", "fte": "10.25"},
        "diversity/employees": {
            "women": "5",
            "men": "5",
            "diverse": "1",
            "under-30": "2",
            "30-to-50": "6",
            "over-50": "3",
        },
        "diversity/leadership": {"women": "1", "men": "1", "diverse": "0"},
        "diversity/working-time": {
            "fte-under-30": "2",
            "fte-30-to-50": "6",
            "fte-over-50": "2.25",
            "part-time": "2",
            "temporary": "1",
        },
        "staff-turnover/staff-turnover": {"start": "11", "end": "11", "leavers": "2"},
        "training/training": {
            "hours-women": "28",
            "heads-women": "5",
            "hours-men": "16",
            "heads-men": "5",
            "fte": "10.25",
        },
        "pay-gap/pay-gap": {"men": "25", "women": "22.35"},
    }
    assert sums.counts == {
        ListCount.COUNTED: 11,
        ListCount.OTHER_YEAR: 2,
        ListCount.SAME_PERSON: 0,
        ListCount.ENTERED: 1,
        ListCount.LEFT: 2,
    }
    assert sums.notes == (ListNote.FEW_FOR_TRAINING,)
    assert not sums.rejected


def test_few_people_get_no_pay_gap_and_missing_columns_no_figures() -> None:
    few = "\n".join(line for line in PAYROLL.splitlines() if not line.startswith(("A;", "M;")))
    sums = summed(ListKind.PAYROLL, few)
    assert "pay-gap/pay-gap" not in quantities(sums)
    assert ListNote.FEW_FOR_PAY in sums.notes
    bare = summed(ListKind.PAYROLL, "Geschlecht;Alter\nw;20\nm;50\nm;51")
    assert quantities(bare) == {
        "intensity/basis": {"headcount": "3"},
        "diversity/employees": {
            "women": "1",
            "men": "2",
            "diverse": "0",
            "under-30": "1",
            "30-to-50": "1",
            "over-50": "1",
        },
    }
    assert bare.notes == (ListNote.NO_TURNOVER,)


def test_a_journal_of_months_counts_each_person_once_by_the_last_row() -> None:
    months = [f"{who};w;{hours};{end}" for hours, end in ((40, ""), (20, "31.12.9999")) for who in (7, 8)]
    months += [";m;0;00.00.0000", ";m;40;-"]
    sums = summed(ListKind.PAYROLL, "\n".join(["Personalnr.;Geschlecht;Wochenstunden;Austritt", *months]))
    assert quantities(sums)["intensity/basis"] == {"headcount": "4", "fte": "2"}
    assert quantities(sums)["diversity/working-time"] == {"part-time": "2"}
    assert sums.counts[ListCount.SAME_PERSON] == 2
    assert not sums.rejected


def test_pay_of_a_month_needs_hours() -> None:
    people = "\n".join(f"{sex};{pay};40" for sex, pay in [("w", 3000)] * 5 + [("m", 3500)] * 5)
    sums = summed(ListKind.PAYROLL, f"Geschlecht;Monatsgehalt;Wochenstunden\n{people}")
    assert quantities(sums)["pay-gap/pay-gap"] == {"men": "20.14", "women": "17.26"}
    bare = "\n".join(line.rsplit(";", 1)[0] for line in people.splitlines())
    assert ListNote.PAY_WITHOUT_HOURS in summed(ListKind.PAYROLL, f"Geschlecht;Monatsgehalt\n{bare}").notes


def test_rows_that_cannot_be_read_are_named_by_line_and_column_alone() -> None:
    heads = "Geschlecht;Geburtsdatum;Eintritt;Austritt;Wochenstunden"
    text = f"{heads}\nErika;1.1.80;;;40\nw;31.2.80;;;40\nw;1.1.80;;;viel"
    sums = summed(ListKind.PAYROLL, f"{text}\nm;1.1.80;1.5.25;1.4.25;40\nm;1.1.80;;;400\n;;;;\nSumme;;;;200")
    assert [(row.number, row.fault, row.detail, row.shown) for row in sums.rejected] == [
        (2, ListRowFault.UNKNOWN_WORD, "sex", ""),
        (3, ListRowFault.NOT_A_DATE, "birth", ""),
        (4, ListRowFault.NOT_A_NUMBER, "weekly-hours", ""),
        (5, ListRowFault.EXIT_BEFORE_ENTRY, "exit", ""),
        (6, ListRowFault.OUT_OF_RANGE, "weekly-hours", ""),
        (8, ListRowFault.UNKNOWN_WORD, "sex", ""),
    ]


FUEL = """Datum;Kraftstoff;Menge;Betrag
2.1.2025;Ultimate Diesel;50,5;80,10
9.1.2025;Diesel;1.049,50;1.600
9.1.2025;Super E10;40;70
9.1.2025;Super Plus;10;20
9.1.2025;AdBlue;5;5
9.1.2025;HVO100 Diesel;7;9
9.1.2025;Autowäsche;;12
30.12.2024;Diesel;999;1
9.1.2025;Zauberwasser;5;5
9.1.2025;Diesel;-100;-150"""


def test_fuel_cards_come_to_a_line_for_each_fuel() -> None:
    sums = summed(ListKind.FUEL, FUEL)
    assert quantities(sums) == {
        "energy/adblue": {"quantity": "5"},
        "energy/hvo": {"quantity": "7"},
        "energy/diesel-b7": {"quantity": "1000"},
        "energy/petrol-e10": {"quantity": "40"},
        "energy/petrol-e5": {"quantity": "10"},
    }
    assert sums.counts == {
        ListCount.COUNTED: 7,
        ListCount.NO_FUEL: 1,
        ListCount.OTHER_YEAR: 1,
        ListCount.AMOUNT: Decimal("1634.10"),
    }
    assert [(row.number, row.fault) for row in sums.rejected] == [(10, ListRowFault.UNKNOWN_PRODUCT)]


WASTE = """Datum;AVV;Menge;Einheit;Verfahren
1.2.2025;15 01 01;1,5;t;R3
1.3.2025;150101;500;kg;stofflich
1.3.2025;20 03 01;800;kg;R1
1.3.2025;13 02 05*;120;kg;R9
1.3.2025;030105;2;Mg;energetische Verwertung
1.3.2025;17 01 07;3;t;R12
1.3.2025;17 02 01;3;t;R13, danach R1
1.3.2025;99 99 99;3;t;R3
1.3.2025;15 01 01;3;Sack;R3
1.3.2024;15 01 01;3;t;R3"""


def test_waste_comes_to_a_line_for_each_code_and_fate() -> None:
    sums = summed(ListKind.WASTE, WASTE)
    assert [(line.activity, line.code, line.quantities["quantity"].value) for line in sums.lines] == [
        ("incineration", "03 01 05", 2000),
        ("hazardous-recycling", "13 02 05*", 120),
        ("recycling-paper", "15 01 01", 2000),
        ("incineration", "17 02 01", 3000),
        ("incineration", "20 03 01", 800),
    ]
    assert [(row.number, row.fault) for row in sums.rejected] == [
        (7, ListRowFault.INTERIM),
        (9, ListRowFault.UNKNOWN_CODE),
        (10, ListRowFault.UNKNOWN_UNIT),
    ]
    assert sums.counts[ListCount.OTHER_YEAR] == 1
    sorted_out = summed(ListKind.WASTE, WASTE, ListSettings(2025, fate=WasteFate.RECYCLING))
    assert ("recycling-construction", "17 01 07") in {(one.activity, one.code) for one in sorted_out.lines}


CASES = [(ListKind.PAYROLL, PAYROLL), (ListKind.FUEL, FUEL), (ListKind.WASTE, WASTE)]


@pytest.mark.parametrize(("kind", "text"), CASES)
def test_the_calculators_take_every_line(kind: ListKind, text: str) -> None:
    calculators, factors = load_calculators(), load_factors()
    for line in summed(kind, text).lines:
        activity = calculators[line.calculator].activity(line.activity)
        assert activity
        assert line_faults(with_proposed_factors(line, activity, factors, 2025, "AR6"), activity) == ()


def test_the_figures_follow() -> None:
    lines = summed(ListKind.PAYROLL, PAYROLL).lines
    results = evaluate_lines(
        lines,
        load_calculators(),
        figures={},
        datapoints=load_catalogue("dnk-2017").datapoints,
        reporting_year=2025,
    ).results
    values = {key: round(result.figure.value or 0, 2) for key, result in results.items()}
    assert values["workforce.turnover-rate"] == Decimal("18.18")
    assert values["workforce.pay-gap"] == Decimal("10.60")
    assert values["diversity.leadership.women-share-fte"] == 50
    assert values["workforce.fte.over-50"] == Decimal("2.25")
    assert values["training.hours.average"] == Decimal("4.40")


@given(st.randoms(use_true_random=False), st.sampled_from(CASES))
def test_any_order_of_columns_and_rows_gives_the_same_sums(
    order: random.Random, case: tuple[ListKind, str]
) -> None:
    kind, text = case
    heads, *lines = (line.split(";") for line in text.splitlines())
    columns = guess_columns(heads, kind)
    places = list(range(len(heads)))
    order.shuffle(places)
    order.shuffle(lines)
    rows = tuple(
        SpreadsheetRow(number, tuple(cells[place] for place in places)) for number, cells in enumerate(lines)
    )
    mapped = {at: columns[place] for at, place in enumerate(places) if place in columns}
    moved = sum_list(kind, ListTable((), rows), mapped, SETTINGS)
    plain = summed(kind, text)
    assert moved.lines == plain.lines
    assert moved.counts == plain.counts
    assert len(moved.rejected) == len(plain.rejected)


def test_without_a_needed_column_nothing_comes_out() -> None:
    assert summed(ListKind.FUEL, "Datum;Menge;Preis\n1.1.2025;5;3") == ListSums()
