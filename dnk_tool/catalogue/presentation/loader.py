"""Builds the presentation of an edition from the files of its indicator sets and `glossary.yaml`."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from dnk_tool.catalogue.presentation.model import GlossaryTerm, IndicatorChart, KeyFigures, Presentation
from dnk_tool.catalogue.presentation.reader import read_charts, read_key_figures, read_terms
from dnk_tool.catalogue.problems import CatalogueError, Problem
from dnk_tool.catalogue.standard.indicator_sets import read_set_files
from dnk_tool.catalogue.standard.loader import load_catalogue
from dnk_tool.catalogue.standard.model import Catalogue
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.paths import criteria_folder


@cache
def load_presentation(edition: str) -> Presentation:
    """The presentation as frozen values. Raises CatalogueError with every fault."""
    presentation, problems = build_presentation(criteria_folder(), edition, load_catalogue(edition))
    if problems:
        raise CatalogueError(problems)
    return presentation


def build_presentation(
    folder: Path, edition: str, catalogue: Catalogue
) -> tuple[Presentation, list[Problem]]:
    """The presentation of an edition and all its faults; nothing is raised.

    Faults of the set files themselves are also reported by `build_catalogue`.
    """
    problems: list[Problem] = []
    shared = read_yaml(folder / "glossary.yaml", problems)
    sets = read_set_files(folder, edition, problems)
    key_figures: dict[str, KeyFigures] = {}
    charts: dict[str, tuple[IndicatorChart, ...]] = {}
    for root in sets:
        key_figures[root.string("key", "")] = read_key_figures(root, catalogue)
        charts |= dict(read_charts(root, catalogue))
    glossary = _glossary(((shared, "terms"), *((root, "glossary") for root in sets)))
    shared.note_unknown()
    return Presentation(key_figures, charts, glossary), sorted(set(problems))


def _glossary(places: Iterable[tuple[Node, str]]) -> tuple[GlossaryTerm, ...]:
    """The terms of all files; notes names that two files explain, and patterns that are invalid."""
    terms_by_name: dict[str, GlossaryTerm] = {}
    for root, key in places:
        for term in read_terms(root, key):
            if term.name.de in terms_by_name:
                root.note(f"another file explains '{term.name.de}' already", key)
            if not _is_pattern(term.pattern):
                root.note(f"'{term.pattern}' is no regular expression", key)
            terms_by_name[term.name.de] = term
    return tuple(terms_by_name.values())


def _is_pattern(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
