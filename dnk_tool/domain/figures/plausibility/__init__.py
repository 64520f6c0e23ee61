"""Plausibility: finds figures that look odd beside others, last year's or reference values."""

from dnk_tool.domain.figures.plausibility.facts import ComparedValue, PlausibilityFacts
from dnk_tool.domain.figures.plausibility.rules import plausibility_warnings
from dnk_tool.domain.figures.plausibility.warning import PlausibilityWarning, Slip, WarningText, warning_text

__all__ = [
    "ComparedValue",
    "PlausibilityFacts",
    "PlausibilityWarning",
    "Slip",
    "WarningText",
    "plausibility_warnings",
    "warning_text",
]
