"""What one declaration must answer: an edition narrowed to its indicator set and options."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TypeGuard

from dnk_tool.catalogue.standard.item_model import Item
from dnk_tool.catalogue.standard.loader import load_catalogue
from dnk_tool.catalogue.standard.model import (
    Aspect,
    Catalogue,
    Criterion,
    IndicatorBlock,
    Requirement,
    Section,
)


@dataclass(frozen=True)
class Selection:
    """The sections of an edition as one declaration sees them, in the order of the wizard."""

    catalogue: Catalogue
    indicator_set: str
    options: frozenset[str]
    sections: tuple[Section, ...]

    @cached_property
    def section_by_ref(self) -> Mapping[str, Section]:
        """The sections by ref."""
        return {section.ref: section for section in self.sections}

    @cached_property
    def section_of(self) -> Mapping[str, Section]:
        """The section in which each requirement and item is asked."""
        sections: dict[str, Section] = {}
        for section in self.sections:
            for requirement in section.all_requirements:
                sections[requirement.ref] = section
                sections.update({item.ref: section for item in requirement.items})
        return sections

    @cached_property
    def requirements(self) -> Mapping[str, Requirement]:
        """Every aspect, detail and indicator that this declaration must answer, by ref."""
        return {r.ref: r for section in self.sections for r in section.all_requirements}

    @cached_property
    def text_aspects(self) -> Mapping[str, Aspect]:
        """The aspects that are answered with a text, by ref, in the order of the wizard."""
        return {r.ref: r for r in self.requirements.values() if is_text_aspect(r)}

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """Every item that this declaration asks for, by ref."""
        return {item.ref: item for r in self.requirements.values() for item in r.items}

    @cached_property
    def datapoints(self) -> frozenset[str]:
        """The keys of all figures that this declaration shows."""
        return frozenset(item.datapoint.key for item in self.items.values() if item.datapoint)

    @cached_property
    def asked_by(self) -> Mapping[str, tuple[Requirement, ...]]:
        """The requirements that ask for each figure, by its key, in the order of the wizard."""
        requirements_by_figure: dict[str, dict[str, Requirement]] = {}
        for requirement in self.requirements.values():
            for item in requirement.items:
                if item.datapoint:
                    requirements_by_figure.setdefault(item.datapoint.key, {})[requirement.ref] = requirement
        return {key: tuple(asking.values()) for key, asking in requirements_by_figure.items()}

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """The numbered criteria, without general information and supplements."""
        return tuple(section for section in self.sections if isinstance(section, Criterion))

    def block_for(self, criterion: Criterion) -> IndicatorBlock | None:
        """The block to which the criterion belongs, even where it is asked with a later one."""
        blocks = (section.block for section in self.sections if section.block)
        return next((block for block in blocks if criterion.number in block.criteria), None)

    def neighbours(self, section: Section) -> tuple[Section | None, Section | None]:
        """The section before and the one after, None at either end. Raises ValueError for an unknown one."""
        position = self.sections.index(section)
        before = self.sections[position - 1] if position else None
        after = self.sections[position + 1] if position + 1 < len(self.sections) else None
        return before, after


@lru_cache(maxsize=64)
def selection_for(edition: str, indicator_set: str, options: frozenset[str] = frozenset()) -> Selection:
    """Narrow an edition to one indicator set and the chosen options.

    Raises CatalogueError for an unknown edition and ValueError for an unknown set or option.
    """
    catalogue = load_catalogue(edition)
    if indicator_set not in {known_set.key for known_set in catalogue.indicator_sets}:
        raise ValueError(f"unknown indicator set: {indicator_set}")
    if unknown := options - {option.key for option in catalogue.options}:
        raise ValueError(f"unknown options: {', '.join(sorted(unknown))}")
    chosen = [
        _narrowed_section(section, indicator_set, options)
        for section in (catalogue.general, *catalogue.criteria)
    ]
    chosen += [section for option, section in catalogue.supplements if option in options]
    return Selection(catalogue, indicator_set, options, tuple(chosen))


def is_text_aspect(requirement: Requirement) -> TypeGuard[Aspect]:
    """Whether it is an aspect that is answered with a text, rather than with a table or choices alone."""
    return isinstance(requirement, Aspect) and any(item.ref == requirement.ref for item in requirement.items)


def _narrowed_section(section: Section, indicator_set: str, options: frozenset[str]) -> Section:
    asked = tuple(
        r
        for r in section.requirements
        if not isinstance(r, Aspect) or r.option is None or r.option in options
    )
    block = section.block
    if block:
        indicators = tuple(i for i in block.indicators if i.indicator_set == indicator_set)
        block = replace(block, indicators=indicators) if indicators else None
    return replace(section, requirements=asked, block=block)
