"""What an address proposes for a new line, such as a residue that was passed on; nothing is stored by it."""

from collections.abc import Mapping
from typing import Any

from dnk_tool.catalogue.calculators.model import QUANTITY_FIELD, Activity
from dnk_tool.domain import numbers
from dnk_tool.web.figures.calculators.form import quantity_field_name

# Fields kept for the next line, such as the bill of the next month.
REPEATED_FIELDS = ("site", "basis")
PROPOSED_FIELDS = (*REPEATED_FIELDS, "label", "waste_code")


def proposed_data(activity: Activity, asked: Mapping[str, str]) -> dict[str, Any]:
    """The fields that an address fills, with its quantity as in `menge=3.4&einheit=t`."""
    data: dict[str, Any] = {name: asked[name] for name in PROPOSED_FIELDS if name in asked}
    field, unit = activity.field(QUANTITY_FIELD), asked.get("einheit", "")
    try:
        value = numbers.parse(asked.get("menge", ""), "en")
    except numbers.NotANumber:
        return data
    if field is None or unit not in field.units:
        return data
    name = quantity_field_name(QUANTITY_FIELD)
    return data | {name: value, f"{name}-unit": unit}
