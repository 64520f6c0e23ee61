"""Compares, for each save in the activity log, every answer and figure before and after it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Requirement, Selection
from dnk_tool.catalogue.standard.item_model import Datapoint, Item
from dnk_tool.domain.answers.answer import NO_ANSWER, NO_FIGURE, Answer, Figure
from dnk_tool.domain.answers.encoding import figure_from_json
from dnk_tool.services.answers.history import read_answer
from dnk_tool.store import activity
from dnk_tool.store.activity import RevisionKey
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration, Event


@dataclass(frozen=True)
class RevisionDiff:
    """One answer or figure before and after a save.

    `requirement` is None if the declaration does not ask for it (any more); `before` or `after` is None for
    content that cannot be read any more, because the edition no longer offers it.
    """

    ref: str
    requirement: Requirement | None
    item: Item | None
    before: Answer | Figure | None
    after: Answer | Figure | None
    point: Datapoint | None = None


@dataclass(frozen=True)
class SaveDiff:
    """The first changes of a save; `more` counts those that are not shown."""

    shown: tuple[RevisionDiff, ...]
    more: int = 0


@dataclass(frozen=True)
class _SavedRef:
    """The requirement, item or datapoint that a ref in a save's event means in its declaration."""

    event_id: int
    declaration: Declaration
    ref: str
    version: int
    requirement: Requirement | None
    item: Item | None
    point: Datapoint | None

    @property
    def is_figure(self) -> bool:
        """Tells whether the ref is a datapoint; if not, what was saved is an answer."""
        return self.point is not None

    def key(self, version: int, left: Iterable[tuple[int | None, int, int]]) -> RevisionKey:
        """Returns the key of a revision: of a figure by year, of an answer by declaration.

        `left`: see `activity.years_left`; figures of a year that the declaration left later are still there.
        """
        if not self.is_figure:
            return self.declaration.id, self.ref, version
        year = self.declaration.reporting_year
        for declaration_id, change_id, year_before in left:
            if declaration_id == self.declaration.id and self.event_id < change_id:
                year = year_before
        return year, self.ref, version


def save_diffs(
    session: Session,
    organisation_id: int,
    events: Iterable[Event],
    known: Mapping[int, Declaration],
    *,
    limit: int | None = None,
) -> dict[int, SaveDiff]:
    """The changes of each save among these events, by event id. `known`: declarations by id.

    At most `limit` changes of each save are shown. Three statements read the contents of all events.
    """
    asked = {event.id: list(_saved_refs(event, known)) for event in events if "versions" in event.detail}
    shown = [saved_ref for saved_refs in asked.values() for saved_ref in saved_refs[:limit]]
    left = activity.years_left(session, {ref.declaration.id for ref in shown if ref.is_figure})
    keys = {
        saved_ref.key(version, left): saved_ref.is_figure
        for saved_ref in shown
        for version in (saved_ref.version - 1, saved_ref.version)
    }
    answers = activity.answer_contents(session, {key for key, is_figure in keys.items() if not is_figure})
    figures = activity.figure_contents(
        session, organisation_id, {key for key, is_it in keys.items() if is_it}
    )

    def said(saved_ref: _SavedRef, version: int) -> Answer | Figure | None:
        """Returns the content at a version; empty without a revision, None if it cannot be read any more."""
        content = (figures if saved_ref.is_figure else answers).get(saved_ref.key(version, left))
        if content is None:
            return NO_FIGURE if saved_ref.is_figure else NO_ANSWER
        return figure_from_json(content) if saved_ref.is_figure else read_answer(saved_ref.item, content)

    def change(saved_ref: _SavedRef) -> RevisionDiff:
        """Compares the saved version with the one before, which is lower by 1."""
        before, after = said(saved_ref, saved_ref.version - 1), said(saved_ref, saved_ref.version)
        return RevisionDiff(
            saved_ref.ref, saved_ref.requirement, saved_ref.item, before, after, saved_ref.point
        )

    return {
        event_id: SaveDiff(
            tuple(change(saved_ref) for saved_ref in saved_refs[:limit]),
            len(saved_refs) - len(saved_refs[:limit]),
        )
        for event_id, saved_refs in asked.items()
    }


def _saved_refs(event: Event, known: Mapping[int, Declaration]) -> Iterator[_SavedRef]:
    declaration = known.get(event.declaration_id or 0)
    if declaration is None:
        return
    selection = declarations.selection_of(declaration)
    places = _requirements_by_key(selection)
    for ref, version in event.detail["versions"].items():
        requirement, item = places.get(ref, (None, None))
        point = selection.catalogue.datapoints.get(ref)
        yield _SavedRef(event.id, declaration, ref, version, requirement, item, point)


def _requirements_by_key(selection: Selection) -> dict[str, tuple[Requirement | None, Item | None]]:
    """The requirement, and the item if any, by ref and by datapoint key."""
    requirements_by_key: dict[str, tuple[Requirement | None, Item | None]] = {}
    for requirement in selection.requirements.values():
        requirements_by_key[requirement.ref] = requirement, None
        for item in requirement.items:
            requirements_by_key[item.datapoint.key if item.datapoint else item.ref] = requirement, item
    return requirements_by_key
