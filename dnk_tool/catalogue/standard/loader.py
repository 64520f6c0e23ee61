"""Builds an edition of a standard from its YAML files, once per process."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from dnk_tool.catalogue.problems import CatalogueError, Problem, sound
from dnk_tool.catalogue.standard.datapoints import read_datapoints, read_families
from dnk_tool.catalogue.standard.definitions import SharedDefinitions, read_definitions
from dnk_tool.catalogue.standard.indicator_sets import (
    PRESENTATION_KEYS,
    blocks_by_criterion,
    check_blocks,
    read_blocks,
    read_indicator_set,
    read_set_files,
)
from dnk_tool.catalogue.standard.item_model import Choice, UnitFamily
from dnk_tool.catalogue.standard.model import (
    Area,
    Catalogue,
    Criterion,
    IndicatorBlock,
    IndicatorSet,
    Option,
    Section,
)
from dnk_tool.catalogue.standard.sections import read_criterion, read_derived, read_general, read_supplement
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.paths import criteria_folder

UNREAD_KEYS = frozenset(("key", "source", "sources", "as_of", "verified"))  # for maintainers alone
DERIVED_KEYS = frozenset(("hint", "kind", "required", "choices"))  # of general information from elsewhere


def editions(folder: Path | None = None) -> tuple[str, ...]:
    """The keys of all editions in `criteria/`, or in another folder of the same structure."""
    return tuple(sorted(path.parent.name for path in (folder or criteria_folder()).glob("*/catalogue.yaml")))


@cache
def load_catalogue(edition: str) -> Catalogue:
    """The edition as frozen values. Raises CatalogueError with every fault, or for an unknown edition."""
    if edition not in editions():
        raise CatalogueError([Problem(edition, "(file)", "there is no such edition")])
    return sound(build_catalogue(criteria_folder(), edition))


def build_catalogue(folder: Path, edition: str) -> tuple[Catalogue, list[Problem]]:
    """The edition and all faults that its files show on their own; nothing is raised."""
    problems: list[Problem] = []
    units, figures = (read_yaml(folder / name, problems) for name in ("units.yaml", "datapoints.yaml"))
    families = read_families(units)
    datapoints = read_datapoints(figures, families)
    root = read_yaml(folder / edition / "catalogue.yaml", problems)
    options = read_yaml(folder / edition / "options.yaml", problems)
    lists = read_definitions(root, datapoints, families)
    set_files = read_set_files(folder, edition, problems)
    blocks = read_blocks(root, set_files, lists)
    criteria = _criteria(folder / edition, options, lists, blocks_by_criterion(blocks))
    check_blocks(root, blocks, criteria)
    sets = tuple(read_indicator_set(node) for node in set_files)
    catalogue = _catalogue(root, options, lists, criteria=criteria, sets=sets, families=families)
    for node in (units, figures, options):
        node.note_unknown()
    root.note_unknown(besides=UNREAD_KEYS | DERIVED_KEYS)
    for node in set_files:
        node.note_unknown(besides=PRESENTATION_KEYS)
    return catalogue, sorted(set(problems))


def _criteria(
    folder: Path, options: Node, lists: SharedDefinitions, blocks: Mapping[int, IndicatorBlock]
) -> tuple[Criterion, ...]:
    """Each criterion from its own file, which begins with its number."""
    criteria = []
    for path in sorted(folder.glob("[0-9][0-9]-*.yaml")):
        node = read_yaml(path, options.problems)
        criterion = read_criterion(node, options, lists, blocks)
        if not path.name.startswith(f"{criterion.number:02d}-"):
            node.note(f"does not fit the name of the file, {path.name}", "number")
        node.note_unknown(besides=UNREAD_KEYS)
        criteria.append(criterion)
    return tuple(criteria)


def _catalogue(
    root: Node,
    options: Node,
    lists: SharedDefinitions,
    *,
    criteria: tuple[Criterion, ...],
    sets: tuple[IndicatorSet, ...],
    families: Mapping[str, UnitFamily],
) -> Catalogue:
    length = root.child("guide_length")
    return Catalogue(
        edition=root.string("edition"),
        title=root.text("title"),
        standing=root.standing("standing"),
        worth=root.standing("worth"),
        areas=tuple(_area(node) for node in root.children("areas")),
        general=read_general(root.child("general"), lists),
        derived=read_derived(root.child("general")),
        criteria=criteria,
        supplements=_supplements(options, lists),
        indicator_sets=sets,
        options=tuple(_option(node, criteria) for node in options.children("options")),
        reasons=tuple(Choice(key, label) for key, label in lists.reasons.items()),
        datapoints=lists.datapoints,
        families=families,
        guide_length=(length.integer("min"), length.integer("max")),
        publication_order=root.strings("publication_order"),
    )


def _area(node: Node) -> Area:
    return Area(node.string("key"), node.text("title"), node.text("intro"), node.integers("criteria"))


def _option(node: Node, criteria: tuple[Criterion, ...]) -> Option:
    numbers = node.integers("criteria") if node.has("criteria") else ()
    for number in sorted(set(numbers) - {criterion.number for criterion in criteria}):
        node.note(f"names the unknown criterion {number}", "criteria")
    return Option(
        node.string("key"),
        node.text("title"),
        node.text("explains"),
        node.verification(),
        node.standing("standing", required=True),
    )


def _supplements(options: Node, lists: SharedDefinitions) -> tuple[tuple[str, Section], ...]:
    return tuple(
        (node.string("key"), read_supplement(node, lists))
        for node in options.children("options")
        if node.has("section")
    )
