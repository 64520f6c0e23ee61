"""What stands quietly beside each requirement: who changed it last, who was asked for it, files."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section
from dnk_tool.domain.evidence import Target, targets_of
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.evidence import queries as evidence
from dnk_tool.store.invitations import contribution_requests
from dnk_tool.store.invitations.contribution_requests import UNANSWERED, QuestionStage
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.answers.section_page import SectionPage


@dataclass(frozen=True)
class Asked:
    """Somebody who was asked and has not answered yet."""

    name: str
    at: datetime
    stage: QuestionStage


@dataclass(frozen=True)
class Asides:
    """Names of authors by account, and who was asked: for the `whole` section, or by requirement.

    `files` is how many files of evidence belong to each requirement with all its items and figures,
    `figure_files` how many to each figure, by datapoint.
    """

    names: Mapping[int, str]
    may_ask: bool = False
    whole: Sequence[Asked] = ()
    parts: Mapping[str, Sequence[Asked]] = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)
    figure_files: Mapping[str, int] = field(default_factory=dict)

    def name(self, account_id: int | None) -> str:
        """Who it was; nothing once that person is gone."""
        return self.names.get(account_id or 0, "")


def asides(
    session: Session,
    declaration: Declaration,
    page: SectionPage,
    *,
    may_ask: bool,
    authors: Collection[int] = (),
    now: datetime,
) -> Asides:
    """The asides of a page, in three statements at most. Who was asked is shown to whoever may ask.

    `authors` are more people whose names the page needs.
    """
    changed = {one.change.by for one in (*page.requirements, *page.indicators) if one.change}
    known = {by for by in (*changed, *authors) if by is not None}
    names = accounts.names_of(session, known) if known else {}
    uses = evidence.uses(session, declaration)
    files, figure_files = _files(uses, page.section), evidence.of_figures(uses)
    if not may_ask:
        return Asides(names, files=files, figure_files=figure_files)
    whole, parts = _asked(session, declaration, page.section, now)
    return Asides(names, True, whole, parts, files, figure_files)


def _files(uses: Mapping[Target, Collection[int]], section: Section) -> dict[str, int]:
    return {
        one.ref: len({file for target in targets_of(one) for file in uses.get(target, ())})
        for one in section.all_requirements
    }


def _asked(
    session: Session, declaration: Declaration, section: Section, now: datetime
) -> tuple[list[Asked], dict[str, list[Asked]]]:
    refs = {one.ref for one in section.all_requirements}
    whole: list[Asked] = []
    parts: dict[str, list[Asked]] = {}
    for one, found in contribution_requests.with_stages(session, declaration, now=now):
        if found in UNANSWERED and refs & set(one.refs):
            asked = Asked(one.name or one.email, one.sent_at, found)
            if refs <= set(one.refs):
                whole.append(asked)
            else:
                for ref in one.refs:
                    parts.setdefault(ref, []).append(asked)
    return whole, parts
