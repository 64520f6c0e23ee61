"""Which categories of Scope 3 are in the emissions that a declaration adds up."""

from collections.abc import Mapping

from dnk_tool.catalogue.calculators.model import SCOPE_3_CATEGORIES
from dnk_tool.catalogue.standard.selection import Selection
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.figures.calculators import Basis
from dnk_tool.domain.figures.scope3 import CATEGORIES, RECKONED, TABLE, category_states, choice_key


def document_steps(document: Document) -> list[tuple[str, bool]]:
    """The category of each step in the annex, "" without one, with whether its line is an estimate."""
    return [
        (step.category, line.basis == Basis.ESTIMATE.value)
        for line in document.annex.calculations
        for step in line.steps
    ]


def reckoned_categories(document: Document) -> tuple[Text, ...]:
    """The names of the categories of Scope 3 that are calculated or estimated, in order.

    By the lines and figures, and by what the company says of a category. Whoever adds up Scope 1 to 3 says
    with them how much of Scope 3 is in the sum.
    """
    sheet = document.sheet()
    further = {
        each.datapoint: Figure(each.quantity.value, each.quantity.unit) for each in document.annex.figures
    }
    states = category_states(sheet, {**further, **sheet.figures}, document_steps(document))
    names = _category_names(sheet.selection)
    return tuple(names[key] for key in CATEGORIES if states[key] in RECKONED)


def _category_names(selection: Selection) -> Mapping[str, Text]:
    """The names of the categories, "3.7 Arbeitswege der Beschäftigten", by the keys of the choices."""
    points = selection.catalogue.datapoints
    names = {key: Text(key.replace("-", "."), key.replace("-", ".")) for key in CATEGORIES}
    for name, key in SCOPE_3_CATEGORIES.items():
        label = points[key].printed
        names[choice_key(name)] = Text(*(text.removeprefix("Scope ") for text in (label.de, label.en)))
    for item in selection.items.values():
        for column in item.table.columns if item.table and item.table.key == TABLE else ():
            names |= {choice.key: choice.printed for choice in column.choices if choice.key in names}
    return names
