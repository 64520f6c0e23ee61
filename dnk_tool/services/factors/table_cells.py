"""Translates the cells of a table of factors, which are free text, into the values of an edition's file."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from dnk_tool.catalogue.factors.model import GASES, NON_CO2, SCOPES, Boundary, FactorUse
from dnk_tool.catalogue.standard.item_model import UnitFamily

_USE = (
    ("ja", FactorUse.DEFAULT),
    ("optional", FactorUse.OPTIONAL),
    ("nach pr", FactorUse.OPTIONAL),
    ("gegenprobe", FactorUse.CROSS_CHECK),
)


# How a cell about the source's verification may begin; a cell in neither list counts as not verified.
_CONFIRMED = ("true", "ja", "primärdatei", "primaerdatei", "verordnungstext", "methode", "definition")


_PARTIAL = ("partial", "teilweise", "abgeleitet")


_UNIT_WORDS = {"zimmernacht": "room-night", "m³": "m3", "liter": "l"}


_ONE_GAS = re.compile(r"(r-?\d+\w*|sf6|ch4|n2o|propan|h?fo-?\w+|hfc-?\w+)")


_YEAR = re.compile(r"(?:\b(?:datenjahr|bezugsjahr)\s*|^)(\d{4})(?=\D|$)")


def number_text(text: str) -> str:
    """The number with a decimal point: "0,353" and "0.353" are the same; thousands must not be grouped.

    Other text is returned unchanged; the reader of editions reports it as a problem.
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
    """The scopes that a cell names: "Scope 3.4 / 3.9" becomes "3.4, 3.9".

    Unclear text is returned unchanged; the reader of editions reports it as a problem.
    """
    if all(part in SCOPES for part in text.split(", ")):
        return text
    lowered = text.casefold()
    codes = []
    if re.search(r"scope 1\b", lowered) or lowered == "alle":
        codes.append("1")
    if re.search(r"scope 2\s*markt", lowered):
        codes.append("2-market")
    elif re.search(r"scope 2\b", lowered):
        codes.append("2-location")
    codes += [part for part in re.findall(r"\b3\.\d{1,2}\b", lowered) if part in SCOPES]
    return ", ".join(dict.fromkeys(codes)) or text


def gas_coverage(text: str) -> tuple[str, Boundary]:
    """The gases and the boundary (direct, upstream, both) that a description names.

    Unclear text is returned unchanged; the reader of editions reports it as a problem.
    """
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


def unit_symbol(text: str, units: Mapping[str, UnitFamily]) -> str:
    """The symbol of a unit that is written as on a page, such as "kWh (Hs)" or "Pkm"; else the text."""
    if text in units:
        return text
    shown = {
        written.casefold(): symbol
        for symbol, family in units.items()
        for written in (family.units[symbol].display.de, family.units[symbol].display.en)
    }
    return _UNIT_WORDS.get(text.casefold()) or shown.get(text.casefold()) or text


def data_year(row: Mapping[str, str]) -> int | str | None:
    """The row's data year, else the one that its edition names; text that is no year stays for the reader."""
    named = _YEAR.search(row["edition"].casefold())
    year = row["data_year"] or (named[1] if named else "")
    return (int(year) if year.isascii() and year.isdigit() else year) or None


def factor_status(label: str) -> str:
    """The status that a German label names in words ("vorläufig", "geschätzt"), otherwise "final"."""
    lowered = label.casefold()
    if "vorläufig" in lowered or "vorlaeufig" in lowered:
        return "provisional"
    return "estimated" if "geschätzt" in lowered or "geschaetzt" in lowered else "final"


def factor_use(text: str) -> str:
    """The use that a cell names; an empty cell is "optional", so that no factor is proposed unasked."""
    lowered = text.casefold() or FactorUse.OPTIONAL.value
    return next((use.value for word, use in _USE if lowered.startswith(word)), lowered)


def verification_word(text: str) -> str:
    """The verification as an edition's file writes it: "true", "partial", or "false" for any other text."""
    lowered = text.casefold()
    if lowered.startswith(_CONFIRMED):
        return "true"
    return "partial" if lowered.startswith(_PARTIAL) else "false"


def note_texts(row: Mapping[str, str]) -> dict[str, str] | None:
    """The row's note in both languages; a missing language takes the other's text. None without a note."""
    german, english = row["note_de"] or row["note_en"], row["note_en"] or row["note_de"]
    return {"de": german, "en": english} if german else None
