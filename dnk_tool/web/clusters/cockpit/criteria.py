"""Criteria as the cluster sees them: how many members have each sign, and links to exactly those."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dnk_tool.catalogue import Criterion
from dnk_tool.domain.clusters.criterion_signs import (
    CriterionCounts,
    CriterionSign,
    SignFilter,
    count_signs,
    most_missing,
)
from dnk_tool.store.clusters.criterion_progress import MemberSigns
from dnk_tool.web.clusters.cockpit.member_list_query import MemberListQuery
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.labels import label_of

MAX_STUCK = 3
HEAT_MAP = "cockpit.heat_map"
# What is missing most comes first.
CHIP_ORDER = (
    SignFilter.OPEN,
    SignFilter.IN_PROGRESS,
    SignFilter.REMARK,
    SignFilter.EXPLAINED,
    SignFilter.ANSWERED,
)


@dataclass(frozen=True)
class SignChip:
    """How many members have a sign at the criterion, and the heat map of just them."""

    sign: SignFilter
    count: int
    href: str
    is_current: bool


@dataclass(frozen=True)
class StuckCriterion:
    """A criterion at which many are not done: "4 offen, 2 in Arbeit", and its heat map."""

    criterion: Criterion
    words: str
    percent: int | None
    href: str


def counts_of(
    criteria: Sequence[Criterion], progress_by_company: Mapping[int, MemberSigns]
) -> list[CriterionCounts]:
    """The counts of all signs at each criterion, in order."""
    members = [progress.signs for progress in progress_by_company.values()]
    return count_signs((criterion.ref for criterion in criteria), members)


def stuck_criteria(
    shown: MemberListQuery, criteria: Sequence[Criterion], progress_by_company: Mapping[int, MemberSigns]
) -> list[StuckCriterion]:
    """The criteria at which most members are not done, each with its heat map."""
    by_ref = {criterion.ref: criterion for criterion in criteria}
    return [
        StuckCriterion(
            by_ref[counts.criterion],
            _words(counts),
            counts.percent_done,
            shown.address_with_only(HEAT_MAP, criterion=counts.criterion),
        )
        for counts in most_missing(counts_of(criteria, progress_by_company), most=MAX_STUCK)
    ]


def sign_chips(shown: MemberListQuery, counts: CriterionCounts) -> list[SignChip]:
    """A chip for each sign that some members have."""
    return [
        SignChip(
            sign,
            count,
            shown.address(HEAT_MAP, criterion=counts.criterion, sign=sign),
            is_current=sign is shown.wanted.sign,
        )
        for sign in CHIP_ORDER
        if (count := counts.signs.get(CriterionSign(sign.value), 0))
    ]


def criterion_title(criterion: Criterion) -> str:
    """Number and title: "11 Inanspruchnahme natürlicher Ressourcen"."""
    return f"{criterion.number} {criterion.title.to(current_language())}"


def _words(counts: CriterionCounts) -> str:
    """The counts but that of the answered: "4 offen, 2 in Arbeit, 3 erklärt"."""
    pairs = [(sign, counts.signs.get(CriterionSign(sign.value), 0)) for sign in CHIP_ORDER[:-1]]
    return ", ".join(f"{count} {label_of(sign)}" for sign, count in pairs if count)
