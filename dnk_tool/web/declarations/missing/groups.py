"""The gaps of a declaration in groups: whose they are, and what it takes to close them."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from dnk_tool.catalogue import Aspect, Criterion, Selection
from dnk_tool.catalogue.standard.model import Need
from dnk_tool.domain.answers.completeness import GapKind
from dnk_tool.domain.answers.needs import need_of
from dnk_tool.web.declarations.first_day.effort import duration_text
from dnk_tool.web.declarations.gaps import GapLine
from dnk_tool.web.declarations.missing.assignees import NOBODY, OWN, Assignee
from dnk_tool.web.declarations.whole.chapters import FilterLink
from dnk_tool.web.http.languages import current_language

# Of these the title does not say enough; all others simply lack their text or value.
TOLD_KINDS = frozenset(
    {GapKind.NO_EXPLANATION, GapKind.INCOMPLETE_ROW, GapKind.NO_PROFILE, GapKind.UNCHECKED_DRAFT}
)
MINUTE_STEP = 5  # a time below an hour is rounded up to so many minutes: it is an estimate


@dataclass(frozen=True, slots=True)
class MissingLine:
    """A gap as the page lists it. `minutes`: what its point takes; 0 where another line counts them."""

    title: str
    hint: str
    href: str
    need: Need
    assignee: Assignee
    minutes: int


@dataclass(frozen=True, slots=True)
class NeedGroup:
    """The gaps of one person that take the same; `duration` in words, "" for none."""

    need: Need
    title: str
    lines: tuple[MissingLine, ...]

    @property
    def duration(self) -> str:
        return time_text(self.lines)


@dataclass(frozen=True, slots=True)
class AssigneeGroup:
    """The gaps that one person takes care of, or nobody yet."""

    assignee: Assignee
    title: str
    needs: tuple[NeedGroup, ...]

    @property
    def lines(self) -> tuple[MissingLine, ...]:
        return tuple(line for group in self.needs for line in group.lines)

    @property
    def duration(self) -> str:
        return time_text(self.lines)


def missing_line(
    line: GapLine, selection: Selection, assignee: Assignee, minutes: dict[str, int]
) -> MissingLine:
    """The line of a gap. `minutes` by requirement; those of its own are taken out, as they count once."""
    gap = line.gap
    requirement, section = selection.requirements.get(gap.requirement), selection.section_by_ref[gap.section]
    is_aspect = isinstance(requirement, Aspect)
    title = section.title.to(current_language())
    place = f"{section.number} {title}" if isinstance(section, Criterion) else title
    return MissingLine(
        f"{gap.requirement} {line.label}" if is_aspect else line.label,
        line.text if gap.kind in TOLD_KINDS else place if is_aspect else "",
        line.href,
        need_of(gap, requirement),
        assignee,
        minutes.pop(gap.requirement, 0),
    )


def need_titles() -> dict[Need, str]:
    """What each need is called."""
    return {
        Need.MINUTES: _("Geht in wenigen Minuten"),
        Need.PAPER: _("Braucht ein Papier"),
        Need.COLLEAGUE: _("Braucht jemanden aus dem Betrieb"),
        Need.DECISION: _("Braucht eine Entscheidung"),
    }


def assignee_groups(lines: Collection[MissingLine]) -> list[AssigneeGroup]:
    """The gaps by person, one's own first and those of nobody last; within a person by what they take."""
    titles = need_titles()
    groups = []
    for assignee in _assignees(lines):
        own = [line for line in lines if line.assignee == assignee]
        by_need = (
            NeedGroup(need, titles[need], tuple(line for line in own if line.need is need)) for need in Need
        )
        groups.append(
            AssigneeGroup(
                assignee, assignee_title(assignee), tuple(group for group in by_need if group.lines)
            )
        )
    return groups


def _assignees(lines: Iterable[MissingLine]) -> list[Assignee]:
    order = {OWN: 0, NOBODY: 2}
    found = {line.assignee for line in lines}
    return sorted(found, key=lambda one: (order.get(one.key, 1), one.name.casefold()))


def assignee_title(assignee: Assignee) -> str:
    """What the group of a person is called."""
    if assignee.key == OWN:
        return str(_("Bei Ihnen"))
    return str(_("Noch bei niemandem") if assignee.key == NOBODY else _("Bei %(name)s", name=assignee.name))


def assignee_links(
    lines: Sequence[MissingLine], chosen: str | None, href: Callable[[str | None], str]
) -> list[FilterLink]:
    """A link for each person; none where all gaps are one person's. `href`: the address for a key."""
    options = [(assignee_title(one), one.key) for one in _assignees(lines)]
    return _links(options, chosen, [line.assignee.key for line in lines], href)


def need_links(
    lines: Sequence[MissingLine], chosen: str | None, href: Callable[[str | None], str]
) -> list[FilterLink]:
    """A link for each need that occurs. `href`: the address for the value of a Need."""
    options = [(title, need.value) for need, title in need_titles().items()]
    return _links(options, chosen, [line.need.value for line in lines], href)


def _links(
    options: Sequence[tuple[str, str]],
    chosen: str | None,
    found: Sequence[str],
    href: Callable[[str | None], str],
) -> list[FilterLink]:
    links = [
        FilterLink(title, found.count(value), href(value), value == chosen)
        for title, value in options
        if value in found
    ]
    if len(links) < 2 and not chosen:
        return []
    return [FilterLink(_("Alle"), len(found), href(None), not chosen), *links]


def time_text(lines: Collection[MissingLine]) -> str:
    """The time that the lines take, in words; "" for none."""
    minutes = sum(line.minutes for line in lines)
    if minutes < 60:
        minutes = -(-minutes // MINUTE_STEP) * MINUTE_STEP
    return duration_text(minutes) if minutes else ""
