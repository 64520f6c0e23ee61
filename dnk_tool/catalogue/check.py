"""Looks over an edition as its maintainer would: faults of the files, and what no source confirms yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dnk_tool.catalogue.loader import build, editions
from dnk_tool.catalogue.model import Catalogue, Indicator, Verification
from dnk_tool.catalogue.problems import Problem
from dnk_tool.catalogue.rules import faults
from dnk_tool.catalogue.sectors import build_sectors
from dnk_tool.catalogue.whereabouts import Whereabouts


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of the catalogue that no public source fully confirms."""

    kind: str
    ref: str
    verified: Verification


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a check: what is wrong, and what no public source confirms yet."""

    catalogue: Catalogue
    problems: tuple[Problem, ...]
    marks: tuple[Mark, ...]


def check(folder: Path, edition: str) -> Finding:
    """Every fault of the edition's files and every uncertain mark; nothing is raised."""
    catalogue, problems = build(folder, edition)
    found = {*problems, *faults(catalogue, Whereabouts(folder, edition))}
    marks = (mark for mark in _marks(catalogue) if mark.verified is not Verification.CONFIRMED)
    return Finding(catalogue, tuple(sorted(found)), tuple(marks))


def check_shared(folder: Path) -> tuple[Problem, ...]:
    """The faults of what all editions share: sectors, and datapoints that no edition asks for."""
    _, problems = build_sectors(folder)
    catalogues = [build(folder, edition)[0] for edition in editions(folder)]
    defined = {key for catalogue in catalogues for key in catalogue.datapoints}
    used = {key for catalogue in catalogues for key in _used(catalogue)}
    unused = (
        Problem(f"{folder.name}/datapoints.yaml", key, "no edition asks for this datapoint")
        for key in defined - used
    )
    return tuple(sorted({*problems, *unused}))


def _used(catalogue: Catalogue) -> Iterator[str]:
    """The datapoints that are asked for, or that make up a computed one that is."""
    for item in catalogue.items.values():
        if item.datapoint:
            yield item.datapoint.key
            if item.datapoint.computed:
                yield from (*item.datapoint.computed.plus, *item.datapoint.computed.minus)


def _marks(catalogue: Catalogue) -> Iterator[Mark]:
    for criterion in catalogue.criteria:
        yield Mark("criterion", criterion.ref, criterion.verified)
    for requirement in catalogue.requirements.values():
        levels = [requirement.verified]
        if isinstance(requirement, Indicator):
            levels.append(requirement.fields_verified)
        worst = max(levels, key=list(Verification).index)
        yield Mark(type(requirement).__name__.lower(), requirement.ref, worst)
    for option in catalogue.options:
        yield Mark("option", option.key, option.verified)
    for point in catalogue.datapoints.values():
        yield Mark("datapoint", point.key, point.verified)
