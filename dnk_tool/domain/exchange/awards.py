"""An award of a cluster: its criteria with weights, what is nominated, and how jurors judge it.

What the sheets of a jury come to: weighted points for each nomination, and their order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from dnk_tool.domain.exchange.examples import FIVE_LINES, ExampleLines, ExamplePart

MOST_CRITERIA, WHOLE_WEIGHT = 6, 100
LONGEST_AWARD_NAME, LONGEST_CRITERION, LONGEST_PRIZE, LONGEST_WORD = 120, 120, 80, 500
LONGEST_NOMINATION_TITLE, LONGEST_NOMINATION_LINE = 120, 400
POINTS = range(1, 6)
# How long a juror's link opens the sheet after the day until which the jury judges.
LINK_GRACE = timedelta(days=14)


class AwardState(StrEnum):
    """How far a round is; a manager leads it on. Its criteria stay as they are from JUDGING on."""

    DRAFT = "draft"
    NOMINATING = "nominating"
    JUDGING = "judging"
    DECIDED = "decided"


# Who presses one button after the other; back goes only what nobody has lost anything by.
NEXT_STATES = {
    AwardState.DRAFT: (AwardState.NOMINATING,),
    AwardState.NOMINATING: (AwardState.JUDGING,),
    AwardState.JUDGING: (AwardState.NOMINATING, AwardState.DECIDED),
    AwardState.DECIDED: (AwardState.JUDGING,),
}


class AwardProblem(StrEnum):
    """Why a round cannot be kept or led on as it is."""

    NO_NAME = "no-name"
    NO_CRITERIA = "no-criteria"
    CRITERION_TWICE = "criterion-twice"
    NOT_WHOLE = "not-whole"
    JURY_BEFORE_NOMINATIONS = "jury-before-nominations"
    NO_NOMINATIONS = "no-nominations"
    HAS_SHEETS = "has-sheets"
    NO_WINNER = "no-winner"


class AwardRefused(Exception):
    """A round that does not fit; `problem` says why."""

    def __init__(self, problem: AwardProblem) -> None:
        self.problem = problem
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class AwardCriterion:
    """What jurors look at; `weight` in percent of the whole."""

    name: str
    weight: int


@dataclass(frozen=True, slots=True)
class AwardContent:
    """What a manager writes of a round. Members nominate until a day, jurors judge until a later one."""

    name: str
    year: int
    nominate_until: date
    judge_until: date
    criteria: tuple[AwardCriterion, ...]


@dataclass(frozen=True, slots=True)
class NominationContent(ExampleLines):
    """What is nominated, in a title and five lines, as good examples have them.

    `is_public`: if it wins, everybody may read company, title and prize; else only the cluster's team does.
    """

    is_public: bool = False


@dataclass(frozen=True, slots=True)
class JurorSheet:
    """What a juror says of one nomination: points for each criterion, None for none yet, and a word.

    `abstains`: the juror has a conflict of interest, and gives no points.
    """

    points: tuple[int | None, ...] = ()
    abstains: bool = False
    word: str = ""


@dataclass(frozen=True, slots=True)
class AwardedPrize:
    """A prize that everybody may read of: who got it, and for what."""

    prize: str
    company: str
    title: str


@dataclass(frozen=True, slots=True)
class DecidedAward:
    """A round with its prizes, as the cluster's report tells of it."""

    name: str
    year: int
    prizes: tuple[AwardedPrize, ...]


def check_award(content: AwardContent) -> AwardContent:
    """The round as it is. Raises AwardRefused."""
    names = [criterion.name.casefold() for criterion in content.criteria]
    problems = {
        AwardProblem.NO_NAME: not content.name,
        AwardProblem.NO_CRITERIA: not names or not all(names) or len(names) > MOST_CRITERIA,
        AwardProblem.CRITERION_TWICE: len(set(names)) < len(names),
        AwardProblem.NOT_WHOLE: not _is_whole(content.criteria),
        AwardProblem.JURY_BEFORE_NOMINATIONS: content.judge_until < content.nominate_until,
    }
    for problem, is_there in problems.items():
        if is_there:
            raise AwardRefused(problem)
    return content


def _is_whole(criteria: tuple[AwardCriterion, ...]) -> bool:
    weights = [criterion.weight for criterion in criteria]
    return all(weight > 0 for weight in weights) and sum(weights) == WHOLE_WEIGHT


def takes_nominations(state: AwardState, nominate_until: date, today: date) -> bool:
    """Whether members can nominate today; the last day counts."""
    return state is AwardState.NOMINATING and today <= nominate_until


def opens_sheets(state: AwardState, judge_until: date, today: date) -> bool:
    """Whether the links of jurors open their sheets today; the day is meant for people, so it has a grace."""
    return state is AwardState.JUDGING and today <= judge_until + LINK_GRACE


def missing_lines(content: NominationContent) -> tuple[ExamplePart, ...]:
    """Which texts a nomination of its own words still lacks, in the order of the page."""
    return tuple(part for part in (ExamplePart.TITLE, *FIVE_LINES) if not content.line(part))


def is_complete(sheet: JurorSheet, criteria: int) -> bool:
    """Whether the juror has said all of one nomination: points for each criterion, or abstains."""
    return sheet.abstains or (len(sheet.points) == criteria and None not in sheet.points)


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
