"""Fills the table of Scope 3 with what lines and figures say, by a plain submit button."""

from flask import flash
from flask_babel import gettext as _
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from dnk_tool.catalogue import Section
from dnk_tool.catalogue.standard.item_model import Item
from dnk_tool.domain.figures.calculators import Basis
from dnk_tool.domain.figures.scope3 import CATEGORIES, TABLE, proposed_states
from dnk_tool.services.figures.calculator_lines import calculation_of, lines_of
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_fields import field_name

PROPOSE = "propose-scope3"


def requested_proposal(sent: ImmutableMultiDict[str, str], section: Section) -> Item | None:
    """The table whose proposal was asked for; None if its button was not pressed."""
    if sent.get("action") != PROPOSE:
        return None
    items = (item for requirement in section.all_requirements for item in requirement.items)
    return next((item for item in items if item.table and item.table.key == TABLE), None)


def with_proposal(
    sent: MultiDict[str, str], item: Item | None, declaration: Declaration
) -> MultiDict[str, str]:
    """The posted fields, with a row for each category that has none yet; rows of the company stay."""
    if item is None:
        return sent
    content, lines = declarations.read_content(db(), declaration), lines_of(db(), declaration)
    figures = content.of_year(declaration.reporting_year)
    estimates = {stored.line.id for stored in lines if stored.line.basis is Basis.ESTIMATE}
    results = calculation_of(declaration, lines, figures).results.values() if lines else ()
    steps = [(step.category, step.line in estimates) for result in results for step in result.steps]
    proposed = proposed_states(steps, figures)
    filled: MultiDict[str, str] = MultiDict(sent)
    prefix = f"{field_name(item.ref)}-rows-"
    indexes = [int(place) for name in sent if (place := _row_number(name, prefix)) is not None]
    stated = {sent.get(f"{prefix}{index}-category", "") for index in indexes}
    empty = [index for index in sorted(set(indexes)) if not sent.get(f"{prefix}{index}-category")]
    free = iter(
        [*empty, *range(max(indexes, default=-1) + 1, max(indexes, default=-1) + 1 + len(CATEGORIES))]
    )
    for category in (one for one in CATEGORIES if one not in stated):
        index = next(free)
        filled[f"{prefix}{index}-category"] = category
        filled[f"{prefix}{index}-state"] = proposed[category].value
        filled.setdefault(f"{prefix}{index}-reason", "")
    return filled


def _row_number(name: str, prefix: str) -> int | None:
    place = name.removeprefix(prefix).partition("-")[0] if name.startswith(prefix) else ""
    return whole_number(place, digits=5)


def flash_proposal() -> None:
    """Say what was filled in, and what is left to the person."""
    flash(
        _(
            "Gespeichert. Wo Ihre Zeilen und Zahlen es hergeben, steht jetzt „berechnet“ oder „geschätzt“. "
            "Sagen Sie bei den übrigen Kategorien, welche für Sie nicht relevant sind und warum."
        ),
        "success",
    )
