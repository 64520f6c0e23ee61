"""Reads the unit families and the datapoints, which all editions share."""

from collections.abc import Mapping

from dnk_tool.catalogue.standard.item_model import (
    Aggregate,
    Computation,
    Datapoint,
    Pooling,
    Unit,
    UnitFamily,
)
from dnk_tool.catalogue.yaml_reader import Node


def read_families(root: Node) -> dict[str, UnitFamily]:
    """Unit families by key, from `units.yaml`; a symbol belongs to one family only."""
    families = [_family(node) for node in root.children("families")]
    root.distinct("families", (family.key for family in families))
    root.distinct("families", (symbol for family in families for symbol in family.units))
    return {family.key: family for family in families}


def _family(node: Node) -> UnitFamily:
    units = [_unit(child) for child in node.children("units")]
    node.distinct("units", (unit.symbol for unit in units))
    by_symbol = {unit.symbol: unit for unit in units}
    base = node.string("base")
    if base not in by_symbol or by_symbol[base].factor != 1:
        node.note(f"'{base}' is not among the units with factor 1", "base")
    return UnitFamily(node.string("key"), node.text("label"), base, by_symbol)


def _unit(node: Node) -> Unit:
    factor = node.decimal("factor")
    if factor <= 0:
        node.note("must be above zero", "factor")
    return Unit(node.string("symbol"), node.text("label"), node.text("display"), factor)


def read_datapoints(root: Node, families: Mapping[str, UnitFamily]) -> dict[str, Datapoint]:
    """Datapoints by key, from `datapoints.yaml`; one without a known unit family is left out."""
    nodes = list(root.children("datapoints"))
    read = [(node, _datapoint(node, families)) for node in nodes]
    root.distinct("datapoints", (point.key for _, point in read if point))
    datapoints = {point.key: point for _, point in read if point}
    for node, point in read:
        if point and point.computed:
            _check_parts(node, point, point.computed, datapoints)
        if point:
            _check_pooling(node, point, datapoints)
    return datapoints


def _check_parts(node: Node, point: Datapoint, how: Computation, datapoints: Mapping[str, Datapoint]) -> None:
    """A computed figure adds up entered figures that are measured alike."""
    for key in (*how.plus, *how.minus):
        part = datapoints.get(key)
        if part is None:
            node.note(f"names the unknown datapoint '{key}'", "computed")
        elif part.computed or part.family is not point.family:
            node.note(f"'{key}' is computed itself or is of another unit family", "computed")
        elif point.aggregate is Aggregate.SUM and part.aggregate is not Aggregate.SUM:
            node.note(f"must not be added over members, because '{key}' is not", "aggregate")


def _check_pooling(node: Node, point: Datapoint, datapoints: Mapping[str, Datapoint]) -> None:
    """A pooled figure names what is divided; all of it may be added over members."""
    if (point.aggregate is Aggregate.POOLED) is not (point.pooled is not None):
        node.note("goes with the aggregate 'pooled', and only with it", "pooled")
    if point.pooled and not (point.pooled.numerator and point.pooled.denominator):
        node.note("must name a numerator and a denominator", "pooled")
    for key in (*point.pooled.numerator, *point.pooled.denominator) if point.pooled else ():
        part = datapoints.get(key)
        if part is None:
            node.note(f"names the unknown datapoint '{key}'", "pooled")
        elif part.aggregate is not Aggregate.SUM:
            node.note(f"'{key}' must not be added over members", "pooled")


def _datapoint(node: Node, families: Mapping[str, UnitFamily]) -> Datapoint | None:
    family = node.lookup("family", families, "unit family")
    if family is None:
        return None
    node.lookup("default_unit", family.units, f"unit of the family '{family.key}'")
    computed = node.child("computed") if node.has("computed") else None
    pooled = node.child("pooled") if node.has("pooled") else None
    if not node.has("additive"):
        node.note("is missing", "additive")
    return Datapoint(
        key=node.string("key"),
        topic=node.string("topic"),
        family=family,
        default_unit=node.string("default_unit", ""),
        label=node.text("label"),
        meaning=node.text("meaning"),
        additive=node.flag("additive"),
        aggregate=node.enum("aggregate", Aggregate),
        pooled=Pooling(pooled.strings("numerator"), pooled.strings("denominator")) if pooled else None,
        computed=Computation(computed.strings("sum"), computed.strings("minus")) if computed else None,
        verified=node.verification(),
        print_label=node.text("print", required=False),
        enters_flow=node.flag("enters_flow") if node.has("enters_flow") else False,
    )
