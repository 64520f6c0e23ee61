"""What the sheets of a jury come to: weighted points for each nomination, and their order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dnk_tool.domain.exchange.awards import WHOLE_WEIGHT, AwardCriterion, JurorSheet, is_complete


@dataclass(frozen=True, slots=True)
class NominationResult:
    """What jurors gave one nomination: the mean of their weighted points, from 1 to 5, and its place.

    `by_criterion`: the mean points for each criterion. Without a complete sheet, `points` and `place` are
    None. Sheets that lack something count as `open`, and in no mean.
    """

    nomination_id: int
    points: Decimal | None
    by_criterion: tuple[Decimal | None, ...]
    place: int | None
    judged: int
    abstained: int
    open: int


def weighted_points(sheet: JurorSheet, criteria: Sequence[AwardCriterion]) -> Decimal | None:
    """The points of one sheet as one number from 1 to 5; None for a sheet without points for all criteria."""
    if sheet.abstains or not is_complete(sheet, len(criteria)):
        return None
    pairs = zip(sheet.points, criteria, strict=True)
    return Decimal(sum((points or 0) * criterion.weight for points, criterion in pairs)) / WHOLE_WEIGHT


def award_results(
    nominations: Sequence[int],
    criteria: Sequence[AwardCriterion],
    sheets: Mapping[tuple[int, int], JurorSheet],
    jurors: Sequence[int],
) -> tuple[NominationResult, ...]:
    """The nominations, best first, those that nobody has judged last. Equal points share a place.

    `sheets` by juror and nomination; of a juror who wrote none, the sheet counts as open. Means are exact and
    compared exactly; a page rounds what it shows.
    """
    counted = [_counted(key, criteria, [sheets.get((one, key)) for one in jurors]) for key in nominations]
    known = sorted((one.points for one in counted if one.points is not None), reverse=True)
    placed = [
        NominationResult(
            one.nomination_id,
            one.points,
            one.by_criterion,
            None if one.points is None else known.index(one.points) + 1,
            one.judged,
            one.abstained,
            one.open,
        )
        for one in counted
    ]
    return tuple(sorted(placed, key=lambda one: one.place or len(placed) + 1))


def _counted(
    nomination_id: int, criteria: Sequence[AwardCriterion], sheets: Sequence[JurorSheet | None]
) -> NominationResult:
    given = [sheet for sheet in sheets if sheet is not None]
    judged = [sheet for sheet in given if weighted_points(sheet, criteria) is not None]
    abstained = sum(sheet.abstains for sheet in given)
    whole = [weighted_points(sheet, criteria) or Decimal(0) for sheet in judged]
    single = [[Decimal(sheet.points[place] or 0) for sheet in judged] for place in range(len(criteria))]
    return NominationResult(
        nomination_id,
        _mean(whole),
        tuple(_mean(points) for points in single),
        None,
        len(judged),
        abstained,
        len(sheets) - len(judged) - abstained,
    )


def _mean(values: Sequence[Decimal]) -> Decimal | None:
    return sum(values, Decimal(0)) / len(values) if values else None
