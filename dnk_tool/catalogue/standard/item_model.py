"""The fields of a standard: items with their units, datapoints, choices and tables, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from dnk_tool.catalogue.values import NO_TEXT, PrintedLabel, Text, Verification


class ItemKind(StrEnum):
    """The kinds of thing a company can be asked for."""

    TEXT = "text"
    QUANTITY = "quantity"
    CHOICE = "choice"
    CHOICES = "choices"
    YEAR = "year"
    TABLE = "table"


class MethodTopic(StrEnum):
    """What a field says of the method behind its indicator's figure, in the order of the page."""

    CALCULATION = "calculation"
    BOUNDARY = "boundary"
    GASES = "gases"
    SOURCES = "sources"
    COMPARISON = "comparison"


class Aggregate(StrEnum):
    """How a cluster may combine its members' figures: add them, form a rate of sums, or not at all."""

    SUM = "sum"
    POOLED = "pooled"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a family; `factor` converts a value in this unit exactly to the family's base."""

    symbol: str
    label: Text
    display: Text
    factor: Decimal


@dataclass(frozen=True, slots=True)
class UnitFamily:
    """Units that measure the same thing, such as kWh and GJ."""

    key: str
    label: Text
    base: str
    units: Mapping[str, Unit]


@dataclass(frozen=True, slots=True)
class Computation:
    """A figure that follows from others: the sum of some minus the sum of others."""

    plus: tuple[str, ...]
    minus: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pooling:
    """The sums over members whose quotient is the members' common rate, by the keys of what is added."""

    numerator: tuple[str, ...]
    denominator: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Datapoint(PrintedLabel):
    """A figure that one or several standards ask for, defined once.

    `additive`: the figures of a company's sites make the company's figure. `aggregate` is about companies.
    `enters_flow`: no standard asks for it; a declaration has it with the flow of material only.
    """

    key: str
    topic: str
    family: UnitFamily
    default_unit: str
    label: Text
    meaning: Text
    additive: bool
    aggregate: Aggregate
    pooled: Pooling | None
    computed: Computation | None
    verified: Verification
    print_label: Text = NO_TEXT
    enters_flow: bool = False


@dataclass(frozen=True, slots=True)
class Choice(PrintedLabel):
    """One option of a list to choose from; a retired one is offered only where it was chosen before."""

    key: str
    label: Text
    hint: Text = NO_TEXT
    is_retired: bool = False
    print_label: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class Column(PrintedLabel):
    """A column of a table; a quantity may come in units of any of its families.

    `shared_unit` names the one unit of several columns. `since` is the first version of the file format
    that knows the column.
    """

    key: str
    kind: ItemKind
    label: Text
    required: bool
    families: tuple[UnitFamily, ...]
    default_unit: str
    choices: tuple[Choice, ...]
    shared_unit: str = ""
    since: int = 1
    print_label: Text = NO_TEXT

    @property
    def unit_field(self) -> str:
        """The name of the field that holds the unit; the same for columns that share one."""
        return self.shared_unit or f"{self.key}-unit"

    @property
    def units(self) -> Mapping[str, Unit]:
        """The units of all its families, by symbol."""
        return {symbol: unit for family in self.families for symbol, unit in family.units.items()}


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose rows the company adds itself, such as goals or materials."""

    key: str
    label: Text
    add_label: Text
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Item(PrintedLabel):
    """One thing to fill in. `ref` is unique in the edition; a quantity names its datapoint.

    `method`: what it says of the method behind a figure; None for anything else. `longest`: the most
    characters of a text; 0: as many as any text. `since`: the first version of the file format that knows it.
    `starts_page`: a form goes on with it on another page, as what stands before it fills one.
    """

    ref: str
    kind: ItemKind
    label: Text
    hint: Text
    required: bool
    letter: str = ""
    datapoint: Datapoint | None = None
    choices: tuple[Choice, ...] = ()
    table: Table | None = None
    is_short: bool = False
    print_label: Text = NO_TEXT
    method: MethodTopic | None = None
    longest: int = 0
    since: int = 1
    starts_page: bool = False
