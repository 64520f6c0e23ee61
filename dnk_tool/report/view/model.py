"""What a printed declaration shows, ready for the page: every number, date and label is already text."""

from dataclasses import dataclass
from datetime import date

from dnk_tool.report.view.annex import AnnexView
from dnk_tool.report.view.branding import DEFAULT_BRANDING, Branding
from dnk_tool.report.view.edition import Variant
from dnk_tool.report.view.parts import ChartView, DigestSection, GlanceView, LabelledText, RequirementView
from dnk_tool.report.view.qr_code import VerificationLink


@dataclass(frozen=True, slots=True)
class Review:
    """Which cluster found a version formally complete, when, and who there; empty once nobody knows."""

    cluster: str
    on: date
    by: str = ""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """When a person of the company's choice confirmed a version, and who; empty once nobody knows."""

    on: date
    by: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """Which copy of a declaration is printed; `fingerprint` is the SHA-256 of its canonical document.

    A draft has no version. A version that still waits for somebody, or that did not get further, is pending.
    `check_at` is the address where anybody can check a version; empty: nowhere.
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
        """Whether it is a version that may be passed on as the company's declaration."""
        return self.version is not None and not self.is_draft and not self.is_pending


@dataclass(frozen=True, slots=True)
class Chapter:
    """A criterion, a block of indicators or a supplement, under its heading; charts come first."""

    anchor: str
    number: str
    title: str
    lead: str
    kind: str
    parts: tuple[RequirementView, ...]
    charts: tuple[ChartView, ...] = ()


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
    """How much of an area was reported, explained and left open."""

    key: str
    label: str
    reported: str
    explained: str
    open: str
    total: str


@dataclass(frozen=True, slots=True)
class IndexRow:
    """An indicator in the overview; its page is counted by the layout, if it has an anchor."""

    anchor: str
    code: str
    title: str
    status: str
    status_label: str


@dataclass(frozen=True, slots=True)
class RatingRow:
    """How the company rates itself in one criterion and what it is going to do."""

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
    """The first page."""

    company: str
    title: str
    year: str
    facts: tuple[LabelledText, ...]


@dataclass(frozen=True, slots=True)
class DeclarationView:
    """The whole declaration, in the order of its pages.

    `page_words` stand before the number of the page and before the number of all pages. What its variant
    leaves out is empty. `mark` names the variant on every page, `draft_mark` warns there: each line of it is
    one warning. `notice` tells the reader what this variant is and where the rest stands.
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
    general: tuple[LabelledText, ...]
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
    look: Branding = DEFAULT_BRANDING
