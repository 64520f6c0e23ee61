"""What a person says about a list: the meaning of its columns, and what does not stand in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flask import request
from flask_babel import gettext as _

from dnk_tool.domain import numbers
from dnk_tool.domain.figures.lists.cells import MAX_WEEKLY_HOURS
from dnk_tool.domain.figures.lists.model import COLUMNS, ListColumn, ListKind, ListSettings, WasteFate
from dnk_tool.domain.figures.lists.waste import UNITS
from dnk_tool.domain.text import normalised
from dnk_tool.domain.uploads import ListTable
from dnk_tool.language import format_number
from dnk_tool.services.figures import lists
from dnk_tool.web.http.access import current_declaration
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db

_NUMBER_LANGUAGES = ("de", "en")


@dataclass(frozen=True)
class ListForm:
    """The columns and settings of a list. `guessed`, `remembered`: columns that nobody has confirmed yet.

    `errors`: messages by the id of their field; `full_week`: as typed.
    """

    supplier: str
    settings: ListSettings
    columns: Mapping[int, ListColumn]
    guessed: frozenset[int] = frozenset()
    remembered: frozenset[int] = frozenset()
    full_week: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


def supplier_name() -> str:
    """The posted name of the supplier."""
    name = " ".join(normalised(request.form.get("supplier", "")).split())
    return name[: lists.MAX_SUPPLIER_LENGTH]


def first_form(kind: ListKind, table: ListTable) -> ListForm:
    """The columns as they were the last time with this supplier, others guessed from their headings."""
    supplier, declaration = supplier_name(), current_declaration()
    remembered, guessed = lists.known_columns(db(), declaration, kind, supplier, table.heads)
    heads = " ".join(head for place, head in enumerate(table.heads) if guessed.get(place))
    settings = ListSettings(
        declaration.reporting_year,
        current_language(),
        mass_unit="t" if "(t)" in heads.casefold() or "tonne" in heads.casefold() else "kg",
        label=supplier,
    )
    return ListForm(
        supplier,
        settings,
        {**remembered, **guessed},
        frozenset(guessed),
        frozenset(remembered),
        format_number(settings.full_week, current_language()),
    )


def posted_form(kind: ListKind, table: ListTable) -> ListForm:
    """The columns and settings as the request sends them; what is no choice counts as nothing."""
    known = {column.value: column for column in COLUMNS[kind]}
    posted = {place: request.form.get(f"column-{place}", "") for place in range(len(table.heads))}
    fates = {fate.value: fate for fate in WasteFate}
    language, unit = request.form.get("number-language", ""), request.form.get("mass_unit", "")
    settings = ListSettings(
        current_declaration().reporting_year,
        # A membership test narrows no str to a Language.
        language if language in _NUMBER_LANGUAGES else current_language(),  # type: ignore[arg-type]
        mass_unit=unit if unit in UNITS else "kg",
        fate=fates.get(request.form.get("fate", "")),
        label=supplier_name(),
    )
    errors, full_week = {}, request.form.get("full_week", "").strip()
    if kind is ListKind.PAYROLL:
        try:
            hours = numbers.parse(full_week, current_language())
            if not 0 < hours <= MAX_WEEKLY_HOURS:
                raise numbers.NotANumber(full_week)
            settings = replace(settings, full_week=hours)
        except numbers.NotANumber:
            errors["full_week"] = _(
                "Schreiben Sie die Stunden einer vollen Stelle als Zahl, zum Beispiel 40 oder 38,5."
            )
    columns = {place: known[value] for place, value in posted.items() if value in known}
    doubled = {one for one in columns.values() if list(columns.values()).count(one) > 1}
    for place, column in columns.items():
        if column in doubled:
            errors[f"column-{place}"] = _("Diese Bedeutung ist zweimal gewählt. Lassen Sie eine davon weg.")
    return ListForm(supplier_name(), settings, columns, full_week=full_week[:20], errors=errors)
