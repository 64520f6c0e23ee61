"""The view of a declaration, ready for any format: every number, date and label is text."""

from dataclasses import dataclass
from datetime import date

from dnk_tool.report.view.annex import AnnexView
from dnk_tool.report.view.branding import DEFAULT_BRANDING, Branding
from dnk_tool.report.view.edition import Variant
from dnk_tool.report.view.parts import (
    NO_FOREWORD,
    ChartView,
    DigestSection,
    ForewordView,
    GeneralView,
    GlanceView,
    LabelledText,
    RequirementView,
)
from dnk_tool.report.view.qr_code import VerificationLink


@dataclass(frozen=True, slots=True)
class Review:
    """The review that found a version formally complete; `by` is empty if the account is gone."""

    cluster: str
    on: date
    by: str = ""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The confirmation of a version by its signatory; `by` is empty if the account is gone."""

    on: date
    by: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """The copy of a declaration that is printed; `fingerprint` is the SHA-256 of its canonical document.

    A draft has no version. `is_pending`: the version waits for sign-off or review, or did not pass them.
    `check_at`: the address of the check page; empty if there is none.
    """

    version: int | None
    issued_on: date
    is_draft: bool
    fingerprint: str
    is_pending: bool = False
    review: Review | None = None
    confirmation: Confirmation | None = None
    check_at: str = ""

    @property
    def is_final(self) -> bool:
        """Whether it is a version, neither draft nor pending, that may be passed on as the declaration."""
        return self.version is not None and not self.is_draft and not self.is_pending


@dataclass(frozen=True, slots=True)
class Chapter:
    """A criterion, block of indicators or supplement under its heading."""

    anchor: str
    number: str
    title: str
    lead: str
    kind: str
    parts: tuple[RequirementView, ...]

    @property
    def charts(self) -> tuple[ChartView, ...]:
        """The charts of its parts in printed order."""
        return tuple(chart for part in self.parts for chart in part.charts)


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """An area with its chapters; `key` decides its colour."""

    key: str
    anchor: str
    title: str
    lead: str
    span: str
    chapters: tuple[Chapter, ...]


@dataclass(frozen=True, slots=True)
class CountRow:
    """The numbers of requirements of an area that are reported, explained and open, as text."""

    key: str
    label: str
    reported: str
    explained: str
    open: str
    total: str


@dataclass(frozen=True, slots=True)
class IndexRow:
    """An indicator in the index; if it has an anchor, the layout adds its page.

    `today`: what stands in its place by now, empty where nothing is known.
    """

    anchor: str
    code: str
    title: str
    status: str
    status_label: str
    today: str


@dataclass(frozen=True, slots=True)
class RatingRow:
    """The self-assessment of one criterion with its measures; `level` -1: not rated."""

    number: str
    title: str
    level: int
    rating: str
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RatingGroup:
    """The ratings of one area."""

    key: str
    title: str
    rows: tuple[RatingRow, ...]


@dataclass(frozen=True, slots=True)
class Cover:
    """The title page; `listed` says the same of company and declaration for files that have none."""

    company: str
    title: str
    year: str
    facts: tuple[LabelledText, ...]
    listed: tuple[LabelledText, ...] = ()


@dataclass(frozen=True, slots=True)
class DeclarationView:
    """The whole declaration, in the order of its pages.

    Parts that the variant leaves out are empty. `page_words`: the words before the page number and before the
    number of pages. `mark` names the variant on every page, and each line of `draft_mark` is a warning there.
    `notice` says what the variant holds and where to find the rest. `contact`: where to reach the company.
    """

    language: str
    content_language: str
    title: str
    author: str
    footer: str
    edition: str
    page_words: tuple[str, str]
    draft_mark: str
    issued_on: str
    cover: Cover
    glance: GlanceView
    general_title: str
    general: GeneralView
    counts: tuple[CountRow, ...]
    parts: tuple[DocumentPart, ...]
    ratings: tuple[RatingGroup, ...]
    index: tuple[IndexRow, ...]
    annex: AnnexView
    glossary: tuple[LabelledText, ...]
    imprint: tuple[LabelledText, ...]
    statements: tuple[str, ...]
    check: VerificationLink | None = None
    variant: Variant = Variant.FULL
    mark: str = ""
    notice: tuple[str, ...] = ()
    digests: tuple[DigestSection, ...] = ()
    index_note: str = ""
    contact: tuple[LabelledText, ...] = ()
    look: Branding = DEFAULT_BRANDING
    foreword: ForewordView = NO_FOREWORD

    @property
    def has_today(self) -> bool:
        """Whether the index has a column with what stands in the indicators' place by now."""
        return any(row.today for row in self.index)
