"""Plausibility warnings: the values that look odd beside each other, and the parameters of the message."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import TypeAlias

from dnk_tool.catalogue.plausibility.model import PlausibilityLimits
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.figures.plausibility.facts import ComparedValue
from dnk_tool.domain.quantities import Quantity

MessageParam: TypeAlias = Decimal | Quantity | Text | str


@dataclass(frozen=True, slots=True)
class Slip:
    """A value a thousand times too large or too small: the unit as entered, and the one perhaps meant.

    `typed`: the number as entered, if it has three decimals and its comma may separate thousands. `about`:
    the key of the value that may be wrong, if it is one of several.
    """

    entered: str = ""
    meant: str = ""
    typed: Quantity | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class PlausibilityWarning:
    """One warning. `subject` tells warnings of one rule apart: a datapoint, a profile value or a line.

    `datapoint` is where it is shown, `compared` are the values as entered, `params` those of the message.
    `fingerprint` is a hash of the exact values: the same amount in another unit has the same.
    """

    rule: str
    subject: str
    datapoint: str
    compared: tuple[ComparedValue, ...]
    params: Mapping[str, MessageParam] = field(default_factory=dict)
    limits: PlausibilityLimits | None = None
    slip: Slip | None = None

    @property
    def key(self) -> str:
        """A short id that stays the same while the figures change."""
        return "w-" + sha256(f"{self.rule}|{self.subject}".encode()).hexdigest()[:12]

    @property
    def datapoints(self) -> tuple[str, ...]:
        """The keys of all compared values, each once: of datapoints, profile and tables."""
        return tuple(dict.fromkeys((self.datapoint, *(value.key for value in self.compared))))

    @property
    def fingerprint(self) -> str:
        """The hash of the compared values by `warning_fingerprint`."""
        return warning_fingerprint(self.rule, self.subject, self.compared)


@dataclass(frozen=True, slots=True)
class ExplanationEdit:
    """An explanation sent for a warning: the fingerprint of its values, and the version that was seen.

    An empty text opens the warning again.
    """

    rule: str
    subject: str
    fingerprint: str
    text: str
    is_printed: bool = False
    seen: int = field(default=0, compare=False)

    @property
    def ref(self) -> str:
        """The name of the warning, unique within a year."""
        return f"{self.rule} {self.subject}"


NO_EXPLANATION = ExplanationEdit("", "", "", "")


def is_same_explanation(given: ExplanationEdit, other: ExplanationEdit) -> bool:
    """Whether two explanations are the same; without a text the values do not matter."""
    same_values = given.fingerprint == other.fingerprint or not given.text
    return (given.text, given.is_printed) == (other.text, other.is_printed) and same_values


def warning_fingerprint(rule: str, subject: str, compared: Sequence[ComparedValue]) -> str:
    """The SHA-256, in hexadecimal, of the exact values that a rule compared."""
    values = [[value.key, value.is_before, _fraction_text(value.exact)] for value in compared]
    return sha256(json.dumps([rule, subject, values]).encode()).hexdigest()


def _fraction_text(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"
