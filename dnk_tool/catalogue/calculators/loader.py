"""Loads the calculators, and finds those that give a datapoint.

Reads `calculators.yaml`: named fields and slots, and the activities that are composed of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from dnk_tool.catalogue.calculators.model import (
    QUANTITY_FIELD,
    SCOPE_3_CATEGORIES,
    Activity,
    ActivityField,
    ActivityGroup,
    Bill,
    Calculator,
    QuantityMethod,
    Slot,
)
from dnk_tool.catalogue.constants import read_constants, unknown_placeholders
from dnk_tool.catalogue.problems import Problem, sound
from dnk_tool.catalogue.standard.datapoints import read_datapoints, read_families
from dnk_tool.catalogue.standard.item_model import Datapoint, UnitFamily
from dnk_tool.catalogue.values import NO_TEXT, Text
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.paths import criteria_folder

__all__ = [
    "QUANTITY_FIELD",
    "SCOPE_3_CATEGORIES",
    "Activity",
    "ActivityField",
    "Calculator",
    "QuantityMethod",
    "Slot",
    "build_calculators",
    "calculators_by_result",
    "load_calculators",
]


@dataclass(frozen=True)
class CalculatorDefinitions:
    """The definitions that activities may refer to; `used` collects the names of those in use."""

    families: Mapping[str, UnitFamily]
    datapoints: Mapping[str, Datapoint]
    fields: Mapping[str, ActivityField]
    slots: Mapping[str, Slot]
    used: set[str] = field(default_factory=set)


def read_calculators(
    root: Node, families: Mapping[str, UnitFamily], datapoints: Mapping[str, Datapoint]
) -> dict[str, Calculator]:
    """The calculators by key in the order of the file; unknown and unused names are noted."""
    for key in sorted(set(SCOPE_3_CATEGORIES.values()) - set(datapoints)):
        root.note(f"the category's datapoint '{key}' is missing from datapoints.yaml")
    fields = {node.string("name"): _field(node, families) for node in root.children("fields")}
    slots = {
        node.string("name"): slot for node in root.children("slots") if (slot := _slot(node, datapoints))
    }
    for key in ("fields", "slots"):
        root.distinct(key, (node.string("name") for node in root.children(key)))
    parts = CalculatorDefinitions(families, datapoints, fields, slots)
    calculators = [_calculator(node, parts) for node in root.children("calculators")]
    root.distinct("calculators", (calculator.key for calculator in calculators))
    for key, names in (("fields", fields), ("slots", slots)):
        for name in sorted(set(names) - parts.used):
            root.note(f"'{name}' is used by no activity", key)
    return {calculator.key: calculator for calculator in calculators}


def _field(node: Node, families: Mapping[str, UnitFamily]) -> ActivityField:
    known = [families[key] for key in node.strings("families") if key in families]
    for key in set(node.strings("families")) - set(families):
        node.note(f"names the unknown unit family '{key}'", "families")
    units = {symbol for family in known for symbol in family.units}
    allowed, default = node.strings("units"), node.string("default_unit")
    for symbol in set(allowed) - units:
        node.note(f"'{symbol}' is no unit of these families", "units")
    if default not in (allowed or units):
        node.note(f"'{default}' is not among the units", "default_unit")
    return ActivityField(
        key=node.string("key"),
        label=node.text("label"),
        hint=node.text("hint"),
        families=tuple(known),
        default_unit=default,
        required=node.flag("required"),
        allowed=tuple(symbol for symbol in allowed if symbol in units),
        part_of=node.string("part_of", ""),
        is_signed=node.flag("signed"),
        is_asked=node.flag("asked"),
    )


def _slot(node: Node, datapoints: Mapping[str, Datapoint]) -> Slot | None:
    datapoint = node.lookup("datapoint", datapoints, "datapoint")
    category = node.string("category", "")
    if category and category not in SCOPE_3_CATEGORIES:
        node.note(f"'{category}' is no category of Scope 3 that calculators know", "category")
    if datapoint is None:
        return None
    if datapoint.computed:
        node.note(f"'{datapoint.key}' follows from other figures", "datapoint")
    return Slot(
        key=node.string("key"),
        label=node.text("label"),
        datapoint=datapoint,
        factors=node.strings("factors"),
        category=category,
        is_optional=node.flag("optional"),
        is_noted=node.flag("noted"),
        field=node.string("field", QUANTITY_FIELD),
        share_field=node.string("share_field", ""),
        rest_field=node.string("rest_field", ""),
        value_field=node.string("value_field", ""),
        deducts=node.flag("deducts"),
        mean_of=node.string("mean_of", ""),
        less=node.string("less", ""),
    )


def _calculator(node: Node, parts: CalculatorDefinitions) -> Calculator:
    hints = _group_hints(node)
    activities = tuple(_activity(child, parts, hints) for child in node.children("activities"))
    node.distinct("activities", (activity.key for activity in activities))
    derived = node.strings("derives")
    for key in derived:
        if key not in parts.datapoints:
            node.note(f"names the unknown datapoint '{key}'", "derives")
    slots = [slot for activity in activities for slot in activity.slots]
    categories = (SCOPE_3_CATEGORIES[slot.category] for slot in slots if slot.category in SCOPE_3_CATEGORIES)
    return Calculator(
        key=node.string("key"),
        topic=node.string("topic"),
        label=node.text("label"),
        explains=node.text("explains"),
        where=node.texts("where"),
        activities=activities,
        results=tuple(dict.fromkeys((*derived, *(slot.datapoint.key for slot in slots), *categories))),
        groups=_groups(node, activities),
        bills=_bills(node, activities),
    )


def _bills(node: Node, activities: tuple[Activity, ...]) -> tuple[Bill, ...]:
    """The usual bills; each needs no number besides its quantity, in units that the quantity may have."""
    if not node.has("bills"):
        return ()
    by_key = {activity.key: activity for activity in activities}
    bills = [
        Bill(activity, child.text("label"), child.strings("units"), child.flag("ask_unit"))
        for child in node.children("bills")
        if (activity := child.lookup("activity", by_key, "activity"))
    ]
    for bill in bills:
        required = [field.key for field in bill.activity.fields if field.required]
        quantity = bill.activity.field(QUANTITY_FIELD)
        if quantity is None or required != [QUANTITY_FIELD]:
            node.note(f"'{bill.activity.key}' needs more than a quantity", "bills")
        for symbol in bill.units:
            if quantity and symbol not in quantity.units:
                node.note(f"'{symbol}' is no unit of '{bill.activity.key}'", "bills")
    node.distinct("bills", (bill.activity.key for bill in bills))
    return tuple(bills)


def _groups(node: Node, activities: tuple[Activity, ...]) -> tuple[ActivityGroup, ...]:
    """The activities under their headings; each stands under exactly one, or there are no headings."""
    if not node.has("groups"):
        return (ActivityGroup(NO_TEXT, activities),)
    by_key = {activity.key: activity for activity in activities}
    named: list[str] = []
    groups = []
    for group in node.children("groups"):
        keys = group.strings("activities")
        named += keys
        members = tuple(by_key[key] for key in keys if key in by_key)
        groups.append(ActivityGroup(group.text("label"), members, group.text("hint", required=False)))
    for key in dict.fromkeys(key for key in (*named, *by_key) if named.count(key) != 1 or key not in by_key):
        node.note(f"'{key}' does not stand under exactly one heading", "groups")
    return tuple(groups)


def _group_hints(node: Node) -> dict[str, Text]:
    """The hints of the groups by the keys of their activities."""
    groups = [group for group in node.children("groups") if group.has("hint")] if node.has("groups") else []
    return {key: group.text("hint") for group in groups for key in group.strings("activities")}


def _activity(node: Node, parts: CalculatorDefinitions, hints: Mapping[str, Text]) -> Activity:
    """One activity; without a hint of its own it takes that of its group."""
    shared = hints.get(node.string("key", ""))
    measure = node.enum("measure", QuantityMethod) if node.has("measure") else QuantityMethod.AS_ENTERED
    is_measured = measure is not QuantityMethod.AS_ENTERED
    code = node.child("code") if node.has("code") else None
    activity = Activity(
        key=node.string("key"),
        label=node.text("label"),
        hint=shared if shared and not node.has("hint") else node.text("hint"),
        fields=_named_fields(node, parts),
        slots=tuple(slot for slot_node in _slot_nodes(node) if (slot := _named_slot(slot_node, parts))),
        is_single=node.flag("single"),
        measure=measure,
        measured=node.lookup("measured", parts.families, "unit family") if is_measured else None,
        code_label=code.text("label") if code else NO_TEXT,
        code_pattern=code.string("pattern") if code else "",
        has_period=node.flag("period"),
        print_label=node.text("print", required=False),
        words=node.texts("words") if node.has("words") else (),
    )
    _check_slots(node, activity)
    return activity


def _slot_nodes(node: Node) -> list[Node]:
    """An activity whose fields only enter formulas has no slots."""
    return list(node.children("slots")) if node.has("slots") else []


def _named_fields(node: Node, parts: CalculatorDefinitions) -> tuple[ActivityField, ...]:
    names = node.strings("fields")
    for name in names:
        if name not in parts.fields:
            node.note(f"names the unknown field '{name}'", "fields")
    parts.used.update(names)
    fields = tuple(parts.fields[name] for name in names if name in parts.fields)
    node.distinct("fields", (field.key for field in fields))
    return fields


def _named_slot(node: Node, parts: CalculatorDefinitions) -> Slot | None:
    """The named slot, with the factors that this activity takes in it."""
    slot = node.lookup("like", parts.slots, "slot")
    parts.used.add(node.string("like", ""))
    return replace(slot, factors=node.strings("factors")) if slot and node.has("factors") else slot


def _check_slots(node: Node, activity: Activity) -> None:
    """Notes slots and fields that refer to a field which their activity lacks."""
    node.distinct("slots", (slot.key for slot in activity.slots))
    for slot in activity.slots:
        counts = slot.field == QUANTITY_FIELD and activity.measure is not QuantityMethod.AS_ENTERED
        for key in (slot.field, slot.share_field, slot.rest_field, slot.value_field, slot.less):
            if key and activity.field(key) is None and not (counts and key == QUANTITY_FIELD):
                node.note(f"'{slot.key}' needs the field '{key}'", "slots")
    for activity_field in activity.fields:
        if activity_field.part_of and activity.field(activity_field.part_of) is None:
            node.note(
                f"'{activity_field.key}' is a part of '{activity_field.part_of}', which is missing", "fields"
            )


@cache
def load_calculators() -> Mapping[str, Calculator]:
    """The calculators by key, as they are offered. Raises CatalogueError with every fault."""
    return sound(build_calculators(criteria_folder()))


@cache
def calculators_by_result() -> Mapping[str, Calculator]:
    """For each datapoint that a calculator gives, the first that does."""
    by_result: dict[str, Calculator] = {}
    for calculator in load_calculators().values():
        for key in calculator.results:
            by_result.setdefault(key, calculator)
    return by_result


def build_calculators(folder: Path) -> tuple[Mapping[str, Calculator], list[Problem]]:
    """The calculators and all faults of their file; nothing is raised."""
    problems: list[Problem] = []
    families = read_families(read_yaml(folder / "units.yaml", []))
    datapoints = read_datapoints(read_yaml(folder / "datapoints.yaml", []), families)
    root = read_yaml(folder / "calculators.yaml", problems, constants=read_constants(folder, problems))
    calculators = read_calculators(root, families, datapoints)
    for calculator in calculators.values():
        for name in unknown_placeholders(_hints(calculator)):
            root.note(f"'{calculator.key}' mentions the unknown '{name}'", "calculators")
    root.note_unknown()
    return calculators, sorted(set(problems))


def _hints(calculator: Calculator) -> Iterator[Text]:
    """Its texts in which numbers may stand."""
    yield from (calculator.explains, *calculator.where)
    for activity in calculator.activities:
        yield from (activity.hint, *(field.hint for field in activity.fields))
