"""What a finished declaration gives to a release: its figures, and why some are not compared with others."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.catalogue.standard.item_model import Datapoint, Item, MethodTopic
from dnk_tool.domain.aggregates.company_values import HEADCOUNT, TURNOVER
from dnk_tool.domain.aggregates.entering_versions import EnteringVersion
from dnk_tool.domain.aggregates.model import CompanyFigures, Difference, Group
from dnk_tool.domain.answers.answer import Figure, Quality, Sheet
from dnk_tool.domain.answers.values import Value
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.material_flow import flow_figures
from dnk_tool.domain.organisation import Profile, company_size

USUAL_BOUNDARY = "operational-control"
# What burning fuels gives off; without one of them emissions are lower than others'. Keys of the catalogue.
NEEDED_GASES = frozenset({"co2", "ch4", "n2o"})
ALL_GASES = "all"


def company_figures(document: Document, version: EnteringVersion) -> CompanyFigures:
    """The figures of a finished declaration; section and size only where the company shows its profile."""
    sheet, profile = document.sheet(), document.organisation
    points = document.selection.catalogue.datapoints
    explained = {key for key, point in points.items() if _is_explained(sheet, point)}
    figures = {**_profile_figures(profile), **_flow_figures(document), **_figures(document, sheet)}
    return CompanyFigures(
        company=version.company,
        version=version.snapshot,
        figures={key: figure for key, figure in figures.items() if key not in explained},
        explained=frozenset(explained | _called_not_available(figures)),
        section=section_of(profile.sector) if version.shows_profile else "",
        size=company_size(profile.employees) if version.shows_profile else None,
        is_published=version.is_published,
        is_submitted=version.is_submitted,
        was_published=version.was_published,
        was_submitted=version.was_submitted,
        is_confirmed=version.is_confirmed,
        not_comparable=differences(document),
        employees=profile.employees,
        turnover=profile.turnover,
    )


def section_of(sector: str) -> str:
    """The letter of the section of a stored sector; empty for own words and where a division was split."""
    sectors = load_sectors()
    divisions = sectors.current.divisions
    sections = {divisions[key].section for key in sectors.compared_divisions(sector)}
    return sections.pop() if len(sections) == 1 else ""


def group_of(sector: str, employees: int | None) -> Group:
    """The section and size class of a company, as far as they are known."""
    return Group(section_of(sector), company_size(employees))


def _is_explained(sheet: Sheet, point: Datapoint) -> bool:
    """Whether the company explains every requirement that asks for the figure."""
    asked_by = sheet.selection.asked_by.get(point.key, ())
    return bool(asked_by) and all(sheet.is_explained(requirement) for requirement in asked_by)


def _figures(document: Document, sheet: Sheet) -> Mapping[str, Figure]:
    """Every figure of the year that readers see: asked for, computed, or given beyond the standard."""
    points = document.selection.catalogue.datapoints
    further = {
        each.datapoint: Figure(each.quantity.value, each.quantity.unit, _quality(each.quality), each.note)
        for each in document.annex.figures
    }
    return {**further, **{key: found for key in points if (found := sheet.figure(points[key])).is_stated}}


def _flow_figures(document: Document) -> Mapping[str, Figure]:
    """The amounts of the flow of material, if the company takes it into the declaration."""
    known = flow_figures(document.material_flow) if document.material_flow else {}
    return {key: figure for (year, key), figure in known.items() if year == document.reporting_year}


def _profile_figures(profile: Profile) -> Mapping[str, Figure]:
    """What the profile says of employees and turnover, which no figure needs to say again."""
    figures: dict[str, Figure] = {}
    if profile.employees is not None:
        figures[HEADCOUNT] = Figure(Decimal(profile.employees), "persons")
    if profile.turnover is not None:
        figures[TURNOVER] = Figure(profile.turnover.value, profile.turnover.unit)
    return figures


def _quality(key: str) -> Quality | None:
    return Quality(key) if key in set(Quality) else None


def _called_not_available(figures: Mapping[str, Figure]) -> set[str]:
    """The figures that are said to be missing, with the reason: comply or explain."""
    return {
        key
        for key, figure in figures.items()
        if figure.value is None and figure.quality is Quality.NOT_AVAILABLE and figure.note
    }


def differences(document: Document) -> Mapping[str, frozenset[Difference]]:
    """Why figures of the declaration are not compared, by datapoint: only what it says itself counts.

    Another boundary: a site is left out, or emissions are consolidated otherwise than by operational control.
    Other gases: one that burning fuels gives off is not counted. Estimated: the company says so.
    """
    found: dict[str, set[Difference]] = {}
    sheet = document.sheet()
    for key, figure in _figures(document, sheet).items():
        if figure.quality is Quality.ESTIMATED:
            found.setdefault(key, set()).add(Difference.ESTIMATED)
        if document.annex.scope.left_out:
            found.setdefault(key, set()).add(Difference.BOUNDARY)
    for key, reason in _said_of_methods(sheet):
        found.setdefault(key, set()).add(reason)
    return {key: frozenset(reasons) for key, reasons in found.items()}


def _said_of_methods(sheet: Sheet) -> Iterator[tuple[str, Difference]]:
    """What the fields on method of an indicator say of the figures that it asks for."""
    for requirement in sheet.selection.requirements.values():
        if sheet.is_explained(requirement):
            continue
        keys = [item.datapoint.key for item in requirement.items if item.datapoint]
        for item in requirement.items:
            reason = _difference(item, sheet.answer(item.ref).value)
            yield from ((key, reason) for key in keys if reason)


def _difference(item: Item, value: Value | None) -> Difference | None:
    """The reason that an answer to a field on method gives; None for another field, or without an answer."""
    if item.method is MethodTopic.BOUNDARY and value and value != USUAL_BOUNDARY:
        return Difference.BOUNDARY
    if item.method is MethodTopic.GASES and isinstance(value, tuple) and value:
        is_complete = ALL_GASES in value or set(value) >= NEEDED_GASES
        return None if is_complete else Difference.GASES
    return None
