"""The 15 categories of Scope 3, each calculated, estimated, not relevant or missing."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from dnk_tool.catalogue.calculators.model import SCOPE_3_CATEGORIES
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Quality, Sheet
from dnk_tool.domain.answers.values import Row, Rows

# The keys of the choices in the catalogue, "3-1" to "3-15".
CATEGORIES = tuple(f"3-{number}" for number in range(1, 16))
TABLE = "scope3-categories"


class CategoryState(StrEnum):
    """How it stands with a category; the catalogue has a word for each."""

    CALCULATED = "calculated"
    ESTIMATED = "estimated"
    NOT_RELEVANT = "not-relevant"
    MISSING = "missing"


RECKONED = frozenset({CategoryState.CALCULATED, CategoryState.ESTIMATED})


def proposed_states(
    steps: Iterable[tuple[str, bool]], figures: Mapping[str, Figure]
) -> Mapping[str, CategoryState]:
    """The state of each category by lines and figures; nobody but the company knows what is not relevant.

    `steps` are the categories of the lines' steps, such as "3.4", each with whether its line is an estimate.
    """
    states = dict.fromkeys(CATEGORIES, CategoryState.MISSING)
    for name, key in SCOPE_3_CATEGORIES.items():
        category = choice_key(name)
        figure = figures.get(key, NO_FIGURE)
        if figure.value is not None:
            is_estimate = figure.quality is Quality.ESTIMATED
            states[category] = CategoryState.ESTIMATED if is_estimate else CategoryState.CALCULATED
    for name, is_estimate in sorted(steps):
        if choice_key(name) in states:
            states[choice_key(name)] = CategoryState.ESTIMATED if is_estimate else CategoryState.CALCULATED
    return states


def category_states(
    sheet: Sheet, figures: Mapping[str, Figure], steps: Iterable[tuple[str, bool]] = ()
) -> dict[str, CategoryState]:
    """The state of each category: what the company says, else what follows from lines and figures."""
    states = dict(proposed_states(steps, figures))
    for item in sheet.selection.items.values():
        value = sheet.answer(item.ref).value
        if item.table and item.table.key == TABLE and isinstance(value, Rows):
            states |= {str(row.get("category")): CategoryState(str(row.get("state"))) for row in value.rows}
    return states


def completed_rows(rows: Rows, proposed: Mapping[str, CategoryState]) -> Rows:
    """The company's rows and, for each category that they leave out, the proposed one, in order."""
    stated = {str(row.get("category", "")) for row in rows.rows}
    added: list[Row] = [
        {"category": category, "state": proposed[category].value}
        for category in CATEGORIES
        if category not in stated
    ]
    return Rows(tuple(sorted((*rows.rows, *added), key=_place)))


def choice_key(category: str) -> str:
    """The key of the choice for a category such as "3.4"."""
    return category.replace(".", "-")


def _place(row: Row) -> int:
    category = str(row.get("category", ""))
    return CATEGORIES.index(category) if category in CATEGORIES else len(CATEGORIES)
