"""The protocol of a review as one HTML page for the PDF engine: what company and reviewers both know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dnk_tool.domain.declarations.version_code import short_fingerprint
from dnk_tool.domain.review import ChecklistPoint, Verdict
from dnk_tool.domain.text import truncated
from dnk_tool.labels import CHECKLIST_QUESTIONS, label
from dnk_tool.language import LOCALES, Language, format_long_date, format_short_date, local_day, translations
from dnk_tool.report.files.html import print_html
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.view.branding import DEFAULT_BRANDING
from dnk_tool.report.view.compose import page_words

TEMPLATE = "report/review_protocol.html"
FOOTER_LENGTH = 60


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """A step of the review: when, and by whom; `by` is empty if the account is gone."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ProtocolApproval:
    """An approval of a version; one that was withdrawn has the step and the reason."""

    given: RecordedStep
    withdrawn: RecordedStep | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ProtocolRound:
    """A round that has ended: the version that was read, and the decision.

    `returned`: the request for changes; `letter` and `until` belong to it, and older rounds have neither.
    """

    version: int
    submitted_at: datetime
    fingerprint: str
    returned: RecordedStep | None = None
    letter: str = ""
    until: date | None = None
    approvals: Sequence[ProtocolApproval] = ()

    @property
    def is_approved(self) -> bool:
        """Whether the version has an approval that stands."""
        return any(approval.withdrawn is None for approval in self.approvals)


@dataclass(frozen=True, slots=True)
class ProtocolVerdict:
    """The last result for a section in one version."""

    section: str
    version: int
    verdict: Verdict
    given: RecordedStep


@dataclass(frozen=True, slots=True)
class ProtocolRemark:
    """A remark or an answer, which both sides can read; `side`: the name of the company or the cluster."""

    side: str
    written: RecordedStep
    text: str


@dataclass(frozen=True, slots=True)
class ProtocolThread:
    """A remark with its answers, below the title of its section; `point`: the requirement that it is about.

    `closed`: when it was resolved or withdrawn.
    """

    section: str
    point: str
    remarks: Sequence[ProtocolRemark]
    closed: datetime | None
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class ReviewProtocol:
    """A review as far as it is decided, the rounds in order; `ticks`: the checklist of the last version.

    Without results and ticks of a version that is under review again.
    """

    company: str
    year: int
    cluster: str
    language: Language
    made_on: date
    rounds: Sequence[ProtocolRound]
    verdicts: Sequence[ProtocolVerdict] = ()
    threads: Sequence[ProtocolThread] = ()
    ticks: Mapping[ChecklistPoint, RecordedStep] | None = None


def protocol_html(protocol: ReviewProtocol) -> str:
    """The page for the PDF engine, in the protocol's language."""
    language, words, ticks = protocol.language, TextFormatter(protocol.language), protocol.ticks or {}
    return print_html(
        TEMPLATE,
        language,
        protocol=protocol,
        locale=LOCALES[language].replace("_", "-"),
        look=DEFAULT_BRANDING,
        footer=f"{truncated(words.printable_text(protocol.company), FOOTER_LENGTH)} · {protocol.year}",
        page_words=page_words(words),
        last=protocol.rounds[-1],
        points=[
            (label(point, language), translations(language).gettext(question), ticks.get(point))
            for point, question in CHECKLIST_QUESTIONS.items()
        ],
        said=words.printable_text,
        word=lambda member: label(member, language),
        day=lambda at: format_long_date(local_day(at), language),
        short_day=lambda at: format_short_date(local_day(at), language),
        date_text=lambda on: format_long_date(on, language),
        shortened=short_fingerprint,
    )
