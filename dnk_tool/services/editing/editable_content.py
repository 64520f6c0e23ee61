"""Tells which figures and sections of a declaration are open for changes now."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section, Selection
from dnk_tool.domain.declarations.states import OPEN_STATES, State
from dnk_tool.domain.review import Judgement, is_unlocked
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import verdicts as stored_verdicts
from dnk_tool.store.tables.declarations import Declaration


@dataclass(frozen=True)
class EditableContent:
    """Which figures and sections of a declaration are open now; permissions are not checked.

    A figure is open as long as one of the sections that ask for it is. A figure that no section asks for is
    open while the whole declaration is. `judgements`: the latest by section, while changes are requested.
    """

    declaration: Declaration
    selection: Selection
    judgements: Mapping[str, Judgement] = field(default_factory=dict)

    def is_open(self, datapoint: str) -> bool:
        """Whether the figure is not frozen."""
        sections = self.sections_asking_for(datapoint)
        if not sections:
            return self.declaration.state in OPEN_STATES
        return any(self.is_section_open(section) for section in sections)

    def sections_asking_for(self, datapoint: str) -> list[Section]:
        """The sections with a requirement that asks for the figure."""
        asked_by = self.selection.asked_by.get(datapoint, ())
        return [self.selection.section_of[requirement.ref] for requirement in asked_by]

    def is_section_open(self, section: Section) -> bool:
        """Whether the section is not frozen; while changes are requested, only those concerned are open."""
        return is_unlocked(self.declaration.state, section.ref, self.judgements)


def editable_content(session: Session, declaration: Declaration) -> EditableContent:
    """What of the declaration is open now. One SQL statement while changes are requested, else none."""
    is_in_review = declaration.state is State.CHANGES_REQUESTED
    judgements = stored_verdicts.latest_judgements(session, declaration.id) if is_in_review else {}
    return EditableContent(declaration, declarations.selection_of(declaration), judgements)
