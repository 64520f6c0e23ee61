"""The rules that an edition must keep as a whole; each yields its violations.

The rules that every requirement must keep by itself; each yields its violations.
"""

from collections.abc import Iterator
from itertools import chain

from dnk_tool.catalogue.constants import unknown_placeholders
from dnk_tool.catalogue.problems import Problem, duplicates
from dnk_tool.catalogue.standard.item_model import ItemKind
from dnk_tool.catalogue.standard.model import PICTURES, ZERO_CHOICE, Aspect, Catalogue, Indicator, Requirement
from dnk_tool.catalogue.standard.sections import MATTER_KEYS
from dnk_tool.catalogue.standard.source_files import EditionSourceFiles, is_added_by_option
from dnk_tool.catalogue.values import Text
from dnk_tool.catalogue.years import YEAR_PLACE


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
    """No placeholder is left: neither a criterion's matter nor a constant, nor a misspelt name.

    An example may name years.
    """
    places = set(unknown_placeholders(_texts(requirement)))
    if isinstance(requirement, Aspect):
        places |= {
            one for one in unknown_placeholders([requirement.example]) if not YEAR_PLACE.fullmatch(one)
        }
    for place in sorted(places):
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
        yield from (*requirement.belongs, *requirement.where)


def edition_faults(catalogue: Catalogue, where: EditionSourceFiles) -> Iterator[Problem]:
    """Every violation of a rule, with the file and the key where it stands."""
    rules = (
        _edition_faults,
        _ref_faults,
        _number_faults,
        _area_faults,
        _aspect_faults,
        _publication_order_faults,
        _option_faults,
        requirement_faults,
    )
    return chain.from_iterable(rule(catalogue, where) for rule in rules)


def _edition_faults(catalogue: Catalogue, where: EditionSourceFiles) -> Iterator[Problem]:
    if catalogue.edition != where.edition:
        yield Problem(where.catalogue, "edition", f"'{catalogue.edition}' is not the name of its folder")


def _ref_faults(catalogue: Catalogue, where: EditionSourceFiles) -> Iterator[Problem]:
    """A ref names one section, requirement or item of the edition."""
    seen: set[str] = set()
    for section in catalogue.sections:
        refs = [(section.ref, where.section_file(section))]
        for requirement in section.all_requirements:
            file = where.requirement_file(section, requirement)
            refs.append((requirement.ref, file))
            refs += [(item.ref, file) for item in requirement.items if item.ref != requirement.ref]
        for ref, file in refs:
            if ref in seen:
                yield Problem(file, ref, "this ref stands twice")
            seen.add(ref)


def _number_faults(catalogue: Catalogue, where: EditionSourceFiles) -> Iterator[Problem]:
    numbers = [criterion.number for criterion in catalogue.criteria]
    if numbers != list(range(1, len(numbers) + 1)):
        yield Problem(where.catalogue, "criteria", f"are not numbered without gaps: {numbers}")


def _area_faults(catalogue: Catalogue, where: EditionSourceFiles) -> Iterator[Problem]:
    """Each criterion is listed in the one area that it names."""
    listed = [(area.key, number) for area in catalogue.areas for number in area.criteria]
    named = [(criterion.area, criterion.number) for criterion in catalogue.criteria]
    for area, number in sorted(set(named) - set(listed)):
        yield Problem(where.criterion_file(number), "area", f"'{area}' does not list criterion {number}")
    for area, number in sorted(set(listed) - set(named)):
        yield Problem(where.catalogue, "areas", f"'{area}' lists {number}, which is not in this area")
    for key in sorted(duplicates(area.key for area in catalogue.areas)):
        yield Problem(where.catalogue, "areas", f"'{key}' stands twice")


def _aspect_faults(catalogue: Catalogue, where: EditionSourceFiles) -> Iterator[Problem]:
    """The aspects of criterion 13 are 13.1, 13.2 and so on, without gaps."""
    for criterion in catalogue.criteria:
        own = [aspect for aspect in criterion.aspects if not is_added_by_option(aspect)]
        for position, aspect in enumerate(own, start=1):
            expected = f"{criterion.ref}.{position}"
            if aspect.ref != expected:
                file = where.section_file(criterion)
                yield Problem(file, aspect.ref, f"stands where {expected} is expected")


def _publication_order_faults(catalogue: Catalogue, where: EditionSourceFiles) -> Iterator[Problem]:
    """Publication order names each part once."""
    blocks = [criterion.block.ref for criterion in catalogue.criteria if criterion.block]
    expected = {"general", "indicator-index", *(f"K{c.number}" for c in catalogue.criteria), *blocks}
    listed = catalogue.publication_order
    for part in sorted(expected.symmetric_difference(listed) | duplicates(listed)):
        yield Problem(where.catalogue, "publication_order", f"'{part}' is missing, unknown or stands twice")


def _option_faults(catalogue: Catalogue, where: EditionSourceFiles) -> Iterator[Problem]:
    """Each option has its own key and adds something."""
    known = [option.key for option in catalogue.options]
    for key in sorted(duplicates(known)):
        yield Problem(where.options, key, "this option stands twice")
    adds = {key for key, _ in catalogue.supplements}
    adds |= {aspect.option for section in catalogue.sections for aspect in section.aspects if aspect.option}
    for key in sorted(set(known) - adds):
        yield Problem(where.options, key, "this option adds nothing")
