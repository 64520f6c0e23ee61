"""The rules that an edition must keep as a whole; each yields its violations."""

from collections.abc import Iterator
from itertools import chain

from dnk_tool.catalogue.problems import Problem, duplicates
from dnk_tool.catalogue.standard.model import Catalogue
from dnk_tool.catalogue.standard.requirement_rules import requirement_faults
from dnk_tool.catalogue.standard.source_files import EditionSourceFiles, is_added_by_option


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
