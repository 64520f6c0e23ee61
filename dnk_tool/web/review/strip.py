"""The strip above a section of a review: a mark for each part of the declaration, with its review status."""

from dataclasses import dataclass

from dnk_tool.catalogue import Criterion, Section
from dnk_tool.services.review.round import ReviewRound
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.review.current_round import section_heading, section_url
from dnk_tool.web.review.overview import TAG_KINDS
from dnk_tool.web.text.labels import label_of


@dataclass(frozen=True, slots=True)
class StripMark:
    """One mark: the number of a criterion, or the first letter of another part, with its review status."""

    label: str
    title: str
    href: str
    kind: str
    status: str
    area: str
    is_current: bool


def strip_marks(review_round: ReviewRound, current: Section) -> list[StripMark]:
    """The marks of all parts, in page order."""
    return [_mark(review_round, section, current) for section in review_round.sections]


def _mark(review_round: ReviewRound, section: Section, current: Section) -> StripMark:
    standing, title = review_round.standings[section.ref], section.title.to(current_language())
    return StripMark(
        label=str(section.number) if isinstance(section, Criterion) else title[0],
        title=section_heading(section, current_language()),
        href=section_url(section.ref),
        kind=TAG_KINDS[standing],
        status=label_of(standing),
        area=section.area if isinstance(section, Criterion) else "none",
        is_current=section.ref == current.ref,
    )
