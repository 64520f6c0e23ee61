"""The rules that every requirement must keep by itself; each yields its violations."""

from collections.abc import Iterator

from dnk_tool.catalogue.constants import unknown_placeholders
from dnk_tool.catalogue.problems import Problem, duplicates
from dnk_tool.catalogue.standard.item_model import ItemKind
from dnk_tool.catalogue.standard.model import PICTURES, ZERO_CHOICE, Aspect, Catalogue, Indicator, Requirement
from dnk_tool.catalogue.standard.sections import MATTER_KEYS
from dnk_tool.catalogue.standard.source_files import EditionSourceFiles
from dnk_tool.catalogue.values import Text


def requirement_faults(catalogue: Catalogue, where: EditionSourceFiles) -> Iterator[Problem]:
    """Every fault of an aspect, detail or indicator, with the file and the ref where it stands."""
    for section in catalogue.sections:
        for requirement in section.all_requirements:
            file = where.requirement_file(section, requirement)
            for message in _fault_messages(requirement, catalogue):
                yield Problem(file, requirement.ref, message)


def _fault_messages(requirement: Requirement, catalogue: Catalogue) -> Iterator[str]:
    yield from _reasons(requirement, catalogue)
    yield from _zeros(requirement)
    yield from _placeholders(requirement)
    if requirement.picture and requirement.picture not in PICTURES:
        yield f"names the unknown picture '{requirement.picture}'"
    if isinstance(requirement, Indicator):
        yield from _fields(requirement)
    if isinstance(requirement, Aspect):
        yield from _option(requirement, catalogue)


def _reasons(requirement: Requirement, catalogue: Catalogue) -> Iterator[str]:
    """One explanation for each reason, because an answer keeps only its key, in the edition's order."""
    keys = [reason.key for reason in requirement.reasons]
    for key in sorted(duplicates(keys)):
        yield f"has two explanations for the reason '{key}'"
    if keys != [reason.key for reason in catalogue.reasons if reason.key in keys]:
        yield "has its reasons in another order than explanation_reasons"
    if isinstance(requirement, Aspect) and requirement.first_time not in ("", *keys):
        yield f"has no explanation for the reason '{requirement.first_time}' of a first declaration"


def _zeros(requirement: Requirement) -> Iterator[str]:
    """A zero answers fields that exist and can hold 0, its sentence or yes; an indicator's at least one."""
    items = {item.ref: item for item in requirement.items}
    for zero in requirement.zeros:
        if isinstance(requirement, Indicator) and not zero.fields:
            yield f"the zero '{zero.key}' names no field"
        for ref in zero.fields:
            item = items.get(ref)
            is_answered = item and (
                item.kind in (ItemKind.QUANTITY, ItemKind.TEXT)
                or (
                    item.kind is ItemKind.CHOICE and any(choice.key == ZERO_CHOICE for choice in item.choices)
                )
            )
            if not is_answered:
                yield f"the zero '{zero.key}' cannot answer '{ref}'"


def _fields(indicator: Indicator) -> Iterator[str]:
    """An indicator needs a required field, or it would be complete without any answer.

    Two tables of the same shape, or any two fields, differ at least in their label.
    """
    if not any(item.required for item in indicator.items):
        yield "has no required field"
    labels = duplicates(item.label.de for item in indicator.items)
    for label in sorted(labels | duplicates(item.printed.de for item in indicator.items)):
        yield f"has two fields with the label '{label}'"


def _option(aspect: Aspect, catalogue: Catalogue) -> Iterator[str]:
    """The aspect's option exists."""
    if aspect.option and aspect.option not in {option.key for option in catalogue.options}:
        yield f"names the unknown option '{aspect.option}'"


def _placeholders(requirement: Requirement) -> Iterator[str]:
    """No placeholder is left in a text: neither a criterion's matter nor a constant, nor a misspelt name."""
    for place in unknown_placeholders(_texts(requirement)):
        key = MATTER_KEYS.get(place)
        yield f"{place} has no {key} in its criterion" if key else f"mentions the unknown '{place}'"


def _texts(requirement: Requirement) -> Iterator[Text]:
    yield from (requirement.title, requirement.hint)
    yield from (reason.text for reason in requirement.reasons)
    yield from (zero.text for zero in requirement.zeros)
    yield from (explanation.text for explanation in requirement.explanations)
    for item in requirement.items:
        yield from (item.label, item.print_label, item.hint)
    if isinstance(requirement, Aspect):
        yield from (requirement.example, *requirement.belongs, *requirement.where)
