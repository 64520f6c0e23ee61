"""The texts that a company wrote itself in a declaration, with what they answer."""

from collections.abc import Iterator
from dataclasses import dataclass

from dnk_tool.catalogue import Requirement, Section
from dnk_tool.catalogue.standard.item_model import Item
from dnk_tool.domain.answers.answer import NO_FIGURE, Answer, Sheet
from dnk_tool.domain.answers.values import Rows


@dataclass(frozen=True, slots=True)
class OwnTexts:
    """The texts of a requirement, or of one of its items that is answered on its own."""

    section: Section
    requirement: Requirement
    item: Item | None
    texts: tuple[str, ...]

    @property
    def ref(self) -> str:
        """Where they are answered."""
        return self.item.ref if self.item else self.requirement.ref


def own_texts(sheet: Sheet) -> Iterator[OwnTexts]:
    """Yield the texts of each answer and figure that has any, in the order of the declaration."""
    for section in sheet.selection.sections:
        for requirement in section.all_requirements:
            items = (item for item in requirement.items if item.datapoint or item.ref != requirement.ref)
            for item in (None, *items):
                of = OwnTexts(
                    section, requirement, item, tuple(filter(None, _texts(sheet, requirement, item)))
                )
                if of.texts:
                    yield of


def _texts(sheet: Sheet, requirement: Requirement, item: Item | None) -> Iterator[str]:
    if item and item.datapoint:
        figure = sheet.figures.get(item.datapoint.key, NO_FIGURE)
        yield from (figure.note, figure.source)
    else:
        yield from _answer_texts(sheet.answer(item.ref if item else requirement.ref))


def _answer_texts(answer: Answer) -> Iterator[str]:
    yield from (answer.text, answer.explanation, answer.reason)
    if isinstance(answer.value, str):
        yield answer.value
    elif isinstance(answer.value, Rows):
        yield from (cell for row in answer.value.rows for cell in row.values() if isinstance(cell, str))
