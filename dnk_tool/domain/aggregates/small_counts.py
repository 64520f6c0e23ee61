"""Counts of companies without the small ones, from which somebody could tell what a single company does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dnk_tool.domain.aggregates.model import Difference, FigureCoverage


@dataclass(frozen=True, slots=True)
class ShownCount:
    """A count as it may be said: exactly `count`, or at least `count`. A blurred 0 is none or a few."""

    count: int
    is_exact: bool


FEW = ShownCount(0, is_exact=False)


@dataclass(frozen=True, slots=True)
class ShownCoverage:
    """Why companies do not report a figure, and why reported ones cannot be compared; no reason of a few.

    `has_hidden_reasons`: some cannot be compared, and no reason is named.
    """

    explained: ShownCount
    missing: ShownCount
    differences: Mapping[Difference, ShownCount]
    has_hidden_reasons: bool


def shown_parts(counts: Sequence[int], least: int) -> tuple[ShownCount, ...]:
    """How many belong to each part of a whole that readers know: exactly, if no part is small.

    Otherwise in steps of `least`, so that no count follows from the others, and none looks like a few.
    """
    whole = sum(counts)
    if not whole or min(counts) >= least:
        return tuple(ShownCount(count, is_exact=True) for count in counts)
    return tuple(ShownCount(count_in_steps(count, whole, least), is_exact=False) for count in counts)


def count_in_steps(count: int, whole: int, least: int) -> int:
    """The largest multiple of `least` up to the count; 0 for fewer, and not all of the whole if it can be."""
    return max(least, min(count, whole - 1) // least * least) if count >= least else 0


def shown_coverage(coverage: FigureCoverage, least: int) -> ShownCoverage:
    """The coverage of a figure without reasons that fewer than `least` companies have."""
    explained, missing = shown_parts((coverage.explained, coverage.missing), least)
    different = coverage.reported - coverage.comparable
    shown = {
        reason: ShownCount(count, is_exact=True)
        if different - count >= least
        else ShownCount(count_in_steps(count, different, least), is_exact=False)
        for reason, count in coverage.differences.items()
        if count >= least
    }
    return ShownCoverage(explained, missing, shown, has_hidden_reasons=different > 0 and not shown)
