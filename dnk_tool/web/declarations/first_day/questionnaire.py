"""The questions of a declaration without any answer, to be printed and filled in by hand."""

from collections.abc import Iterator
from dataclasses import dataclass

from dnk_tool.catalogue import Item, ItemKind, Requirement
from dnk_tool.catalogue.standard.selection import Selection
from dnk_tool.language import Language
from dnk_tool.web.declarations.criteria_map import point_title
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.options import numbered_title

MOST_BOXES = 3  # a choice of more is written on a line


@dataclass(frozen=True, slots=True)
class PaperField:
    """A field to fill in by hand: a figure with its unit, or a choice with its options."""

    label: str
    unit: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperPoint:
    """A point with its fields; `has_text`: with room for a text."""

    title: str
    hint: str
    fields: tuple[PaperField, ...]
    has_text: bool
    may_explain: bool


@dataclass(frozen=True, slots=True)
class PaperSection:
    """A page of the wizard on paper."""

    title: str
    points: tuple[PaperPoint, ...]


def questionnaire_sections(selection: Selection) -> Iterator[PaperSection]:
    """Yield each section with all its points, in the order of the wizard."""
    language = current_language()
    for section in selection.sections:
        points = tuple(_point(requirement, language) for requirement in section.all_requirements)
        yield PaperSection(numbered_title(section), points)


def _point(requirement: Requirement, language: Language) -> PaperPoint:
    return PaperPoint(
        title=point_title(requirement),
        hint=requirement.hint.to(language),
        fields=tuple(
            _field(item, language)
            for item in requirement.items
            if item.kind in (ItemKind.QUANTITY, ItemKind.YEAR, ItemKind.CHOICE, ItemKind.CHOICES)
        ),
        has_text=any(item.kind in (ItemKind.TEXT, ItemKind.TABLE) for item in requirement.items),
        may_explain=requirement.is_explainable,
    )


def _field(item: Item, language: Language) -> PaperField:
    point = item.datapoint
    unit = point.family.units[point.default_unit].display.to(language) if point else ""
    choices = tuple(choice.label.to(language) for choice in item.choices if not choice.is_retired)
    return PaperField(item.label.to(language), unit, choices if len(choices) <= MOST_BOXES else ())
