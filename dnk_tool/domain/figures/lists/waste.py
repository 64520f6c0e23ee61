"""Sums a statement of waste by code and by what became of it."""

import re
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from dnk_tool.catalogue.waste_codes import load_waste_codes
from dnk_tool.domain.figures.calculators import CalculatorLine
from dnk_tool.domain.figures.lists.cells import UnreadableCell
from dnk_tool.domain.figures.lists.model import (
    ListColumn,
    ListCount,
    ListRowFault,
    ListSettings,
    ListSums,
    WasteFate,
)
from dnk_tool.domain.figures.lists.rows import ListRow, read_rows, sum_quantity
from dnk_tool.domain.uploads import ListTable

CALCULATOR = "waste"
UNITS = {"kg": Decimal(1), "t": Decimal(1000)}
_UNIT_WORDS = {
    "kg": "kg",
    "kilogramm": "kg",
    "kilogram": "kg",
    "t": "t",
    "to": "t",
    "tonne": "t",
    "tonnen": "t",
}
_UNIT_WORDS |= {"tonnes": "t", "kgs": "kg", "mg": "t"}  # Mg: what waste companies write for a tonne
# The materials that the calculator knows, by chapters and codes of the list.
_MATERIALS = (
    ("paper", r"150101|200101|191201|030308"),
    ("plastics", r"150102|200139|170203|191204|070213|120105|020104|160119"),
    ("metal", r"150104|1704..|200140|12010[1-4]|19120[23]|16011[78]|020110|1910.."),
    ("glass", r"150107|170202|200102|160120|191205|101112"),
    ("wood", r"150103|170201|200138|03010[15]|191207"),
    ("construction", r"1701..|170302|170504|170508|170802|170904"),
    ("electrical", r"1602..|200135|200136|20012[13]"),
    ("organic", r"200108|200125|200201|0201(03|06|07)|020[2-7].."),
)
_OPERATION = re.compile(r"\b([rd]) ?-?0?(\d{1,2})\b")
_INTERIM = {("r", 12), ("r", 13), ("d", 13), ("d", 14), ("d", 15)}
_LAST_RECYCLING = 9
_FATES = (
    (WasteFate.REUSE, r"wiederverwend|re-?use"),
    (WasteFate.INCINERATION, r"energetisch|thermisch|verbrenn|energy|incinerat"),
    (WasteFate.DISPOSAL, r"beseitig|deponi|landfill|dispos"),
    (WasteFate.OTHER_RECOVERY, r"verfüll|backfill"),
    (WasteFate.RECYCLING, r"recycl|stofflich|kompost|vergär|compost|material recovery"),
)


class _Delivery(NamedTuple):
    """One row: the code as the list of waste writes it, the activity of the calculator, and kilograms."""

    is_of_year: bool
    activity: str = ""
    code: str = ""
    kilograms: Decimal = Decimal(0)


def sum_waste(table: ListTable, mapped: Mapping[int, ListColumn], settings: ListSettings) -> ListSums:
    """A line for each waste code and fate of the year, in kilograms."""
    rows, rejected = read_rows(table.rows, mapped, settings, _read)
    own = [row for row in rows if row.is_of_year]
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in own:
        sums[row.code, row.activity] += row.kilograms
    lines = tuple(
        CalculatorLine(
            0,
            CALCULATOR,
            activity,
            settings.label,
            quantities={"quantity": sum_quantity(kilograms, "kg")},
            code=code,
        )
        for (code, activity), kilograms in sorted(sums.items())
        if kilograms > 0
    )
    counts = {ListCount.COUNTED: Decimal(len(own)), ListCount.OTHER_YEAR: Decimal(len(rows) - len(own))}
    return ListSums(lines, counts, rejected)


def _read(row: ListRow) -> _Delivery:
    if not row.is_of_year():
        return _Delivery(is_of_year=False)
    digits = re.sub(r"[\s*./-]", "", row.text(ListColumn.CODE))
    if not digits:
        raise UnreadableCell(ListRowFault.EMPTY, ListColumn.CODE)
    digits = digits.zfill(6)  # a spreadsheet drops the first zero
    key = f"{digits[:2]} {digits[2:4]} {digits[4:]}"
    known = load_waste_codes().of_year(key, row.settings.year)
    if not known:
        raise UnreadableCell(ListRowFault.UNKNOWN_CODE, ListColumn.CODE)
    is_hazardous = known[-1].is_hazardous
    kilograms = row.decimal(ListColumn.QUANTITY) * _kilograms(row)
    activity = _activity(_fate(row), digits, is_hazardous=is_hazardous)
    return _Delivery(True, activity, f"{key}*" if is_hazardous else key, kilograms)


def _kilograms(row: ListRow) -> Decimal:
    said = row.text(ListColumn.UNIT).casefold().rstrip(".")
    unit = _UNIT_WORDS.get(said) if said else row.settings.mass_unit
    if unit is None:
        raise UnreadableCell(ListRowFault.UNKNOWN_UNIT, ListColumn.UNIT)
    return UNITS[unit]


def _fate(row: ListRow) -> WasteFate:
    said = row.text(ListColumn.FATE).casefold()
    operations = [(found[1], int(found[2])) for found in _OPERATION.finditer(said)]
    fault = ListRowFault.UNKNOWN_WORD if said else ListRowFault.EMPTY
    if operations:
        final = next((one for one in operations if one not in _INTERIM), None)
        if final:
            return _fate_of_operation(*final)
        fault = ListRowFault.INTERIM
    elif named := next((fate for fate, words in _FATES if re.search(words, said)), None):
        return named
    if row.settings.fate is None:
        raise UnreadableCell(fault, ListColumn.FATE)
    return row.settings.fate


def _fate_of_operation(kind: str, number: int) -> WasteFate:
    """R1 is energy, R2 to R9 are recycling, R10 and R11 other recovery, D operations disposal."""
    if kind == "d":
        return WasteFate.DISPOSAL
    if number == 1:
        return WasteFate.INCINERATION
    return WasteFate.RECYCLING if number <= _LAST_RECYCLING else WasteFate.OTHER_RECOVERY


def _activity(fate: WasteFate, digits: str, *, is_hazardous: bool) -> str:
    if is_hazardous:
        return f"hazardous-{fate}"
    if fate is not WasteFate.RECYCLING:
        return fate.value
    material = next((name for name, codes in _MATERIALS if re.fullmatch(codes, digits)), "other")
    return f"recycling-{material}"
