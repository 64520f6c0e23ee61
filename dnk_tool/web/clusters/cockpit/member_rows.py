"""The rows of the member list: profile, contacts, and the criteria as one small picture."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dnk_tool.catalogue import Criterion
from dnk_tool.domain.clusters.criterion_signs import CriterionSign
from dnk_tool.language import LOCAL_TIME_ZONE
from dnk_tool.store.clusters.cockpit import MemberSummary
from dnk_tool.store.clusters.cockpit_sql import ClusterYear
from dnk_tool.store.clusters.criterion_progress import MemberSigns
from dnk_tool.store.mail import cluster_messages
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.publication.labels import SIZES, sector_name

# Upper edge and height of a bar, of 18: done, begun, open.
_FULL, _HALF, _FLAT = (0, 18), (9, 9), (15, 3)
_BARS = {
    CriterionSign.ANSWERED: _FULL,
    CriterionSign.EXPLAINED: _FULL,
    CriterionSign.IN_PROGRESS: _HALF,
    CriterionSign.REMARK: _HALF,
    CriterionSign.OPEN: _FLAT,
}
BAR_STEP, AREA_GAP = 7, 3


@dataclass(frozen=True)
class StripPart:
    """The bars of one colour in the picture of the criteria: the class, and the path to draw."""

    kind: str
    path: str


@dataclass(frozen=True)
class MemberRow:
    """A member of the list with what its row shows besides."""

    member: MemberSummary
    profile: str
    contacts: str
    strip: Sequence[StripPart]


def member_rows(
    view: ClusterYear,
    members: Sequence[MemberSummary],
    criteria: Sequence[Criterion],
    progress_by_company: Mapping[int, MemberSigns],
) -> list[MemberRow]:
    """The rows of these members; their contacts are read in one statement."""
    contacts = contacts_by_company(view, members)
    return [
        MemberRow(
            member,
            " · ".join(filter(None, profile_texts(member))),
            ", ".join(account.name or account.email for account in contacts.get(member.organisation_id, ())),
            strip_parts(criteria, progress_by_company[member.organisation_id].signs),
        )
        for member in members
    ]


def profile_texts(member: MemberSummary) -> tuple[str, str]:
    """Sector and size in words; empty where they are unknown or not shown."""
    return sector_name(member.sector, current_language()), str(SIZES[member.size]) if member.size else ""


def contacts_by_company(view: ClusterYear, members: Iterable[MemberSummary]) -> dict[int, list[Account]]:
    """Who leads or edits in each company whose consent shows it, by name."""
    shown = [member.organisation_id for member in members if member.shows_contacts]
    today = view.now.astimezone(LOCAL_TIME_ZONE).date()
    contacts: dict[int, list[Account]] = {}
    for recipient in cluster_messages.recipients(db(), view.cluster_id, shown, today=today):
        contacts.setdefault(recipient.organisation_id, []).append(recipient.account)
    return contacts


def strip_parts(criteria: Sequence[Criterion], signs: Mapping[str, CriterionSign]) -> list[StripPart]:
    """A bar for each criterion, as high as it is done; the areas stand apart."""
    paths: dict[str, str] = {}
    at, before = 0, criteria[0].area
    for criterion in criteria:
        at += AREA_GAP if criterion.area != before else 0
        before = criterion.area
        bar = _BARS[signs.get(criterion.ref, CriterionSign.OPEN)]
        kind = criterion.area if bar == _FULL else "half" if bar == _HALF else "flat"
        top, height = bar
        paths[kind] = f"{paths.get(kind, '')}M{at} {top}h5v{height}h-5z"
        at += BAR_STEP
    return [StripPart(kind, path) for kind, path in paths.items()]
