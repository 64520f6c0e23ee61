"""What stands quietly beside each requirement: who changed it last, and who was asked for it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section
from dnk_tool.store import accounts, contributions
from dnk_tool.store.contributions import UNANSWERED, QuestionStage
from dnk_tool.store.models import Declaration
from dnk_tool.web.wizard.pages import SectionPage


@dataclass(frozen=True)
class Asked:
    """Somebody who was asked and has not answered yet."""

    name: str
    at: datetime
    stage: QuestionStage


@dataclass(frozen=True)
class Asides:
    """Names of authors by account, and who was asked: for the `whole` section, or by requirement."""

    names: Mapping[int, str]
    may_ask: bool = False
    whole: Sequence[Asked] = ()
    parts: Mapping[str, Sequence[Asked]] = field(default_factory=dict)

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
    if not may_ask:
        return Asides(names)
    whole, parts = _asked(session, declaration, page.section, now)
    return Asides(names, True, whole, parts)


def _asked(
    session: Session, declaration: Declaration, section: Section, now: datetime
) -> tuple[list[Asked], dict[str, list[Asked]]]:
    refs = {one.ref for one in section.all_requirements}
    whole: list[Asked] = []
    parts: dict[str, list[Asked]] = {}
    for one, found in contributions.with_stages(session, declaration, now=now):
        if found in UNANSWERED and refs & set(one.refs):
            asked = Asked(one.name or one.email, one.sent_at, found)
            if refs <= set(one.refs):
                whole.append(asked)
            else:
                for ref in one.refs:
                    parts.setdefault(ref, []).append(asked)
    return whole, parts
