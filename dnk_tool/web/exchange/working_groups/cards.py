"""A working group as its pages show it: the next date, later ones, and who takes part."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dnk_tool.domain.exchange.working_groups import GroupDate, GroupLink, WorkingGroupContent, coming_dates
from dnk_tool.store.exchange.working_groups import content_of
from dnk_tool.store.tables.exchange.working_groups import WorkingGroupRow
from dnk_tool.web.exchange.polls.words import section_title


@dataclass(frozen=True, slots=True)
class WorkingGroupCard:
    """A group in a list. `upcoming`: its next date, None without one; `later`: those after it.

    `criteria`: titles of those that it serves. `members`: consent and name. `is_in`: whether the company
    that reads takes part.
    """

    id: int
    cluster_id: int
    name: str
    purpose: str
    upcoming: GroupDate | None
    later: tuple[GroupDate, ...]
    links: tuple[GroupLink, ...]
    criteria: tuple[str, ...]
    members: Sequence[tuple[int, str]]
    is_in: bool = False


def group_cards(
    rows: Sequence[WorkingGroupRow],
    members: Mapping[int, Sequence[tuple[int, str]]],
    today: date,
    *,
    own: Collection[int] = (),
) -> list[WorkingGroupCard]:
    """A card for each group. `own`: the memberships of the company that reads."""
    return [_card(row, content_of(row), members[row.id], today, own) for row in rows]


def _card(
    row: WorkingGroupRow,
    content: WorkingGroupContent,
    members: Sequence[tuple[int, str]],
    today: date,
    own: Collection[int],
) -> WorkingGroupCard:
    coming = coming_dates(content.dates, today)
    return WorkingGroupCard(
        id=row.id,
        cluster_id=row.cluster_id,
        name=content.name,
        purpose=content.purpose,
        upcoming=next(iter(coming), None),
        later=coming[1:],
        links=content.links,
        criteria=tuple(title for ref in content.criteria if (title := section_title(ref))),
        members=members,
        is_in=any(consent_id in own for consent_id, _name in members),
    )
