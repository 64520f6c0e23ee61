"""Says what is written short so that a listener understands it: units in words, a dash as what it means."""

import re
from collections.abc import Mapping
from functools import cache

from markupsafe import Markup, escape

from dnk_tool.catalogue.standard.loader import editions, load_catalogue
from dnk_tool.labels import N_
from dnk_tool.language import Language, translations
from dnk_tool.report.text.typography import NO_BREAK

NO_VALUE = "–"
_NUMBER = re.compile(rf"[+\N{{MINUS SIGN}}]?[\d.,]+{NO_BREAK}")
POINTS, POINTS_IN_WORDS = N_("PP"), N_("Prozentpunkte")


@cache
def unit_names(language: Language) -> Mapping[str, str]:
    """The names of the units, by the short form in which they are printed; all editions share them."""
    families = load_catalogue(editions()[0]).families.values()
    units = [unit for family in families for unit in family.units.values()]
    names = {unit.display.to(language): unit.label.to(language) for unit in units}
    return {short: name for short, name in names.items() if short != name}


@cache
def _units(language: Language) -> re.Pattern[str]:
    """A unit behind a number, behind "in", or in brackets, the longest first."""
    ordered = sorted(unit_names(language), key=len, reverse=True)
    short = "|".join(re.escape(name).replace(r"\ ", "[ \N{NO-BREAK SPACE}]") for name in ordered)
    return re.compile(rf"(?:(?<=\d[ {NO_BREAK}])|(?<=\bin )|(?<=\())(?:{short})(?![\w/³²])(?!\s*\(H[is]\))")


def spoken(text: str, language: Language) -> str:
    """The text with units in words and plain spaces."""
    gettext = translations(language).gettext
    names = unit_names(language)
    said = _units(language).sub(lambda unit: names[unit[0].replace(NO_BREAK, " ")], text)
    said = re.sub(r"(?<!\S)<\s*(?=\d)", gettext("weniger als") + " ", said)
    return said.replace(NO_BREAK, " ")


def sentences(parts: list[str]) -> str:
    """Parts as sentences that begin with a capital letter and end with a full stop."""
    return " ".join(_sentence(part.strip()) for part in parts if part.strip())


def _sentence(text: str) -> str:
    begin = text[0].upper() if text[:2].islower() else text[0]
    return f"{begin}{text[1:]}{'' if text[-1] in '.?!' else '.'}"


def abbreviated(text: str, language: Language) -> Markup:
    """The escaped text of a cell with its words for a dash, a unit, or percentage points behind a number."""
    gettext = translations(language).gettext
    if text == NO_VALUE:
        return _abbreviation(text, gettext("keine Angabe"))
    names = {**unit_names(language), gettext(POINTS): gettext(POINTS_IN_WORDS)}
    # A value has one no-break space before its unit, which may have others: "12 t CO₂e".
    number, space, unit = text.partition(NO_BREAK) if _NUMBER.match(text) else ("", "", text)
    words = names.get(unit.replace(NO_BREAK, " "))
    return escape(number + space) + _abbreviation(unit, words) if words else escape(text)


def _abbreviation(short: str, words: str) -> Markup:
    return Markup('<abbr title="{}">{}</abbr>').format(words, short)
