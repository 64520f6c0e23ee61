"""Reads the indicator sets of an edition, a file each, and puts their indicators into its blocks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from dnk_tool.catalogue.constants import read_constants
from dnk_tool.catalogue.problems import Problem
from dnk_tool.catalogue.standard.definitions import SharedDefinitions
from dnk_tool.catalogue.standard.items import read_explanations, read_item, read_reasons, read_zeros
from dnk_tool.catalogue.standard.model import (
    Criterion,
    Indicator,
    IndicatorBlock,
    IndicatorSet,
    Succession,
    SuccessionStatus,
)
from dnk_tool.catalogue.yaml_reader import Node, read_yaml

SETS_FOLDER = "indicators"  # in the folder of an edition
PRESENTATION_KEYS = frozenset(("key_figures", "charts", "glossary"))  # what `presentation` reads of a set


def read_set_files(folder: Path, edition: str, problems: list[Problem]) -> tuple[Node, ...]:
    """The files in `<edition>/indicators/`, in the order in which a company is offered the sets.

    Faults are added to `problems`: a position or key that does not fit, or no file at all.
    """
    paths = sorted((folder / edition / SETS_FOLDER).glob("*.yaml"))
    constants = read_constants(folder, problems)
    roots = [
        read_yaml(path, problems, name=f"{edition}/{SETS_FOLDER}/{path.name}", constants=constants)
        for path in paths
    ]
    if not roots:
        problems.append(Problem(f"{edition}/{SETS_FOLDER}", "(folder)", "holds no indicator set"))
    positions: set[int] = set()
    for path, root in zip(paths, roots, strict=True):
        if root.get("key") != path.stem:
            root.note(f"does not fit the name of the file, {path.name}", "key")
        position = root.integer("position")
        if position in positions:
            root.note(f"{position} is the position of another set already", "position")
        positions.add(position)
    return tuple(sorted(roots, key=_position))


def _position(root: Node) -> int:
    position = root.get("position")
    return position if type(position) is int else 0


def read_indicator_set(root: Node) -> IndicatorSet:
    """The titles of a set, and the text on whom it suits."""
    return IndicatorSet(
        root.string("key"),
        root.text("title"),
        root.text("explains"),
        root.string("abbreviation"),
        root.standing("standing"),
    )


def read_blocks(root: Node, sets: Sequence[Node], lists: SharedDefinitions) -> tuple[IndicatorBlock, ...]:
    """The blocks of `catalogue.yaml` with their indicators: set after set, each in the order of its file."""
    nodes = list(root.children("indicator_blocks"))
    root.distinct("indicator_blocks", (node.string("ref") for node in nodes))
    indicators: dict[str, list[Indicator]] = {node.string("ref", ""): [] for node in nodes}
    for indicator_set in sets:
        for ref, indicator in _indicators(indicator_set, indicators, lists):
            indicators[ref].append(indicator)
    return tuple(_block(node, indicators[node.string("ref", "")]) for node in nodes)


def _block(node: Node, indicators: Iterable[Indicator]) -> IndicatorBlock:
    block = IndicatorBlock(node.string("ref", ""), node.integers("criteria"), tuple(indicators))
    if not block.indicators:
        node.note(f"no set has an indicator for '{block.ref}'", "ref")
    return block


def _indicators(
    root: Node, blocks: Mapping[str, object], lists: SharedDefinitions
) -> Iterator[tuple[str, Indicator]]:
    """Each indicator of a set with the ref of its block; one without a known block is left out."""
    for node in root.children("indicators"):
        indicator = _indicator(node, root.string("key", ""), lists)
        if node.lookup("block", blocks, "indicator block") is not None:
            yield node.string("block"), indicator


def _indicator(node: Node, indicator_set: str, lists: SharedDefinitions) -> Indicator:
    ref = node.string("ref")
    items = tuple(
        read_item(child, f"{ref}.{child.string('key')}", lists) for child in node.children("fields")
    )
    return Indicator(
        ref=ref,
        title=node.text("title"),
        hint=node.text("hint"),
        reasons=read_reasons(node, lists),
        items=items,
        verified=node.verification(),
        indicator_set=indicator_set,
        code=node.string("code"),
        fields_verified=node.verification("fields_verified"),
        note=node.string("note", ""),
        succeeded_by=_succession(node.child("succeeded_by")) if node.has("succeeded_by") else None,
        zeros=read_zeros(node, ref),
        explanations=read_explanations(node),
        picture=node.string("picture", ""),
    )


def _succession(node: Node) -> Succession:
    status = node.enum("status", SuccessionStatus)
    codes, edition = node.strings("codes"), node.string("edition", "")
    if status is not SuccessionStatus.WITHDRAWN and not codes:
        node.note("must name what is asked for today", "codes")
    if codes and not edition:
        node.note("must name the edition of the codes, because codes are used again", "edition")
    return Succession(
        status=status,
        codes=codes,
        edition=edition,
        since=node.day("since") if codes or node.has("since") else None,
        as_of=node.day("as_of"),
        address=node.string("address"),
        verified=node.verification(),
    )


def blocks_by_criterion(blocks: Iterable[IndicatorBlock]) -> dict[int, IndicatorBlock]:
    """The blocks that have indicators, each by the number of the last of its criteria, where it is asked."""
    return {max(block.criteria): block for block in blocks if block.criteria and block.indicators}


def check_blocks(root: Node, blocks: Iterable[IndicatorBlock], criteria: Iterable[Criterion]) -> None:
    """Notes a block without a criterion, of an unknown one, or of one that has another block."""
    known = {criterion.number for criterion in criteria}
    taken: set[int] = set()
    for block in blocks:
        numbers = set(block.criteria)
        if not numbers:
            root.note(f"'{block.ref}' names no criterion", "indicator_blocks")
        for number in sorted(numbers - known):
            root.note(f"'{block.ref}' names the unknown criterion {number}", "indicator_blocks")
        for number in sorted(taken & numbers):
            root.note(f"'{block.ref}': criterion {number} has another block already", "indicator_blocks")
        taken |= numbers
