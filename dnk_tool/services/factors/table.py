"""Turns the rows of a table of factors into what an edition's file holds.

The columns may have the names of the file's keys or those of other collections; docs/factors.md lists both.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from dnk_tool.catalogue.factors.model import GASES, NON_CO2, SCOPES, Boundary, Factor, FactorUse
from dnk_tool.catalogue.standard.model import UnitFamily
from dnk_tool.domain.spreadsheet_rows import SpreadsheetRow

# Column -> the names that it may have, in small letters; the first name that a table has counts.
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
_USE = (
    ("ja", FactorUse.DEFAULT),
    ("optional", FactorUse.OPTIONAL),
    ("nach pr", FactorUse.OPTIONAL),
    ("gegenprobe", FactorUse.CROSS_CHECK),
)
# What a source's own check may begin with; whatever is in no list counts as not verified.
_CONFIRMED = ("true", "ja", "primärdatei", "primaerdatei", "verordnungstext", "methode", "definition")
_PARTIAL = ("partial", "teilweise", "abgeleitet")
_UNIT_WORDS = {"zimmernacht": "room-night", "m³": "m3", "liter": "l"}
_ONE_GAS = re.compile(r"(r-?\d+\w*|sf6|ch4|n2o|propan|h?fo-?\w+|hfc-?\w+)")
_YEAR = re.compile(r"(?:\b(?:datenjahr|bezugsjahr)\s*|^)(\d{4})(?=\D|$)")
_DATA_YEAR_NOTE = re.compile(r"datenjahr\s*\d{4};?\s*", re.IGNORECASE)


class NotAFactorTable(ValueError):
    """The heads of the columns lack what every table of factors needs; `missing` names it."""

    def __init__(self, missing: Sequence[str]) -> None:
        self.missing = tuple(missing)
        super().__init__(", ".join(missing))


@dataclass(frozen=True)
class FactorTable:
    """The rows by number as mappings for the reader of editions, and the cells that concern the edition."""

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
    """The table below its heads. `known` is the factor by each of its names: it gives the key, and what
    a table rarely has, such as an English label.

    Rows whose use says "nein" are left out, and so are rows of another source than `only_source`, a part of
    the source's title. Raises NotATable.
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
    """What the row says about its edition; of several addresses the first."""
    addresses = [word for word in row["address"].split() if word.startswith("http")]
    title = re.sub(r"\s*\[ID [^\]]*\]", "", row["title"])
    return {
        "title": title,
        "address": addresses[0] if addresses else "",
        "licence": row["licence"],
        "edition": _DATA_YEAR_NOTE.sub("", row["edition"]),
    }


def _row(row: Mapping[str, str], units: Mapping[str, UnitFamily], known: Factor | None) -> dict[str, object]:
    gases, boundary = _coverage(row["gases"])
    german = row["label_de"] or (known.label.de if known else "")
    english = row["label_en"] or (known.label.en if known and known.label.en else german)
    found: dict[str, object] = {
        "key": known.key if known else row["key"],
        "topic": row["topic"] or (known.topic.value if known else "other"),
        "label": {"de": german, "en": english},
        "value": number_text(row["value"]),
        "unit": _unit(row["unit"], units),
        "result_unit": _unit(row["result_unit"] or "kg-co2e", units),
        "gases": gases,
        "boundary": row["boundary"] or boundary.value,
        "scope": scopes(row["scope"]),
        "region": row["region"] or (known.region if known else ""),
        "data_year": _data_year(row),
        "status": row["status"] or _status(row["label_de"]),
        "use": _use(row["use"]),
        "verified": _verified(row["verified"]),
        "reference": row["reference"] or ", ".join(re.findall(r"\[(ID [^\]]*)\]", row["title"])),
        "note": _note(row),
    }
    return {key: value for key, value in found.items() if value is not None}


def number_text(text: str) -> str:
    """A number as the file writes it: "0,353" and "0.353" are the same; thousands must not be grouped.

    Whatever is no number stays as it is and becomes a fault.
    """
    bare = re.sub(r"[\s\u00a0\u202f]", "", text)
    if "," in bare and "." in bare:
        return text
    try:
        value = Decimal(bare.replace(",", "."))
    except InvalidOperation:
        return text
    return format(value, "f") if value.is_finite() else text


def scopes(text: str) -> str:
    """The scopes in words of a table: "Scope 3.4 / 3.9" is "3.4, 3.9". What is unclear stays and faults."""
    if all(part in SCOPES for part in text.split(", ")):
        return text
    lowered = text.casefold()
    found = []
    if re.search(r"scope 1\b", lowered) or lowered == "alle":
        found.append("1")
    if re.search(r"scope 2\s*markt", lowered):
        found.append("2-market")
    elif re.search(r"scope 2\b", lowered):
        found.append("2-location")
    found += [part for part in re.findall(r"\b3\.\d{1,2}\b", lowered) if part in SCOPES]
    return ", ".join(dict.fromkeys(found)) or text


def _coverage(text: str) -> tuple[str, Boundary]:
    """Which gases and how much of the way a description names. What is unclear stays and faults."""
    lowered = text.casefold().replace("₂", "2")
    boundary = Boundary.DIRECT
    if "nur vorkette" in lowered:
        boundary = Boundary.UPSTREAM
    elif "vorkette" in lowered and "ohne vorkette" not in lowered:
        boundary = Boundary.BOTH
    if text in GASES:
        return text, boundary
    if "nicht-co2" in lowered or re.search(r"\brf\b", lowered):
        return NON_CO2, boundary
    if _ONE_GAS.fullmatch(lowered):
        return "CO2e", boundary
    for sign, gases in (("n2o", "CO2, CH4, N2O"), ("co2e", "CO2e"), ("co2", "CO2")):
        if sign in lowered:
            return gases, boundary
    return text, boundary


def _unit(text: str, units: Mapping[str, UnitFamily]) -> str:
    """The symbol of a unit that is written as a page would, such as "kWh (Hs)" or "Pkm"."""
    if text in units:
        return text
    shown = {
        written.casefold(): symbol
        for symbol, family in units.items()
        for written in (family.units[symbol].display.de, family.units[symbol].display.en)
    }
    return _UNIT_WORDS.get(text.casefold()) or shown.get(text.casefold()) or text


def _data_year(row: Mapping[str, str]) -> int | str | None:
    named = _YEAR.search(row["edition"].casefold())
    year = row["data_year"] or (named[1] if named else "")
    return (int(year) if year.isascii() and year.isdigit() else year) or None


def _status(label: str) -> str:
    lowered = label.casefold()
    if "vorläufig" in lowered or "vorlaeufig" in lowered:
        return "provisional"
    return "estimated" if "geschätzt" in lowered or "geschaetzt" in lowered else "final"


def _use(text: str) -> str:
    """As named; nothing is proposed that does not ask for it."""
    lowered = text.casefold() or FactorUse.OPTIONAL.value
    return next((use.value for word, use in _USE if lowered.startswith(word)), lowered)


def _verified(text: str) -> str:
    lowered = text.casefold()
    if lowered.startswith(_CONFIRMED):
        return "true"
    return "partial" if lowered.startswith(_PARTIAL) else "false"


def _note(row: Mapping[str, str]) -> dict[str, str] | None:
    german, english = row["note_de"] or row["note_en"], row["note_en"] or row["note_de"]
    return {"de": german, "en": english} if german else None
