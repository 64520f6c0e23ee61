"""Reads one edition of factors from a YAML file, or from the rows of an imported table."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from dnk_tool.catalogue.factors.model import (
    GASES,
    GWP_SETS,
    SCOPES,
    Boundary,
    Factor,
    FactorEdition,
    FactorStatus,
    FactorTopic,
    FactorUse,
)
from dnk_tool.catalogue.standard.item_model import UnitFamily
from dnk_tool.catalogue.values import Text
from dnk_tool.catalogue.yaml_reader import Node

KEY = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
PUBLISHED = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
ADDRESS = re.compile(r"https?://\S+")
REGION = re.compile(r"([A-Z]{2})?")
VALUE = re.compile(r"(0|[1-9]\d{0,19})(\.\d{1,20})?")
EARLIEST_YEAR, LATEST_YEAR = 1990, 2100
# A report prints these texts, so their length is limited.
LONGEST_KEY, LONGEST_NAME, LONGEST_ADDRESS = 80, 300, 1000
# What a factor may give: emissions, or the energy in a litre, a kilogram or a kilowatt-hour gross.
RESULT_FAMILIES = ("co2e", "energy")

EDITION_KEYS = frozenset((
    "key", "publisher", "title", "edition", "published", "address", "licence", "attribution", "checked",
    "gwp_set", "factors",
))  # fmt: skip
FACTOR_KEYS = frozenset((
    "key", "topic", "label", "value", "unit", "result_unit", "gases", "boundary", "scope", "region",
    "data_year", "status", "use", "verified", "reference", "note", "aliases",
    "succeeded_by",
))  # fmt: skip


@dataclass(frozen=True)
class FactorEditionFile:
    """An edition as it was read, each factor with its node, so that a fault can name its place."""

    edition: FactorEdition
    rows: tuple[tuple[Node, Factor], ...]

    @property
    def factors(self) -> tuple[Factor, ...]:
        """The factors in the order of the file."""
        return tuple(factor for _, factor in self.rows)


def families_by_unit(families: Mapping[str, UnitFamily]) -> dict[str, UnitFamily]:
    """The family of each unit, by the unit's symbol."""
    return {symbol: family for family in families.values() for symbol in family.units}


def read_edition(
    root: Node, units: Mapping[str, UnitFamily], *, is_own: bool, rows: Iterable[Node] | None = None
) -> FactorEditionFile:
    """The edition whose head is the node; its factors are the node's, or those of `rows`.

    Faults are noted at the nodes; `units` is the result of `families_by_unit`.
    """
    _note_unknown(root, EDITION_KEYS)
    edition = FactorEdition(
        key=_matching_text(root, "key", KEY, "a key of small letters, digits, dots and hyphens"),
        publisher=_short_text(root, "publisher"),
        title=_short_text(root, "title"),
        edition=_short_text(root, "edition"),
        published=_matching_text(root, "published", PUBLISHED, "a date such as 2026, 2026-03 or 2026-03-31"),
        address=_matching_text(root, "address", ADDRESS, "an address that begins with https://"),
        licence=root.text("licence"),
        is_own=is_own,
        checked=root.text("checked", required=False),
        attribution=root.string("attribution", ""),
        gwp_set=_gwp_set(root),
    )
    nodes = tuple(root.children("factors") if rows is None else rows)
    factor_rows = tuple((node, read_factor(node, edition, units)) for node in nodes)
    seen: set[tuple[str, int | None]] = set()
    for node, factor in factor_rows:
        if (factor.key, factor.data_year) in seen:
            node.note(f"'{factor.key}' stands twice{_year_suffix(factor)}", "key")
        seen.add((factor.key, factor.data_year))
    return FactorEditionFile(edition, factor_rows)


def read_factor(node: Node, edition: FactorEdition, units: Mapping[str, UnitFamily]) -> Factor:
    """One factor; every fault is noted at the node."""
    _note_unknown(node, FACTOR_KEYS)
    scope = _scope(node)
    node.lookup("unit", units, "unit")
    result = node.lookup("result_unit", units, "unit")
    if result is not None and result.key not in RESULT_FAMILIES:
        node.note("is neither a unit of emissions nor one of energy", "result_unit")
    return Factor(
        key=_matching_text(node, "key", KEY, "a key of small letters, digits, dots and hyphens"),
        edition=edition,
        label=_label(node),
        value=_value(node, scope),
        unit=node.string("unit", ""),
        result_unit=node.string("result_unit", ""),
        gases=_gases(node, result),
        boundary=node.enum("boundary", Boundary),
        scope=scope,
        region=_matching_text(node, "region", REGION, "a country in two letters, or empty"),
        data_year=_year(node),
        status=node.enum("status", FactorStatus),
        use=node.enum("use", FactorUse),
        verification=node.verification(),
        note=node.text("note", required=False),
        topic=node.enum("topic", FactorTopic),
        reference=node.string("reference", ""),
        aliases=node.strings("aliases"),
        succeeded_by=node.string("succeeded_by", ""),
    )


def _value(node: Node, scope: str) -> Decimal:
    """The value, above zero; only market-based electricity (Scope 2) may have a factor of zero."""
    value = node.decimal("value")
    if isinstance(node.get("value"), str) and not VALUE.fullmatch(node.get("value").removeprefix("-")):
        node.note("is not a plain number such as '0.353', with at most 20 decimals", "value")
    if value < 0 or (value == 0 and scope != "2-market"):
        node.note("must be above zero", "value")
    return value


def _gwp_set(root: Node) -> str:
    gwp_set = root.string("gwp_set", "")
    if gwp_set and gwp_set not in GWP_SETS:
        root.note(f"is '{gwp_set}'; allowed: {', '.join(GWP_SETS)}", "gwp_set")
    return gwp_set


def _scope(node: Node) -> str:
    scope = node.string("scope")
    for part in scope.split(", ") if scope else ():
        if part not in SCOPES:
            node.note(f"names the unknown scope '{part}'; allowed: {', '.join(SCOPES)}", "scope")
    return scope


def _gases(node: Node, result: UnitFamily | None) -> str:
    gases = node.string("gases")
    is_energy = result is not None and result.key == "energy"
    if gases not in GASES:
        allowed = ", ".join(f"'{gas}'" for gas in GASES)
        node.note(f"is '{gases}'; allowed: {allowed}", "gases")
    elif node.has("gases") and is_energy == bool(gases):
        node.note("an energy content counts no gases" if is_energy else "must say what is counted", "gases")
    return gases


def _year(node: Node) -> int | None:
    if not node.has("data_year"):
        return None
    year = node.integer("data_year")
    if year and not EARLIEST_YEAR <= year <= LATEST_YEAR:
        node.note(f"is no year from {EARLIEST_YEAR} to {LATEST_YEAR}", "data_year")
    return year


def _short_text(node: Node, key: str) -> str:
    text = node.string(key)
    if node.has(key) and not 0 < len(text.strip()) <= LONGEST_NAME:
        node.note(f"is empty or longer than {LONGEST_NAME} characters", key)
    return text


def _label(node: Node) -> Text:
    label = node.text("label")
    if max(len(label.de), len(label.en)) > LONGEST_NAME:
        node.note(f"is longer than {LONGEST_NAME} characters", "label")
    return label


def _matching_text(node: Node, key: str, pattern: re.Pattern[str], what: str) -> str:
    text = node.string(key)
    longest = LONGEST_ADDRESS if pattern is ADDRESS else LONGEST_KEY
    if isinstance(node.get(key), str) and (len(text) > longest or not pattern.fullmatch(text)):
        node.note(f"'{text}' is not {what}", key)
    return text


def _note_unknown(node: Node, known: frozenset[str]) -> None:
    """Notes unknown keys: a misspelt optional key would otherwise be ignored."""
    for key in node.value if isinstance(node.value, dict) else ():
        if key not in known:
            node.note("is no key of this file", str(key))


def _year_suffix(factor: Factor) -> str:
    return f" for {factor.data_year}" if factor.data_year else ""
