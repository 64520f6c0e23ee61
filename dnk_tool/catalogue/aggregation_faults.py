"""The faults of the figures of a release: what their datapoints do not allow, or what could be set off."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from dnk_tool.catalogue.aggregation_rules import RATE_SCALES, ReleaseFigure, build_aggregation_rules
from dnk_tool.catalogue.problems import Problem, duplicates
from dnk_tool.catalogue.standard.item_model import Aggregate, Datapoint


def aggregation_faults(folder: Path, points: Mapping[str, Datapoint]) -> Iterator[Problem]:
    """The faults of the rules of sums, and figures of a release that datapoints do not allow."""
    rules, problems = build_aggregation_rules(folder)
    yield from problems
    file, known = f"{folder.name}/aggregation-rules.yaml", []
    for figure in rules.figures:
        message = _release_fault(figure, points)
        if message:
            yield Problem(file, figure.key, message)
        else:
            known.append(figure)
    # Two rates over different companies could be set off; those of a division are over the same ones.
    pooled = [_rated_parts(rate, points) for rate in known if rate.is_rate and not rate.division]
    for key in sorted(duplicates(part for parts in pooled for part in parts)):
        yield Problem(file, key, "stands in more than one rate")
    for name in sorted({figure.division for figure in known if figure.division}):
        yield from (Problem(file, name, message) for message in _division_faults(name, known, points))


def _release_fault(figure: ReleaseFigure, points: Mapping[str, Datapoint]) -> str:
    """What keeps a figure from being in a release; "" if nothing does."""
    kinds = {points[key].aggregate for key in figure.parts if key in points}
    if unknown := set(figure.parts) - points.keys():
        return f"names the unknown datapoint '{min(unknown)}'"
    if (figure.is_summed and kinds != {Aggregate.SUM}) or (figure.is_rate and kinds != {Aggregate.POOLED}):
        return "is not what its datapoint says of adding members up"
    if figure.is_rate and points[figure.key].family.key not in RATE_SCALES:
        return "is a rate of a family that rates of a release do not know"
    if figure.is_rate and not figure.division and not _is_plain_rate(points[figure.key]):
        return "is a rate of several figures, which could be set off against their sums"
    return ""


def _division_faults(
    name: str, figures: Sequence[ReleaseFigure], points: Mapping[str, Datapoint]
) -> Iterator[str]:
    """What keeps shares of one whole from being safe: other wholes, a part twice, other numbers of it."""
    pooled = [points[each.key].pooled for each in figures if each.division == name]
    rates = [rate for rate in pooled if rate]
    if len(rates) < len(pooled) or len({frozenset(rate.denominator) for rate in rates}) > 1:
        yield "is a division whose rates are no shares of one whole"
    parts = [key for rate in rates for key in rate.numerator]
    if duplicates(parts):
        yield "is a division that counts a part twice"
    divided = {*parts, *(key for rate in rates for key in rate.denominator)}
    if len({points[key].family.key for key in divided if key in points}) > 1:
        yield "is a division of figures that are measured differently"
    others = [each for each in figures if each.division != name]
    used = {key for each in others for key in (*each.parts, *_rated_parts(each, points))}
    if both := divided & used:
        yield f"is a division whose part '{min(both)}' stands in another number"


def _rated_parts(figure: ReleaseFigure, points: Mapping[str, Datapoint]) -> tuple[str, ...]:
    """The datapoints that a rate divides; none for another figure."""
    pooled = points[figure.key].pooled if figure.is_rate else None
    return (*pooled.numerator, *pooled.denominator) if pooled else ()


def _is_plain_rate(point: Datapoint) -> bool:
    """Whether it is one figure divided by another."""
    return point.pooled is not None and len(point.pooled.numerator) == len(point.pooled.denominator) == 1
