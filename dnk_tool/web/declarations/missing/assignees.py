"""Who takes care of a gap: who was asked, who the section or the figure was given to, who began."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.answers.completeness import Gap
from dnk_tool.domain.permissions import Role
from dnk_tool.store import people
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.invitations import contribution_requests
from dnk_tool.store.invitations.contribution_requests import UNANSWERED
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.declarations import Declaration

OWN, NOBODY = "ich", "niemand"


@dataclass(frozen=True, slots=True)
class Assignee:
    """Who takes care of gaps. `key` stands for them in an address: OWN, NOBODY or a code without the name."""

    key: str
    name: str = ""


MYSELF, NO_ASSIGNEE = Assignee(OWN), Assignee(NOBODY)


@dataclass(frozen=True)
class Assignments:
    """Names of people asked by requirement and of contributors by section, as the person may see them.

    `own_names`: how the person may be named; `own_refs`: the requirements that they changed last.
    """

    content: DeclarationContent
    own_names: frozenset[str]
    own_refs: Collection[str]
    asked: Mapping[str, Collection[str]] = field(default_factory=dict)
    given: Mapping[str, Collection[str]] = field(default_factory=dict)
    are_all_own: bool = False

    def assignee(self, gap: Gap, *, is_begun: bool) -> Assignee:
        """Who takes care of the gap: asked, else named at the figure, else given the section, else begun."""
        item = self.content.sheet.selection.items.get(gap.item)
        figure = self.content.sheet.figure(item.datapoint) if item and item.datapoint else None
        named = [figure.responsible] if figure and figure.responsible else []
        for names in (self.asked.get(gap.requirement), named, self.given.get(gap.section)):
            if names:
                return self._of(names)
        is_own = self.are_all_own or (is_begun and gap.requirement in self.own_refs)
        return MYSELF if is_own else NO_ASSIGNEE

    def _of(self, names: Iterable[str]) -> Assignee:
        if any(name.casefold() in self.own_names for name in names):
            return MYSELF
        joined = ", ".join(sorted(set(names), key=str.casefold))
        return Assignee(hashlib.sha256(joined.encode()).hexdigest()[:8], joined)


def assignments(
    session: Session,
    declaration: Declaration,
    content: DeclarationContent,
    account: Account,
    *,
    may_ask: bool,
    are_all_own: bool,
    now: datetime,
) -> Assignments:
    """Collect who takes care of what, in at most two queries.

    `may_ask`: the person may see whom the company asked and who contributes. `are_all_own`: what nobody else
    was asked for is theirs.
    """
    asked: dict[str, set[str]] = {}
    given: dict[str, set[str]] = {}
    if may_ask:
        for request, stage in contribution_requests.requests_with_stages(session, declaration, now=now):
            for ref in request.refs if stage in UNANSWERED else ():
                asked.setdefault(ref, set()).add(request.name or request.email)
        for person, membership in people.of_organisation(session, declaration.organisation_id):
            if membership.role is Role.CONTRIBUTOR and person.active:
                for ref in membership.sections:
                    given.setdefault(ref, set()).add(person.name or person.email)
    own_names = frozenset(name.casefold() for name in (account.name, account.email) if name)
    own_refs = frozenset(_refs_changed_by(account.id, content))
    return Assignments(content, own_names, own_refs, asked, given, are_all_own)


def _refs_changed_by(account_id: int, content: DeclarationContent) -> Iterator[str]:
    """Yield the requirements of which something that stands today is the person's."""
    own = {ref for ref, change in content.changes.items() if change.by == account_id}
    own_figures = {key for key, change in content.figure_changes.items() if change.by == account_id}
    for ref, requirement in content.sheet.selection.requirements.items():
        figures = {item.datapoint.key for item in requirement.items if item.datapoint}
        if figures & own_figures or {ref, *(item.ref for item in requirement.items)} & own:
            yield ref
