"""Prevents line breaks between a number and its unit, and within short abbreviations."""

import re

from markupsafe import Markup, escape

NO_BREAK = "\N{NO-BREAK SPACE}"
LONG_ENOUGH = 7  # letters of a word that may stand alone on the last line of a paragraph

_UNITS = (
    r"%|‰|€|EUR|TEUR|Euro|Cent|Prozent|Prozentpunkten?|per cent|percentage points?|PP|pp"
    r"|Mio\.|Mrd\.|Tsd\.|Millionen|Milliarden|million|billion|[kMGT]?Wh|[kMG]?Wp?|[kMGT]?J|[mk]?g|t|Tonnen|Tonne|tonnes|tonne|Kilogramm|[mc]?l|ML"
    r"|Liter|litres|[kcm]?m|[kc]?m²|[kc]?m³|ha|Hektar|Kilometer|Meter|Quadratmeter|Kubikmeter"
    r"|Kilowattstunden?|Megawattstunden?|°C|h|Std\.|Stunden?|hours?|min|Minuten?|minutes?|Sekunden?|seconds?"
    r"|Tag|Tagen?|days?|Wochen?|weeks?|Monat|Monaten?|months?|Jahr|Jahren?|years?|Seiten?|pages?|Zeilen?|lines?"
    r"|VZÄ|FTE|Pers\.|Personen|people|persons"
)
# Each begins with the space, which is found fast; the text before it is checked only there.
_QUANTITY = re.compile(rf" (?<=\d )(?=(?:{_UNITS})(?!\w))")
_LARGE = re.compile(r" (?<=\d[ \N{NO-BREAK SPACE}](?:Mio|Mrd|Tsd)\. )(?=(?:EUR|Euro|€|h|t|kWh)(?!\w))")
_GASES = re.compile(r" (?:(?<=\d[ \N{NO-BREAK SPACE}]t )|(?<=\d[ \N{NO-BREAK SPACE}]kg ))(?=CO)")
_NUMBERED = re.compile(r" (?:(?<=(?<!\w)EUR )|(?<=(?<!\w)Nr\. )|(?<=§ )|(?<=(?<!\w)Scope ))(?=\d)")
# What stands before its number or name.
_BEFORE_NUMBER = re.compile(
    r"(?<!\w)(Kriterium|Kriterien|[Cc]riterion|[Cc]riteria|Seite|page|Zeile|line|Abschnitt|section) (?=\d)"
)
_BEFORE_NAME = re.compile(r"(?<!\w)(Frau|Herrn?|Mrs?\.?|Ms\.?|Dr\.|Prof\.) (?=[A-ZÄÖÜ])")
_DAY = re.compile(
    r" (?<=\d\. )(?=(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b)"
)
_ABBREVIATION = re.compile(r"\b(z|d|u|o|i|v)\. (?=(?:B|h|a|ä|d|R|U)\.)")
# Without this a line may end after the slash of "kWh/Person", despite the no-break space.
# Bounded repetitions: pasted text may be one word of 50,000 characters.
_QUANTITY_PER = re.compile(rf"\d[\d.,]{{0,30}}{NO_BREAK}[^\s/]{{1,12}}/[^\s/]{{1,16}}")


def with_no_break_spaces(text: str) -> str:
    """The text with no-break spaces between numbers and units and within dates and abbreviations."""
    for pattern in (_QUANTITY, _LARGE, _GASES, _NUMBERED, _DAY):
        text = pattern.sub(NO_BREAK, text)
    for pattern in (_BEFORE_NUMBER, _BEFORE_NAME):
        text = pattern.sub(rf"\1{NO_BREAK}", text)
    return _ABBREVIATION.sub(rf"\1.{NO_BREAK}", text)


def with_bound_last_word(text: str) -> str:
    """The text with its last word bound to the one before, unless it is long enough for a line of its own."""
    head, space, last = text.rpartition(" ")
    is_short = sum(map(str.isalnum, last)) < LONG_ENOUGH and "\n" not in last
    return f"{head}{NO_BREAK}{last}" if space and is_short and last and not head[-1:].isspace() else text


def with_unbroken_quantities(text: str) -> Markup:
    """The escaped text with each quantity such as "5 kWh/Person" in a span that does not break."""
    done, at = Markup(), 0
    for match in _QUANTITY_PER.finditer(text):
        done += escape(text[at : match.start()]) + Markup('<span class="kept">{}</span>').format(match[0])
        at = match.end()
    return done + escape(text[at:])
