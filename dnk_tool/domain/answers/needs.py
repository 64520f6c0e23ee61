"""Says what it takes to close a gap."""

from dnk_tool.catalogue.standard.model import Aspect, Indicator, Need, Requirement
from dnk_tool.domain.answers.completeness import Gap, GapKind

# What remains to be done there is a choice, a sentence, a cell, or to read a draft.
_QUICK_KINDS = frozenset(
    {GapKind.NO_EXPLANATION, GapKind.INCOMPLETE_ROW, GapKind.UNCHECKED_DRAFT, GapKind.NOT_CONFIRMED}
)


def need_of(gap: Gap, requirement: Requirement | None) -> Need:
    """What it takes to close the gap: the catalogue says it of aspects, the fields say it of indicators.

    `requirement`: the one that the gap names; None where it is about the profile or a whole section.
    """
    if gap.kind in _QUICK_KINDS:
        return Need.MINUTES
    if isinstance(requirement, Aspect):
        return requirement.takes
    if isinstance(requirement, Indicator):
        has_figures = any(item.datapoint or item.table for item in requirement.items)
        return Need.PAPER if has_figures else Need.COLLEAGUE
    return Need.MINUTES
