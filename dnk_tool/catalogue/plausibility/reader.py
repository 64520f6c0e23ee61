"""Reads single plausibility rules by their kind, and notes references to unknown names."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from string import Formatter
from typing import Any

from dnk_tool.catalogue.laws import Law
from dnk_tool.catalogue.plausibility.model import (
    COMPANY_VALUE_FAMILIES,
    MESSAGE_PLACEHOLDERS,
    ChoiceCondition,
    LineRule,
    PlausibilityLimits,
    PlausibilityRule,
    RangeRule,
    RateRule,
    RuleAmount,
    RuleCondition,
    RuleKind,
    RuleSource,
    SumRule,
    YearRule,
)
from dnk_tool.catalogue.standard.item_model import Datapoint, UnitFamily
from dnk_tool.catalogue.values import Text
from dnk_tool.catalogue.yaml_reader import Node


def check_placeholders(node: Node, key: str, text: Text, allowed: frozenset[str]) -> None:
    """Note every placeholder of a message that is not allowed, and braces that belong to none."""
    for words in (text.de, text.en):
        try:
            named = {name for _, name, _, _ in Formatter().parse(words) if name is not None}
        except ValueError:
            node.note("has a brace that belongs to no placeholder", key)
            return
        for name in sorted(named - allowed):
            node.note(f"mentions the unknown '{{{name}}}'", key)


def _optional_decimal(node: Node, key: str) -> Decimal | None:
    return node.decimal(key) if node.has(key) else None


def _decimal_or_default(node: Node, key: str, default: str) -> Decimal:
    return node.decimal(key) if node.has(key) else Decimal(default)


@dataclass(frozen=True)
class RuleReader:
    """Reads rules of every kind; its fields are what rules may refer to."""

    datapoints: Mapping[str, Datapoint]
    families: Mapping[str, UnitFamily]
    divisions: Mapping[str, tuple[str, ...]]
    classes: Collection[str]
    columns: frozenset[str]
    activities: Mapping[str, frozenset[str]]
    laws: Mapping[str, Law]

    def rule(self, node: Node) -> PlausibilityRule:
        """One rule, read by its kind; unknown names and other faults are noted at the node."""
        kind = node.enum("kind", RuleKind)
        odd = node.text("odd")
        check_placeholders(node, "odd", odd, MESSAGE_PLACEHOLDERS[kind])
        check = node.text("check")
        reference = node.text("reference", required=False)
        for key, text in (("check", check), ("reference", reference)):
            check_placeholders(node, key, text, frozenset())
        head = {
            "key": node.string("key"),
            "kind": kind,
            "odd": odd,
            "check": check,
            "reference": reference,
            "source": _source(node),
        }
        readers: Mapping[RuleKind, Callable[[Node, dict[str, Any]], PlausibilityRule]] = {
            RuleKind.RANGE: self._range,
            RuleKind.SUM: self._sum,
            RuleKind.RATE: self._rate,
            RuleKind.SLIP: self._year,
            RuleKind.JUMP: self._year,
            RuleKind.LINE: self._line,
        }
        return readers[kind](node, head)

    def _range(self, node: Node, head: dict[str, Any]) -> PlausibilityRule:
        each = () if node.has("of") else self._figures(node)
        amounts = tuple(RuleAmount((key,), self.datapoints[key].default_unit) for key in each)
        return RangeRule(
            **head,
            amounts=amounts or (self._amount(node, "of"),),
            per=self._amount(node, "per") if node.has("per") else None,
            limits=tuple(self._limits(child) for child in node.children("limits")),
            when=self._conditions(node, "when"),
            when_chosen=tuple(
                ChoiceCondition(child.string("item"), child.string("choice"))
                for child in (node.children("when_chosen") if node.has("when_chosen") else ())
            ),
            unless=self._conditions(node, "unless"),
            unless_given=self._keys(node, "unless_given"),
            is_by_hand=node.flag("by_hand"),
            is_zero_fine=node.flag("zero_is_fine"),
        )

    def _sum(self, node: Node, head: dict[str, Any]) -> PlausibilityRule:
        total = node.string("total", "")
        value = _optional_decimal(node, "total_value")
        if bool(total) == (value is not None):
            node.note("needs either a figure or a value", "total")
        names = (*self._keys(node, "parts"), *self._keys(node, "minus"), *self._keys(node, "deductible"))
        unit = node.string("unit", "")
        self._check_same_family(node, "parts", (*names, *((total,) if total else ())), unit)
        return SumRule(
            **head,
            parts=self._keys(node, "parts"),
            minus=self._keys(node, "minus"),
            deductible=self._keys(node, "deductible"),
            total=total,
            total_value=value,
            unit=unit,
            is_at_most=node.flag("at_most"),
            relative=_decimal_or_default(node, "relative", "0"),
            absolute=_decimal_or_default(node, "absolute", "0"),
        )

    def _rate(self, node: Node, head: dict[str, Any]) -> PlausibilityRule:
        return RateRule(
            **head,
            rate=self._amount(node, "rate"),
            dividend=self._amount(node, "dividend"),
            divisor=self._amount(node, "divisor"),
            times=node.decimal("times"),
            relative=node.decimal("relative"),
        )

    def _year(self, node: Node, head: dict[str, Any]) -> PlausibilityRule:
        return YearRule(
            **head,
            figures=self._figures(node),
            times=_decimal_or_default(node, "times", "1000"),
            within=_decimal_or_default(node, "within", "2"),
            half=_decimal_or_default(node, "half", "0.5"),
            points=_optional_decimal(node, "points"),
        )

    def _line(self, node: Node, head: dict[str, Any]) -> PlausibilityRule:
        activities, table = self._activities(node), node.string("table", "")
        if bool(activities) == bool(table):
            node.note("needs either activities or a table", "activities")
        field, per, plus = node.string("field"), node.string("per", ""), node.strings("plus")
        of_lines = {field, *plus, *({per} - COMPANY_VALUE_FAMILIES.keys())} - {""}
        for name in activities:
            if missing := of_lines - set(self.activities.get(name, ())):
                node.note(f"'{name}' has no field '{', '.join(sorted(missing))}'", "activities")
        figure = node.string("figure")
        self._check_keys(node, "figure", (figure,))
        units, per_units = node.strings("units"), node.strings("per_units")
        for key, symbols in (("units", units), ("per_units", per_units)):
            for symbol in symbols:
                self._family_of(node, key, symbol)
        return LineRule(
            **head,
            activities=activities,
            table=table,
            naming=node.string("naming", ""),
            names=node.strings("names"),
            field=field,
            units=units,
            per=per,
            per_units=per_units,
            low=_optional_decimal(node, "low"),
            high=_optional_decimal(node, "high"),
            figure=figure,
            plus=plus,
            is_zero_fine=node.flag("zero_is_fine"),
            lowest=node.lookup("lowest", self.laws, "law") if node.has("lowest") else None,
        )

    def _activities(self, node: Node) -> tuple[str, ...]:
        """The kinds of line by name without exceptions; "calculator/*" stands for all of that calculator."""
        names: list[str] = []
        for name in node.strings("activities"):
            calculator, _, activity = name.partition("/")
            known = [one for one in self.activities if one.startswith(f"{calculator}/")]
            names += known if activity == "*" and known else [name]
        left_out = node.strings("except")
        return tuple(name for name in dict.fromkeys(names) if name not in left_out)

    def _figures(self, node: Node) -> tuple[str, ...]:
        """The figures of some unit families without exceptions, and those that are named."""
        chosen, left_out = set(node.strings("families")), self._keys(node, "except")
        for key in sorted(chosen - self.families.keys()):
            node.note(f"names the unknown unit family '{key}'", "families")
        named = self._keys(node, "figures")
        figures = tuple(
            key
            for key, point in self.datapoints.items()
            if (point.family.key in chosen and key not in left_out) or key in named
        )
        if not figures:
            node.note("names no figure", "figures")
        return figures

    def _amount(self, node: Node, key: str) -> RuleAmount:
        child = node.child(key)
        keys, less, unit = self._keys(child, "figures"), self._keys(child, "less"), child.string("unit")
        if not keys:
            child.note("names no figure", "figures")
        self._check_same_family(child, "figures", (*keys, *less), unit)
        return RuleAmount(keys, unit, child.flag("partial"), less)

    def _conditions(self, node: Node, key: str) -> tuple[RuleCondition, ...]:
        if not node.has(key):
            return ()
        return tuple(
            RuleCondition(
                self._amount(child, "of"), _optional_decimal(child, "low"), _optional_decimal(child, "high")
            )
            for child in node.children(key)
        )

    def _limits(self, node: Node) -> PlausibilityLimits:
        low, high = _optional_decimal(node, "low"), _optional_decimal(node, "high")
        if low is None and high is None:
            node.note("has neither a low nor a high limit")
        elif low is not None and high is not None and low > high:
            node.note("the low limit is above the high one")
        names = node.strings("sectors")
        groups = frozenset(name for name in names if "." in name)
        for name in sorted(set(names) - groups - self.divisions.keys()):
            node.note(f"names the unknown sector '{name}'", "sectors")
        for name in sorted(groups):
            if not any(known.startswith(name) for known in self.classes):
                node.note(f"names the unknown sector '{name}'", "sectors")
        return PlausibilityLimits(
            low=low,
            high=high,
            divisions=frozenset(division for name in names for division in self.divisions.get(name, ())),
            groups=groups,
            employees_from=node.integer("employees_from") if node.has("employees_from") else 0,
            employees_to=node.integer("employees_to") if node.has("employees_to") else None,
            reference=node.text("reference", required=False),
        )

    def _keys(self, node: Node, key: str) -> tuple[str, ...]:
        keys = node.strings(key)
        self._check_keys(node, key, keys)
        return keys

    def _check_keys(self, node: Node, key: str, names: Iterable[str]) -> None:
        known = self.datapoints.keys() | COMPANY_VALUE_FAMILIES.keys() | self.columns
        for name in sorted(set(names) - known):
            node.note(f"names the unknown figure '{name}'", key)

    def _check_same_family(self, node: Node, key: str, names: Iterable[str], unit: str) -> None:
        """All are measured in the family of the unit; a table's column may hold other families, too."""
        families = {self.datapoints[name].family.key for name in names if name in self.datapoints}
        families |= {COMPANY_VALUE_FAMILIES[name] for name in names if name in COMPANY_VALUE_FAMILIES}
        if unit:
            families |= {self._family_of(node, "unit", unit)}
        if len(families - {""}) > 1:
            node.note("adds or measures what is not alike: " + ", ".join(sorted(families)), key)

    def _family_of(self, node: Node, key: str, symbol: str) -> str:
        for family in self.families.values():
            if symbol in family.units:
                return family.key
        node.note(f"names the unknown unit '{symbol}'", key)
        return ""


def _source(node: Node) -> RuleSource:
    """The source, or `own: true` for a heuristic of ours."""
    if node.flag("own") == node.has("source"):
        node.note("needs either a source or `own: true`", "source")
    if not node.has("source"):
        return RuleSource()
    child = node.child("source")
    # A title that is the same in both languages is written once.
    is_name = isinstance(child.get("title"), str)
    title = Text(child.string("title"), child.string("title")) if is_name else child.text("title")
    return RuleSource(title, child.string("address", ""), child.string("as_of", ""))
