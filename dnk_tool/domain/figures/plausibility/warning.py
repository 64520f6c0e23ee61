"""Plausibility warnings: the values that look odd beside each other, and the parameters of the message.

The text of a warning: what looks odd, by which reference, and what to check.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import TypeAlias

from dnk_tool.catalogue.plausibility.model import (
    PlausibilityLimits,
    PlausibilityRule,
    PlausibilityRules,
    RuleKind,
    RuleSource,
)
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.figures.plausibility.facts import ComparedValue
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import Language, format_number

MessageParam: TypeAlias = Decimal | Quantity | Text | str


@dataclass(frozen=True, slots=True)
class Slip:
    """A value a thousand times too large or too small: the unit as entered, and the one perhaps meant.

    `typed`: the number as entered, if it has three decimals and its comma may separate thousands. `about`:
    the key of the value that may be wrong, if it is one of several, or the kind of its line. `times` leads
    from the value entered to the one meant.
    """

    entered: str = ""
    meant: str = ""
    typed: Quantity | None = None
    about: str = ""
    times: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class PlausibilityWarning:
    """One warning. `subject` tells warnings of one rule apart: a datapoint, a profile value or a line.

    `datapoint` is where it is shown, or at the `line` with this id where lines are shown; 0 is none.
    `compared` are the values as entered, `params` those of the message.
    `fingerprint` is a hash of the exact values: the same amount in another unit has the same.
    """

    rule: str
    subject: str
    datapoint: str
    compared: tuple[ComparedValue, ...]
    params: Mapping[str, MessageParam] = field(default_factory=dict)
    limits: PlausibilityLimits | None = None
    slip: Slip | None = None
    line: int = 0

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


NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class WarningText:
    """A warning in one language. `slip` is the question after a factor of a thousand; it may be empty."""

    odd: str
    check: str
    slip: str
    reference: str
    source: RuleSource

    @property
    def question(self) -> str:
        """All sentences of the warning in one line, without the reference."""
        return " ".join(sentence for sentence in (self.odd, self.slip, self.check) if sentence)


def warning_text(rules: PlausibilityRules, warning: PlausibilityWarning, language: Language) -> WarningText:
    """The text of the warning; the reader of the rules allows only placeholders that are filled here."""
    rule = rules.by_key[warning.rule]
    words = {key: _param_text(param, key, rule, rules, language) for key, param in warning.params.items()}
    reference = warning.limits.reference if warning.limits else Text("", "")
    return WarningText(
        odd=rule.odd.to(language).format_map(words).replace(" %", f"{NO_BREAK}%"),
        check=rule.check.to(language),
        slip=_slip_text(warning, rules, language),
        reference=reference.to(language) or rule.reference.to(language),
        source=rule.source,
    )


def format_quantity(quantity: Quantity, rules: PlausibilityRules, language: Language) -> str:
    """A quantity for display: "6.536.428 kWh"."""
    unit = unit_name(quantity.unit, rules, language)
    return f"{_number_text(quantity.value, language)}{NO_BREAK}{unit}".strip(NO_BREAK)


def unit_name(symbol: str, rules: PlausibilityRules, language: Language) -> str:
    """The sign of the unit; empty for a mere number and an unknown unit."""
    family = rules.family_by_unit.get(symbol)
    if family is None or family.key == "count":
        return ""
    return family.units[symbol].display.to(language)


def value_label(compared_value: ComparedValue, rules: PlausibilityRules, language: Language) -> str:
    """The name of a compared value: its label, else the name of the line, else its key."""
    return rules.label(compared_value.key).to(language) or compared_value.name or compared_value.key


def _param_text(
    value: MessageParam, key: str, rule: PlausibilityRule, rules: PlausibilityRules, language: Language
) -> str:
    if isinstance(value, Quantity):
        return format_quantity(value, rules, language)
    if isinstance(value, Decimal):
        is_change = rule.kind is RuleKind.JUMP and key == "percent"
        plus = "+" if is_change and value > 0 else ""
        return plus + _number_text(value, language)
    return value.to(language) if isinstance(value, Text) else value


def _number_text(value: Decimal, language: Language) -> str:
    # A true minus sign, after which no line breaks.
    return format_number(value, language).replace("-", "−")


def _slip_text(warning: PlausibilityWarning, rules: PlausibilityRules, language: Language) -> str:
    if warning.slip is None:
        return ""
    slip = warning.slip
    about = f"{rules.label(slip.about).to(language)}: " if slip.about else ""
    if slip.typed is not None:
        meant = Quantity(slip.typed.value.scaleb(3), slip.typed.unit)
        amounts = {
            "meant": format_quantity(meant, rules, language),
            "entered": format_quantity(slip.typed, rules, language),
        }
        return about + rules.slip.comma.to(language).format_map(amounts)
    if not slip.meant:
        return about + rules.slip.number.to(language)
    names: Mapping[str, str] = {
        "meant": unit_name(slip.meant, rules, language),
        "entered": unit_name(slip.entered, rules, language),
    }
    return about + rules.slip.unit.to(language).format_map(names)
