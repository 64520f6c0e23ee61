"""German and English: translated interface words, and numbers and dates as each language writes them."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, localcontext
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from dnk_tool.paths import PACKAGE

Language = Literal["de", "en"]

LANGUAGES: tuple[Language, ...] = ("de", "en")
LOCALES = {"de": "de_DE", "en": "en_GB"}
# More digits than any figure has: the default of 28 would refuse some.
LONGEST_NUMBER = 200
LOCAL_TIME_ZONE = ZoneInfo("Europe/Berlin")


def is_language(value: object) -> bool:
    """Whether the value is the code of a supported language, "de" or "en"."""
    return value in LANGUAGES


def known_language(code: str | None) -> Language:
    """The language with this code; German, the language of the sources, for any other code and for none."""
    return "en" if code == "en" else "de"


@cache
def translations(language: Language) -> NullTranslations:
    """The gettext catalogue of a language; German is the source language and needs none."""
    if language == "de":
        return NullTranslations()
    return Translations.load(PACKAGE / "locale", [language])


def format_number(value: Decimal, language: Language, *, grouping: bool = True) -> str:
    """The exact value as the language writes it: Decimal("1234.50") is "1.234,50" in German."""
    decimals = max(0, -int(value.as_tuple().exponent))
    pattern = ("#,##0" if grouping else "0") + ("." + "0" * decimals if decimals else "")
    with localcontext(prec=LONGEST_NUMBER):
        return format_decimal(value, format=pattern, locale=LOCALES[language])


def format_alternatives(names: Sequence[str], language: Language) -> str:
    """Names of which one is to be chosen: "A, B oder C"."""
    return format_list(names, style="or", locale=LOCALES[language])


def format_series(names: Sequence[str], language: Language) -> str:
    """Names that belong together: "A, B und C"."""
    return format_list(names, style="standard", locale=LOCALES[language])


def format_long_date(value: date, language: Language) -> str:
    """A date in words: 25. November 2026, 25 November 2026."""
    return format_date(value, format="long", locale=LOCALES[language])


def local_day(value: datetime) -> date:
    """The date of a UTC time in German local time."""
    return value.astimezone(LOCAL_TIME_ZONE).date()


def format_short_date(value: date, language: Language) -> str:
    """A date for tables: 25.11.2026, 25 Nov 2026."""
    return format_date(value, format="medium", locale=LOCALES[language])


def format_timestamp(value: datetime, language: Language) -> str:
    """A UTC time as date and time of day in German local time."""
    local = value.astimezone(LOCAL_TIME_ZONE)
    pattern = "d. MMMM y, HH:mm 'Uhr'" if language == "de" else "d MMMM y, HH:mm"
    return format_datetime(local, format=pattern, locale=LOCALES[language])
