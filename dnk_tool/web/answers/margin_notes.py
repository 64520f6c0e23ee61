"""Notes beside each requirement: last author, pending contribution requests, number of files."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section
from dnk_tool.domain.evidence import EvidenceTarget, requirement_targets
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.evidence import queries as evidence
from dnk_tool.store.invitations import contribution_requests
from dnk_tool.store.invitations.contribution_requests import UNANSWERED, ContributionRequestStage
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.answers.section_page import SectionPage


@dataclass(frozen=True)
class PendingContributionRequest:
    """A contribution request without an answer yet."""

    name: str
    at: datetime
    stage: ContributionRequestStage


@dataclass(frozen=True)
class MarginNotes:
    """Names of authors by account, and requests for the `whole` section or by requirement.

    `files` counts the evidence of each requirement with its items and figures, `figure_files` that of each
    figure by datapoint.
    """

    names: Mapping[int, str]
    may_ask: bool = False
    whole: Sequence[PendingContributionRequest] = ()
    parts: Mapping[str, Sequence[PendingContributionRequest]] = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)
    figure_files: Mapping[str, int] = field(default_factory=dict)

    def name(self, account_id: int | None) -> str:
        """The author's name; "" once the account is erased."""
        return self.names.get(account_id or 0, "")


def margin_notes(
    session: Session,
    declaration: Declaration,
    page: SectionPage,
    *,
    may_ask: bool,
    authors: Collection[int] = (),
    now: datetime,
) -> MarginNotes:
    """Collect a page's notes in at most three queries; requests only if `may_ask`.

    `authors`: further accounts whose names the page needs.
    """
    changed = {
        indicator.change.by for indicator in (*page.requirements, *page.indicators) if indicator.change
    }
    known = {by for by in (*changed, *authors) if by is not None}
    names = accounts.names_of(session, known) if known else {}
    uses = evidence.file_ids_by_target(session, declaration)
    files, figure_files = _file_counts(uses, page.section), evidence.count_by_figure(uses)
    if not may_ask:
        return MarginNotes(names, files=files, figure_files=figure_files)
    whole, parts = _pending_requests(session, declaration, page.section, now)
    return MarginNotes(names, True, whole, parts, files, figure_files)


def _file_counts(uses: Mapping[EvidenceTarget, Collection[int]], section: Section) -> dict[str, int]:
    return {
        requirement.ref: len(
            {file for target in requirement_targets(requirement) for file in uses.get(target, ())}
        )
        for requirement in section.all_requirements
    }


def _pending_requests(
    session: Session, declaration: Declaration, section: Section, now: datetime
) -> tuple[list[PendingContributionRequest], dict[str, list[PendingContributionRequest]]]:
    refs = {requirement.ref for requirement in section.all_requirements}
    whole: list[PendingContributionRequest] = []
    parts: dict[str, list[PendingContributionRequest]] = {}
    for contribution_request, stage in contribution_requests.requests_with_stages(
        session, declaration, now=now
    ):
        if stage in UNANSWERED and refs & set(contribution_request.refs):
            asked = PendingContributionRequest(
                contribution_request.name or contribution_request.email, contribution_request.sent_at, stage
            )
            if refs <= set(contribution_request.refs):
                whole.append(asked)
            else:
                for ref in contribution_request.refs:
                    parts.setdefault(ref, []).append(asked)
    return whole, parts
