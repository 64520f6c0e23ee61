"""Reads and rounds numbers in German and English notation, as exact decimals and never as floats."""

import re
from decimal import ROUND_HALF_UP, Context, Decimal

MAX_LENGTH = 40
MAX_DIGITS = 20
MAX_DECIMALS = 10
MOST_SHOWN_DIGITS = 4
FEW_DECIMALS = 3
_WIDE = Context(prec=100)

_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f'’]")
_GROUPED_DE = re.compile(r"[1-9]\d{0,2}(\.\d{3})+(,\d+)?")
_GROUPED_EN = re.compile(r"[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
_PLAIN = re.compile(r"\d+([.,]\d+)?")


class NotANumber(ValueError):
    """The text cannot be read as one number."""


class NumberTooLong(NotANumber):
    """The number has more digits than any figure of a company may have."""


def parse(text: str, language: str = "de") -> Decimal:
    """The number that `text` means to a reader of the language.

    In German a single comma is decimal and dots group thousands: "1.234,5", "1234,5" and "1 234,5" are the
    same number. One separator followed by exactly three digits groups thousands if the language groups with
    it ("1.234" is 1234 in German, "1,234" in English) and is decimal otherwise. Raises NotANumber, and
    NumberTooLong for more than 20 digits before or 10 after the decimal separator.
    """
    if len(text) > MAX_LENGTH:
        raise NumberTooLong(text[:MAX_LENGTH])
    bare = _SPACES.sub("", text.strip()).replace("−", "-").replace("–", "-")
    sign, digits = ("-", bare[1:]) if bare.startswith("-") else ("", bare.removeprefix("+"))
    if not digits.isascii():
        raise NotANumber(text)
    grouping = _grouping(digits, language)
    if grouping is None and not _PLAIN.fullmatch(digits):
        raise NotANumber(text)
    digits = digits.replace(grouping or "", "").replace(",", ".")
    whole, _, decimals = digits.partition(".")
    if len(whole.lstrip("0")) > MAX_DIGITS or len(decimals) > MAX_DECIMALS:
        raise NumberTooLong(text)
    return unsigned_zero(Decimal(sign + digits))


def ambiguity(text: str, language: str = "de") -> Decimal | None:
    """The number that a reader of the other language would see in the text, if it is a different one.

    "1.234" is 1234 in German and 1.234 in English. None where both read the same, or one of them reads no
    number.
    """
    try:
        own, other = parse(text, language), parse(text, "en" if language == "de" else "de")
    except NotANumber:
        return None
    return None if own == other else other


def _grouping(digits: str, language: str) -> str | None:
    """The sign that groups thousands in these digits, or None where no sign does."""
    own, other = (_GROUPED_DE, _GROUPED_EN) if language == "de" else (_GROUPED_EN, _GROUPED_DE)
    own_sign, other_sign = (".", ",") if language == "de" else (",", ".")
    if own.fullmatch(digits):
        return own_sign
    is_certain = ("." in digits and "," in digits) or digits.count(other_sign) > 1
    return other_sign if is_certain and other.fullmatch(digits) else None


def readable(value: Decimal) -> Decimal:
    """A result rounded for reading: to four significant digits, but never to less than whole units."""
    if not value:
        return value
    places = max(0, MOST_SHOWN_DIGITS - 1 - value.adjusted())
    shown = value.quantize(Decimal(1).scaleb(-places))
    if shown == value:
        return value
    return shown.normalize() if places else shown


def with_digits(value: Decimal, digits: int) -> Decimal:
    """The value rounded to so many significant digits, also above the decimal separator."""
    if not value:
        return value
    places = digits - 1 - value.adjusted()
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return value
    shown = value.quantize(Decimal(1).scaleb(-places), context=_WIDE)
    return shown.quantize(Decimal(1), context=_WIDE) if places <= 0 else _without_zeros(shown)


def decimals(value: Decimal) -> int:
    """The digits after the decimal separator with which a number was written."""
    return max(0, -int(value.as_tuple().exponent))


def to_decimals(value: Decimal, places: int) -> Decimal:
    """The value with exactly so many decimals, a half rounded up as readers do."""
    return unsigned_zero(value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, context=_WIDE))


def _without_zeros(value: Decimal) -> Decimal:
    """The value without zeros after its last decimal."""
    whole = value.to_integral_value()
    return whole.quantize(Decimal(1)) if value == whole else value.normalize(_WIDE)


def short(value: Decimal) -> Decimal:
    """A quantity for reading: unchanged with up to three decimals, else rounded as by `readable`."""
    exponent = value.normalize().as_tuple().exponent
    is_short = isinstance(exponent, int) and -exponent <= FEW_DECIMALS
    return value if is_short else readable(value)


def unsigned_zero(value: Decimal) -> Decimal:
    """The same value, with the negative zero of Decimal replaced by the positive one."""
    return value if value else value.copy_abs()


def plain(value: Decimal) -> str:
    """The value without exponent, as canonical text: Decimal("1E+3") is "1000", Decimal("-0.0") is "0.0"."""
    return format(unsigned_zero(value), "f")
