"""How a declaration stands in the review: what is open, what is locked and why, what waits for an answer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.answers.completeness import Completeness, CompletionStatus
from dnk_tool.domain.clusters.cockpit import MemberStage
from dnk_tool.domain.declarations.states import EDITABLE_STATES, State
from dnk_tool.domain.review import Judgement, ReviewSide, ReviewStatus, is_unlocked
from dnk_tool.services.declarations.submission import waits_for_company
from dnk_tool.services.review.round import current_round
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import remarks
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.filters import excerpt
from dnk_tool.web.text.options import numbered_title


@dataclass(frozen=True)
class SectionBadge:
    """What a row of the task list says of a section instead of how complete it is."""

    text: str = ""
    kind: str = ""
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class CompanyReviewState:
    """The state of a declaration with what the reviewers said of it. `threads` are those one may read.

    `judgements` say what is open, `standings` how each section stands for the reviewers; `clusters` are those
    whose remarks count: the one that reviews, else all to which the company may hand in.
    """

    declaration: Declaration
    judgements: Mapping[str, Judgement] = field(default_factory=dict)
    standings: Mapping[str, ReviewStatus] = field(default_factory=dict)
    threads: Sequence[RemarkThread] = ()
    clusters: Collection[int] = ()

    @property
    def is_in_review(self) -> bool:
        """Whether changes are requested: then most sections are locked."""
        return self.declaration.state is State.CHANGES_REQUESTED

    def is_open(self, section: str) -> bool:
        """Whether the section may be edited now, by whoever may edit at all."""
        return is_unlocked(self.declaration.state, section, self.judgements)

    def is_accepted(self, section: str) -> bool:
        """Whether the reviewers found the section in order and it has not changed since."""
        return self.standings.get(section) is ReviewStatus.ACCEPTED

    def change_requests(self) -> list[RemarkThread]:
        """What the reviewers want to have changed now, open ones in the order of their writing."""
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
        return sorted(asked, key=lambda one: not waits_for_company(one))

    def unanswered_change_requests(self) -> list[RemarkThread]:
        """What the reviewers asked and nobody has answered yet."""
        return [
            change_request for change_request in self.change_requests() if waits_for_company(change_request)
        ]

    def change_request_rows(self) -> list[dict[str, str]]:
        """The requested changes as a task list, each with the way to its field."""
        sections = declarations.selection_of(self.declaration).section_by_ref
        return [
            {
                "title": numbered_title(sections[change_request.section]),
                "href": url_for(
                    "criterion.show",
                    declaration_id=self.declaration.id,
                    section_ref=change_request.section,
                    _anchor=f"remark-{change_request.id}",
                ),
                "hint": excerpt(change_request.first.text),
                "status": _("Beantwortet") if change_request.is_answered else _("Offen"),
                "kind": "progress" if change_request.is_answered else "attention",
            }
            for change_request in self.change_requests()
        ]

    def threads_of_section(self, section: str) -> list[RemarkThread]:
        return [thread for thread in self.threads if thread.section == section]

    def adjusted_completeness(self, part: Completeness) -> Completeness:
        """The part with the status that counts during a review: what waits for an answer, what is settled."""
        if self.is_in_review and not self.is_open(part.section):
            return replace(part, status=CompletionStatus.DONE)
        if any(one.section == part.section for one in self.unanswered_change_requests()):
            return replace(part, status=CompletionStatus.QUERIED)
        return part

    def badge(self, section: str) -> SectionBadge:
        """What the row of a section says besides."""
        open_ones = [thread for thread in self.threads_of_section(section) if thread.is_open]
        hints = [_open_remarks_text(len(open_ones))] if open_ones else []
        if not self.is_in_review:
            return SectionBadge(hints=tuple(hints))
        if not self.is_open(section):
            if self.is_accepted(section):
                return SectionBadge(_("In Ordnung"), "approved", tuple(hints))
            return SectionBadge(_("Gesperrt"), "locked", tuple(hints))
        if not any(waits_for_company(one) for one in open_ones):
            hints.append(_("beantwortet"))
        return SectionBadge(hints=tuple(hints))


def company_review_state(
    declaration: Declaration, *, sections: Collection[str] | None = None
) -> CompanyReviewState:
    """The situation as the company sees it, in a few statements; `sections` limits whose remarks are read."""
    is_in_review = declaration.state is State.CHANGES_REQUESTED
    found = current_round(db(), declaration) if is_in_review else None
    threads = remarks.threads(db(), declaration.id, ReviewSide.COMPANY, sections=sections)
    return CompanyReviewState(
        declaration,
        found.judgements if found else {},
        found.standings if found else {},
        threads,
        _relevant_clusters(declaration, threads),
    )


def _relevant_clusters(declaration: Declaration, threads: Sequence[RemarkThread]) -> Collection[int]:
    """Whose remarks count; where none waits, nobody needs to be asked."""
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


def lock_reason(situation: CompanyReviewState, section: str) -> str:
    """Why the section is locked and who can open it; nothing if it is open."""
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
