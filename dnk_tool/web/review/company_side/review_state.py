"""The state of a declaration's review for the company: open and locked sections, pending remarks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.answers.completeness import Completeness, CompletionStatus
from dnk_tool.domain.clusters.cockpit import MemberStage
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.states import EDITABLE_STATES, State
from dnk_tool.domain.review import Audience, Judgement, ReviewSide, ReviewStatus, is_unlocked
from dnk_tool.services.declarations.submission import waits_for_company
from dnk_tool.services.review.round import current_round
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import remarks, rounds
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.review import ReviewRoundRow
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.company_side.threads import change_request_url
from dnk_tool.web.text.filters import excerpt
from dnk_tool.web.text.labels import label_of
from dnk_tool.web.text.options import numbered_title


@dataclass(frozen=True)
class SectionBadge:
    """What a review adds to a section's task-list row; empty texts keep the completeness."""

    text: str = ""
    kind: str = ""
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class CompanyReviewState:
    """A declaration with its review. `threads`: those that the company may read.

    `judgements` determine which sections are open, `standings` are the review statuses. `clusters`: those
    whose remarks count, that is the reviewing one, else all to which the company can submit. `closing`: what
    came with the present request for changes. `submitted`: the version that the reviewers read, while changes
    are requested.
    """

    declaration: Declaration
    judgements: Mapping[str, Judgement] = field(default_factory=dict)
    standings: Mapping[str, ReviewStatus] = field(default_factory=dict)
    threads: Sequence[RemarkThread] = ()
    clusters: Collection[int] = ()
    closing: ReviewRoundRow | None = None
    submitted: Document | None = None

    @property
    def is_in_review(self) -> bool:
        """Whether changes were requested, so that most sections are locked."""
        return self.declaration.state is State.CHANGES_REQUESTED

    @property
    def has_history(self) -> bool:
        """Whether company and reviewers have written to each other."""
        return any(thread.audience is Audience.SHARED for thread in self.threads)

    def is_open(self, section: str) -> bool:
        """Whether the section can be edited now, regardless of a person's role."""
        return is_unlocked(self.declaration.state, section, self.judgements)

    def is_accepted(self, section: str) -> bool:
        """Whether the reviewers accepted the section and it has not changed since."""
        return self.standings.get(section) is ReviewStatus.ACCEPTED

    def change_requests(self) -> list[RemarkThread]:
        """Open remarks of reviewers on open sections, unanswered ones first."""
        known = declarations.selection_of(self.declaration).section_by_ref
        asked = [
            thread
            for thread in self.threads
            if thread.is_open
            and thread.first.side is ReviewSide.REVIEWERS
            and thread.cluster_id in self.clusters
            and thread.section in known
            and self.is_open(thread.section)
        ]
        return sorted(asked, key=lambda thread: not waits_for_company(thread))

    def unanswered_change_requests(self) -> list[RemarkThread]:
        """The change requests that wait for the company's answer."""
        return [
            change_request for change_request in self.change_requests() if waits_for_company(change_request)
        ]

    def locked_note(self) -> str:
        """Which criteria stay as they are while changes are requested; "" in any other state."""
        criteria = declarations.selection_of(self.declaration).criteria
        locked = [one.ref for one in criteria if one.ref in self.standings and not self.is_open(one.ref)]
        if not locked:
            return ""
        if all(self.is_accepted(ref) for ref in locked):
            told = ngettext(
                "Das andere Kriterium ist in Ordnung und bleibt, wie es ist.",
                "Alle anderen %(num)d Kriterien sind in Ordnung und bleiben, wie sie sind.",
                len(locked),
            )
        else:
            told = ngettext(
                "Das andere Kriterium ist gesperrt.",
                "Die anderen %(num)d Kriterien sind gesperrt.",
                len(locked),
            )
        return str(told)

    def change_request_rows(self) -> list[dict[str, str]]:
        """The change requests as task-list rows, linked to the pages on which they are answered."""
        sections = declarations.selection_of(self.declaration).section_by_ref
        return [
            {
                "title": numbered_title(sections[change_request.section]),
                "href": change_request_url(self.declaration.id, change_request.section, change_request.id),
                "hint": excerpt(change_request.first.text),
                "status": _("Beantwortet") if change_request.is_answered else _("Offen"),
                "kind": "progress" if change_request.is_answered else "attention",
            }
            for change_request in self.change_requests()
        ]

    def threads_of_section(self, section: str) -> list[RemarkThread]:
        return [thread for thread in self.threads if thread.section == section]

    def adjusted_completeness(self, part: Completeness) -> Completeness:
        """The completeness with its status during a review: locked sections count as done.

        Sections with an unanswered change request count as queried.
        """
        if self.is_in_review and not self.is_open(part.section):
            return replace(part, status=CompletionStatus.DONE)
        if any(thread.section == part.section for thread in self.unanswered_change_requests()):
            return replace(part, status=CompletionStatus.QUERIED)
        return part

    def badge(self, section: str) -> SectionBadge:
        """What the review adds to the section's task-list row."""
        open_ones = [thread for thread in self.threads_of_section(section) if thread.is_open]
        hints = [_open_remarks_text(len(open_ones))] if open_ones else []
        if not self.is_in_review:
            return SectionBadge(hints=tuple(hints))
        if not self.is_open(section):
            if self.is_accepted(section):
                return SectionBadge(_("In Ordnung"), "approved", tuple(hints))
            return SectionBadge(_("Gesperrt"), "locked", tuple(hints))
        if not any(waits_for_company(thread) for thread in open_ones):
            hints.append(_("beantwortet"))
        return SectionBadge(hints=tuple(hints))


def company_review_state(
    declaration: Declaration, *, sections: Collection[str] | None = None, with_closing: bool = False
) -> CompanyReviewState:
    """Read the review's state; `sections` limits whose remarks are read, `with_closing` adds the letter."""
    is_in_review = declaration.state is State.CHANGES_REQUESTED
    review_round = current_round(db(), declaration) if is_in_review else None
    threads = remarks.threads(db(), declaration.id, ReviewSide.COMPANY, sections=sections)
    return CompanyReviewState(
        declaration,
        review_round.judgements if review_round else {},
        review_round.standings if review_round else {},
        threads,
        _relevant_clusters(declaration, threads),
        rounds.current_closing(db(), declaration) if with_closing else None,
        review_round.document if review_round else None,
    )


def map_review_state(declaration: Declaration, sections: Collection[str]) -> CompanyReviewState:
    """What the map needs of the review of these sections: nothing is read before a version was frozen.

    Until then nobody but the company has written remarks, and those of its own people change no state.
    """
    if declaration.version == 1 and declaration.state is State.DRAFT:
        return CompanyReviewState(declaration)
    return company_review_state(declaration, sections=sections)


def _relevant_clusters(declaration: Declaration, threads: Sequence[RemarkThread]) -> Collection[int]:
    """The clusters whose remarks count. Saves the query if no remark waits for the company."""
    if declaration.state is State.CHANGES_REQUESTED:
        return () if declaration.cluster_id is None else (declaration.cluster_id,)
    if declaration.state not in EDITABLE_STATES or not any(waits_for_company(thread) for thread in threads):
        return ()
    return clusters.cluster_ids_of_company(db(), declaration.organisation_id)


STAGE_KINDS = {
    MemberStage.DRAFT: "progress",
    MemberStage.REOPENED: "progress",
    MemberStage.SIGNING: "open",
    MemberStage.SUBMITTED: "open",
    MemberStage.CHANGES_REQUESTED: "attention",
    MemberStage.APPROVED: "approved",
    MemberStage.FINISHED: "approved",
    MemberStage.PUBLISHED: "approved",
}


def stage_word(stage: MemberStage) -> str:
    """What a company's own pages call the stage: a finished declaration need not be submitted to anybody."""
    return _("Abgeschlossen") if stage is MemberStage.FINISHED else label_of(stage)


def lock_reason(situation: CompanyReviewState, section: str) -> str:
    """Why the section is locked and who can unlock it; "" if it is open."""
    state = situation.declaration.state
    if situation.is_open(section):
        return ""
    if situation.is_in_review:
        why = (
            _("Die Prüfung hat diesen Teil in Ordnung gefunden; er bleibt, wie er ist.")
            if situation.is_accepted(section)
            else _("Zu diesem Teil hat die Prüfung keine Änderung verlangt; deshalb ist er gesperrt.")
        )
        return f"{why} {_unlock_hint()}"
    said = {
        State.SIGNING: _(
            "Die Erklärung wartet auf eine Bestätigung; bis dahin ist alles gesperrt. "
            "Wer sie bearbeitet, kann sie in der Übersicht zurückholen."
        ),
        State.SUBMITTED: _(
            "Die Erklärung liegt beim Cluster zur Prüfung; bis zur Antwort ist alles gesperrt. "
            "Wer sie bearbeitet, kann sie in der Übersicht zurückholen."
        ),
        State.APPROVED: _(
            "Diese Erklärung ist geprüft und freigegeben. Zum Ändern öffnen Sie sie in der Übersicht wieder; "
            "dabei entsteht eine neue Version."
        ),
        State.FINISHED: _(
            "Diese Erklärung ist abgeschlossen. Zum Ändern öffnen Sie sie in der Übersicht wieder; "
            "dabei entsteht eine neue Version."
        ),
    }
    return str(said[state])


def _unlock_hint() -> str:
    return str(
        _(
            "Öffnen kann ihn das Cluster, wenn es auch hier eine Änderung verlangt. Oder Sie holen die ganze "
            "Erklärung in der Übersicht zurück; dann beginnt die Prüfung neu."
        )
    )


def _open_remarks_text(count: int) -> str:
    return str(ngettext("%(num)d offene Anmerkung", "%(num)d offene Anmerkungen", count))
