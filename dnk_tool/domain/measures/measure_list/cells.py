"""Reads the cells of a measure's row: words for kind, state, carrier and basis, numbers and years."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TypeVar

from dnk_tool.catalogue.measure_kinds import MeasureKinds
from dnk_tool.catalogue.values import Text
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.values import FIRST_YEAR, LAST_YEAR
from dnk_tool.domain.measures.model import EffectBasis, MeasureState
from dnk_tool.domain.uploads import letters_of
from dnk_tool.language import Language

MAX_LIFETIME = 60
Meaning = TypeVar("Meaning")

STATE_WORDS: Mapping[str, MeasureState] = {
    **dict.fromkeys(("idee", "idea", "vorschlag"), MeasureState.IDEA),
    **dict.fromkeys(("geplant", "planned", "beschlossen", "inplanung"), MeasureState.PLANNED),
    **dict.fromkeys(
        ("läuft", "laufend", "inumsetzung", "inarbeit", "running", "begonnen"), MeasureState.RUNNING
    ),
    **dict.fromkeys(
        ("umgesetzt", "fertig", "erledigt", "abgeschlossen", "done", "inplace", "implemented"),
        MeasureState.DONE,
    ),
    **dict.fromkeys(("verworfen", "dropped", "gestrichen"), MeasureState.DROPPED),
}
BASIS_WORDS: Mapping[str, EffectBasis] = {
    **dict.fromkeys(("gemessen", "measured", "messung"), EffectBasis.MEASURED),
    **dict.fromkeys(("berechnet", "calculated", "berechnung", "gerechnet"), EffectBasis.CALCULATED),
    **dict.fromkeys(
        (
            "lieferant",
            "angabedeslieferanten",
            "vomlieferanten",
            "supplier",
            "statedbythesupplier",
            "hersteller",
        ),
        EffectBasis.SUPPLIER,
    ),
    **dict.fromkeys(("geschätzt", "estimated", "schätzung"), EffectBasis.ESTIMATED),
}


def kind_words(kinds: MeasureKinds) -> dict[str, str]:
    """The keys of the kinds by the letters of their names, in both languages."""
    return _keys_by_words((kind.key, kind.label) for kind in kinds.kinds.values())


def carrier_words(kinds: MeasureKinds) -> dict[str, str]:
    """The keys of the carriers by the letters of their names, in both languages."""
    return _keys_by_words((carrier.key, carrier.label) for carrier in kinds.carriers.values())


def meaning_of(text: str, words: Mapping[str, Meaning]) -> Meaning | None:
    """What a cell's word means; None for one that is not known. Raises LookupError for an empty cell."""
    letters = letters_of(text)
    if not letters:
        raise LookupError(text)
    found = words.get(letters)
    if found is None and len(letters) >= 3:
        longer = {meaning for word, meaning in words.items() if letters in word}
        return longer.pop() if len(longer) == 1 else None
    return found


def number_of(text: str, language: Language, *, is_numeric: bool) -> Decimal:
    """The number in a cell; `is_numeric`: the spreadsheet stores it as one. Raises NotANumber."""
    return numbers.parse(text, "en" if is_numeric else language)


def year_of(text: str) -> int | None:
    """The year in a cell; None for anything else."""
    digits = text.strip().removesuffix(".0")
    is_year = digits.isascii() and digits.isdigit() and len(digits) == 4
    return int(digits) if is_year and FIRST_YEAR <= int(digits) <= LAST_YEAR else None


def lifetime_of(text: str) -> int | None:
    """The years of a lifetime; None for anything else."""
    digits = text.strip().removesuffix(".0")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= 3
    return int(digits) if is_number and 1 <= int(digits) <= MAX_LIFETIME else None


def _keys_by_words(named: Iterable[tuple[str, Text]]) -> dict[str, str]:
    words: dict[str, str] = {}
    for key, label in named:
        for text in (label.de, label.en, key):
            words.setdefault(letters_of(text), key)
    return words
