"""Where a line must not end: between a number and its unit, and within a short abbreviation."""

import re

from markupsafe import Markup, escape

NO_BREAK = "\N{NO-BREAK SPACE}"

_UNITS = (
    r"%|‰|€|EUR|TEUR|Euro|Cent|Prozent|Prozentpunkte|per cent|Mio\.|Mrd\.|Tsd\.|Millionen|Milliarden"
    r"|million|billion|[kMGT]?Wh|[kMG]?Wp?|[kMGT]?J|[mk]?g|t|Tonnen|Tonne|tonnes|tonne|Kilogramm|[mc]?l|ML"
    r"|Liter|litres|[kcm]?m|[kc]?m²|[kc]?m³|ha|Hektar|Kilometer|Meter|Quadratmeter|Kubikmeter"
    r"|Kilowattstunden|Megawattstunden|°C|h|Std\.|Stunden|hours|min|VZÄ|FTE|Pers\.|Personen|people"
)
# Each begins with its space, which is found in no time; what stands before it is looked at only there.
_QUANTITY = re.compile(rf" (?<=\d )(?=(?:{_UNITS})(?!\w))")
_LARGE = re.compile(r" (?<=\d[ \N{NO-BREAK SPACE}](?:Mio|Mrd|Tsd)\. )(?=(?:EUR|Euro|€|h|t|kWh)(?!\w))")
_GASES = re.compile(r" (?:(?<=\d[ \N{NO-BREAK SPACE}]t )|(?<=\d[ \N{NO-BREAK SPACE}]kg ))(?=CO)")
_NUMBERED = re.compile(r" (?:(?<=(?<!\w)EUR )|(?<=(?<!\w)Nr\. )|(?<=§ )|(?<=(?<!\w)Scope ))(?=\d)")
_DAY = re.compile(
    r" (?<=\d\. )(?=(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b)"
)
_ABBREVIATION = re.compile(r"\b(z|d|u|o|i|v)\. (?=(?:B|h|a|ä|d|R|U)\.)")
# A line may end after the stroke of "kWh/Person" even where a space does not break.
# Its parts are bounded: what somebody pastes may be one word of 50,000 characters.
_QUANTITY_PER = re.compile(rf"\d[\d.,]{{0,30}}{NO_BREAK}[^\s/]{{1,12}}/[^\s/]{{1,16}}")


def with_no_break_spaces(text: str) -> str:
    """The text with spaces that do not break where a reader would stumble."""
    for pattern in (_QUANTITY, _LARGE, _GASES, _NUMBERED, _DAY):
        text = pattern.sub(NO_BREAK, text)
    return _ABBREVIATION.sub(rf"\1.{NO_BREAK}", text)


def with_unbroken_quantities(text: str) -> Markup:
    """The escaped text in which no line ends within a quantity per something else."""
    done, at = Markup(), 0
    for match in _QUANTITY_PER.finditer(text):
        done += escape(text[at : match.start()]) + Markup('<span class="kept">{}</span>').format(match[0])
        at = match.end()
    return done + escape(text[at:])
