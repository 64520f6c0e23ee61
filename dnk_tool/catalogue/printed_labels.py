"""The rule for labels in print: they name, and neither ask, give examples nor address the reader."""

import re
from collections.abc import Iterable, Iterator

from dnk_tool.catalogue.calculators.model import Calculator
from dnk_tool.catalogue.problems import Problem
from dnk_tool.catalogue.standard.item_model import Datapoint, Item
from dnk_tool.catalogue.standard.model import Catalogue
from dnk_tool.catalogue.standard.source_files import EditionSourceFiles
from dnk_tool.catalogue.values import PrintedLabel

_GERMAN = re.compile(
    r"\?|[Zz]um Beispiel|z\.\s?B\.|\bSie\b|\bIhnen\b|\bIhr(?:e[mnrs]?)?\b|\b(?:wir|uns|unsere[mnrs]?)\b"
)
_ENGLISH = re.compile(
    r"\?|\b(?:for example|such as|e\.g\.|you|yours?|yourself|we|us|our)(?!\w)", re.IGNORECASE
)


def edition_label_faults(catalogue: Catalogue, where: EditionSourceFiles) -> Iterator[Problem]:
    """The printed labels of an edition's fields, columns, choices and reasons that break the rule."""
    for reason in catalogue.reasons:
        yield from _faults(reason, where.catalogue, f"explanation_reasons.{reason.key}")
    for section in catalogue.sections:
        for requirement in section.all_requirements:
            file = where.requirement_file(section, requirement)
            for item in requirement.items:
                yield from _faults(item, file, item.ref)
                yield from _part_faults(item, where.catalogue)


def _part_faults(item: Item, file: str) -> Iterator[Problem]:
    for choice in item.choices:
        yield from _faults(choice, file, f"{item.ref}: {choice.key}")
    if item.table is None:
        return
    for column in item.table.columns:
        place = f"tables.{item.table.key}.{column.key}"
        yield from _faults(column, file, place)
        for choice in column.choices:
            yield from _faults(choice, file, f"{place}: {choice.key}")


def shared_label_faults(
    folder: str, datapoints: Iterable[Datapoint], calculators: Iterable[Calculator]
) -> Iterator[Problem]:
    """The printed labels of figures and kinds of calculator lines that break the rule."""
    for point in datapoints:
        yield from _faults(point, f"{folder}/datapoints.yaml", point.key)
    for calculator in calculators:
        for activity in calculator.activities:
            place = f"{calculator.key}.{activity.key}"
            yield from _faults(activity, f"{folder}/calculators.yaml", place)


def _faults(part: PrintedLabel, file: str, place: str) -> Iterator[Problem]:
    for text, pattern in ((part.printed.de, _GERMAN), (part.printed.en, _ENGLISH)):
        if unfit := pattern.search(text):
            yield Problem(
                file, place, f"prints '{text}', with '{unfit[0]}'; a label under 'print' must name it"
            )
