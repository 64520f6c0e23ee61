"""Plausibility: which figures look odd beside others, beside last year's and beside reference values."""

from dnk_tool.domain.figures.plausibility.facts import Compared, Facts
from dnk_tool.domain.figures.plausibility.rules import warnings
from dnk_tool.domain.figures.plausibility.warning import PlausibilityWarning, Slip
from dnk_tool.domain.figures.plausibility.wording import Said, said

__all__ = ["Compared", "Facts", "PlausibilityWarning", "Said", "Slip", "said", "warnings"]
