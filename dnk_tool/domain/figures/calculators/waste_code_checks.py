"""Compares the waste code of a line with the list of its year, and its mark with the kind of line."""

import re
from collections.abc import Iterator

from dnk_tool.catalogue.calculators.model import Activity
from dnk_tool.catalogue.waste_codes import load_waste_codes
from dnk_tool.domain.figures.calculators.lines import CalculatorLine, LineFault

HAZARDOUS_WASTE = "waste.hazardous"


def is_hazardous_kind(activity: Activity) -> bool:
    """Whether lines of this kind count as hazardous waste."""
    return HAZARDOUS_WASTE in activity.datapoints


def normalised_waste_code(text: str, activity: Activity, year: int) -> str:
    """The code as the list writes it: "15 01 10*" for "150110"; what has not six digits stays as it is."""
    digits = re.sub(r"[\s*]", "", text)
    if not re.fullmatch(r"[0-9]{6}", digits):
        return text
    key = f"{digits[:2]} {digits[2:4]} {digits[4:]}"
    is_marked = any(code.is_hazardous for code in load_waste_codes().of_year(key, year))
    return f"{key}*" if is_marked and is_hazardous_kind(activity) else key


def waste_code_faults(line: CalculatorLine, activity: Activity, year: int) -> Iterator[LineFault]:
    """What is wrong with a code that has the right form. A stored line counts all the same.

    Codes: "unknown-code", "later-code" and "earlier-code" (it does not hold in this year), "hazardous-code"
    and "harmless-code" (it contradicts the kind of line). In a year of change both lists are right.
    """
    key = line.code.rstrip("* ")
    versions = load_waste_codes().by_key.get(key, ())
    held = load_waste_codes().of_year(key, year)
    if not key:
        return
    if not versions:
        yield LineFault("unknown-code", "code")
    elif not held:
        is_later = all(code.valid_from and code.valid_from.year > year for code in versions)
        yield LineFault("later-code" if is_later else "earlier-code", "code")
    elif is_hazardous_kind(activity) not in {code.is_hazardous for code in held}:
        yield LineFault("harmless-code" if is_hazardous_kind(activity) else "hazardous-code", "code")
