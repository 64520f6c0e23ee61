"""Loads the factors: the editions in `criteria/factors/`, and the operator's own in `instance/factors/`."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from dnk_tool.catalogue.factors.model import Factor, Factors, FactorUse
from dnk_tool.catalogue.factors.rows import FactorEditionFile, families_by_unit, read_edition
from dnk_tool.catalogue.problems import CatalogueError, Problem, sound
from dnk_tool.catalogue.standard.datapoints import read_families
from dnk_tool.catalogue.standard.item_model import UnitFamily
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.paths import criteria_folder

OWN_FACTORS_FOLDER = "factors"  # in the instance folder


@cache
def load_factors(own: Path | None = None) -> Factors:
    """All factors, with the operator's own of the folder `own`, which need not exist; read once per process.

    Raises CatalogueError with every fault.
    """
    own_files = edition_files(own) if own else ()
    if own and not own_files:
        return load_factors()
    return sound(build_factors(criteria_folder(), own_files))


@cache
def load_unit_families() -> Mapping[str, UnitFamily]:
    """The family of every unit, by the unit's symbol. Raises CatalogueError with every fault."""
    problems: list[Problem] = []
    units = families_by_unit(read_families(read_yaml(criteria_folder() / "units.yaml", problems)))
    if problems:
        raise CatalogueError(problems)
    return units


def edition_files(folder: Path) -> tuple[Path, ...]:
    """The edition files of a folder, sorted by name; none if the folder does not exist."""
    return tuple(sorted(folder.glob("*.yaml")))


def build_factors(criteria: Path, own: Sequence[Path] = ()) -> tuple[Factors, list[Problem]]:
    """The factors of `criteria/factors/` and of the files `own`, and all faults; nothing is raised."""
    editions, problems = read_editions(criteria, edition_files(criteria / "factors"), own)
    return merge_editions(editions), problems


def read_editions(
    criteria: Path, shipped: Sequence[Path], own: Sequence[Path] = ()
) -> tuple[list[FactorEditionFile], list[Problem]]:
    """The edition of each file, and the faults within and between the files; nothing is raised."""
    problems: list[Problem] = []
    units = families_by_unit(read_families(read_yaml(criteria / "units.yaml", problems)))
    factor_edition_files: list[FactorEditionFile] = []
    for path in (*shipped, *own):
        root = read_yaml(path, problems)
        factor_edition_file = read_edition(root, units, is_own=path in own)
        if isinstance(root.get("key"), str) and root.get("key") != path.stem:
            root.note(
                f"'{factor_edition_file.edition.key}' does not fit the name of the file, {path.name}", "key"
            )
        if factor_edition_file.edition.key in {other.edition.key for other in factor_edition_files}:
            root.note(f"there is an edition '{factor_edition_file.edition.key}' already", "key")
        factor_edition_files.append(factor_edition_file)
    report_contradictions(factor_edition_files, units)
    return factor_edition_files, sorted(set(problems))


def report_contradictions(editions: Iterable[FactorEditionFile], units: Mapping[str, UnitFamily]) -> None:
    """Note factors whose unit family, boundary or data year contradicts another edition.

    A key must mean the same in all editions, or a new edition would silently change what is counted.
    """
    editions = list(editions)
    keys = {factor.key for edition in editions for factor in edition.factors}
    first: dict[str, Factor] = {}
    dated: dict[str, Factor] = {}
    for node, factor in (row for edition in editions for row in edition.rows):
        if factor.succeeded_by and factor.succeeded_by not in keys:
            node.note(f"names the unknown factor '{factor.succeeded_by}'", "succeeded_by")
        known = first.setdefault(factor.key, factor)
        if known.edition is not factor.edition:
            _note_differences(node, factor, known, units)
        if factor.use is FactorUse.CROSS_CHECK:
            continue
        if factor.data_year:
            dated.setdefault(factor.key, factor)
        elif factor.key in dated:
            # A value without a year would never be preferred to those that have one.
            there = dated[factor.key].edition.key
            node.note(f"is missing, but the values of '{factor.key}' in '{there}' have one", "data_year")


def _note_differences(node: Node, factor: Factor, known: Factor, units: Mapping[str, UnitFamily]) -> None:
    for key in ("unit", "result_unit"):
        here, there = units.get(getattr(factor, key)), units.get(getattr(known, key))
        if here and there and here is not there:
            _note_difference(node, factor, known, key)
    if known.boundary is not factor.boundary:
        _note_difference(node, factor, known, "boundary")


def _note_difference(node: Node, factor: Factor, known: Factor, key: str) -> None:
    here, there = getattr(factor, key), getattr(known, key)
    node.note(f"is '{here}', but '{there}' in '{known.edition.key}'", key)


def merge_editions(editions: Iterable[FactorEditionFile]) -> Factors:
    """The factors of all editions by key; of two editions with the same key, the last one counts."""
    by_edition = {edition.edition.key: edition for edition in editions}
    by_key: dict[str, tuple[Factor, ...]] = {}
    for factor in (factor for edition in by_edition.values() for factor in edition.factors):
        by_key[factor.key] = (*by_key.get(factor.key, ()), factor)
    return Factors({key: edition.edition for key, edition in by_edition.items()}, by_key)
