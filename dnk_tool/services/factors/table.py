"""Converts the rows of a table of factors into the data of an edition's file.

The columns may have the names of the file's keys or those of other collections; docs/factors.md lists both.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dnk_tool.catalogue.factors.model import Factor
from dnk_tool.catalogue.standard.item_model import UnitFamily
from dnk_tool.domain.uploads import SpreadsheetRow
from dnk_tool.services.factors.table_cells import (
    data_year,
    factor_status,
    factor_use,
    gas_coverage,
    note_texts,
    number_text,
    scopes,
    unit_symbol,
    verification_word,
)

# Column -> its possible names in lower case; the first name that the table has counts.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "key": ("key",),
    "label_de": ("label_de", "name_de"),
    "label_en": ("label_en", "name_en"),
    "value": ("value", "kgco2e_per_unit"),
    "unit": ("unit",),
    "result_unit": ("result_unit",),
    "gases": ("gases", "gas_coverage"),
    "boundary": ("boundary",),
    "scope": ("scope",),
    "region": ("region",),
    "data_year": ("data_year",),
    "edition": ("year_edition",),
    "status": ("status",),
    "use": ("use", "ship"),
    "verified": ("verified",),
    "topic": ("topic",),
    "reference": ("reference",),
    "note_de": ("note_de", "note"),
    "note_en": ("note_en",),
    "title": ("source_title",),
    "address": ("source_address",),
    "licence": ("licence",),
}
REQUIRED_COLUMNS = ("key", "value", "unit")

_EXCLUDED_USE = "nein"
_DATA_YEAR_NOTE = re.compile(r"datenjahr\s*\d{4};?\s*", re.IGNORECASE)


class NotAFactorTable(ValueError):
    """The table lacks required columns; `missing` names them."""

    def __init__(self, missing: Sequence[str]) -> None:
        self.missing = tuple(missing)
        super().__init__(", ".join(missing))


@dataclass(frozen=True)
class FactorTable:
    """A table of factors, by row number: `rows` for the reader of editions, `sources` about the edition.

    `left_out`: keys of the rows whose use says "nein".
    """

    rows: Mapping[int, dict[str, object]]
    sources: Mapping[int, Mapping[str, str]]
    left_out: tuple[str, ...] = field(default=())


def read_table(
    lines: Sequence[SpreadsheetRow],
    units: Mapping[str, UnitFamily],
    known: Mapping[str, Factor],
    *,
    only_source: str = "",
) -> FactorTable:
    """Read the rows below the column heads.

    `known`: known factors by each of their names; they supply the key and what a table rarely has, such as
    an English label. Rows whose use says "nein" are left out, and so are rows whose source's title does not
    contain `only_source`. Raises NotAFactorTable.
    """
    cells = _cells(lines)
    kept = {n: row for n, row in cells.items() if only_source.casefold() in row["title"].casefold()}
    left = tuple(row["key"] for row in kept.values() if row["use"].casefold() == _EXCLUDED_USE)
    kept = {number: row for number, row in kept.items() if row["use"].casefold() != _EXCLUDED_USE}
    return FactorTable(
        rows={number: _row(row, units, known.get(row["key"])) for number, row in kept.items()},
        sources={number: _source(row) for number, row in kept.items()},
        left_out=left,
    )


def _cells(lines: Sequence[SpreadsheetRow]) -> dict[int, dict[str, str]]:
    heads = [cell.strip().casefold() for cell in lines[0].cells]
    places = {
        column: next((heads.index(name) for name in names if name in heads), None)
        for column, names in COLUMNS.items()
    }
    missing = [column for column in REQUIRED_COLUMNS if places[column] is None]
    if missing:
        raise NotAFactorTable(missing)
    return {
        line.number: {
            column: line.cells[place].strip() if place is not None and place < len(line.cells) else ""
            for column, place in places.items()
        }
        for line in lines[1:]
    }


def _source(row: Mapping[str, str]) -> dict[str, str]:
    """The row's data about its edition; of several addresses the first."""
    addresses = [word for word in row["address"].split() if word.startswith("http")]
    title = re.sub(r"\s*\[ID [^\]]*\]", "", row["title"])
    return {
        "title": title,
        "address": addresses[0] if addresses else "",
        "licence": row["licence"],
        "edition": _DATA_YEAR_NOTE.sub("", row["edition"]),
    }


def _row(row: Mapping[str, str], units: Mapping[str, UnitFamily], known: Factor | None) -> dict[str, object]:
    gases, boundary = gas_coverage(row["gases"])
    german = row["label_de"] or (known.label.de if known else "")
    english = row["label_en"] or (known.label.en if known and known.label.en else german)
    fields: dict[str, object] = {
        "key": known.key if known else row["key"],
        "topic": row["topic"] or (known.topic.value if known else "other"),
        "label": {"de": german, "en": english},
        "value": number_text(row["value"]),
        "unit": unit_symbol(row["unit"], units),
        "result_unit": unit_symbol(row["result_unit"] or "kg-co2e", units),
        "gases": gases,
        "boundary": row["boundary"] or boundary.value,
        "scope": scopes(row["scope"]),
        "region": row["region"] or (known.region if known else ""),
        "data_year": data_year(row),
        "status": row["status"] or factor_status(row["label_de"]),
        "use": factor_use(row["use"]),
        "verified": verification_word(row["verified"]),
        "reference": row["reference"] or ", ".join(re.findall(r"\[(ID [^\]]*)\]", row["title"])),
        "note": note_texts(row),
    }
    return {key: value for key, value in fields.items() if value is not None}
