"""The types of the calculators: the fields of a line, and the datapoints that follow from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dnk_tool.catalogue.standard.item_model import Datapoint, Unit, UnitFamily
from dnk_tool.catalogue.values import NO_TEXT, PrintedLabel, Text

QUANTITY_FIELD = "quantity"


class QuantityMethod(StrEnum):
    """How the quantity that factors apply to follows from the fields of a line."""

    AS_ENTERED = "as-entered"
    GAS_VOLUME = "gas-volume"
    STOCK_BALANCE = "stock-balance"
    COMMUTE = "commute"
    HAULAGE = "haulage"


# The categories of Scope 3 (GHG Protocol) that calculators know, and the datapoint of each.
SCOPE_3_CATEGORIES: Mapping[str, str] = {
    "3.1": "ghg.scope3.purchased-goods",
    "3.3": "ghg.scope3.fuel-and-energy",
    "3.4": "ghg.scope3.upstream-transport",
    "3.5": "ghg.scope3.waste",
    "3.6": "ghg.scope3.business-travel",
    "3.7": "ghg.scope3.commuting",
    "3.9": "ghg.scope3.downstream-transport",
    "3.13": "ghg.scope3.leased-assets",
}


@dataclass(frozen=True, slots=True)
class ActivityField:
    """A number with its unit that a line asks for; `hint` says where on the bill it stands.

    `allowed` narrows the units of the families, in the order in which they are offered. `part_of` is a field
    that it cannot exceed; one that `is_signed` may be below zero. One that `is_asked` has to be filled when a
    line is saved; a line of an earlier program counts without it as it did.
    """

    key: str
    label: Text
    hint: Text
    families: tuple[UnitFamily, ...]
    default_unit: str
    required: bool
    allowed: tuple[str, ...] = ()
    part_of: str = ""
    is_signed: bool = False
    is_asked: bool = False

    @property
    def units(self) -> Mapping[str, Unit]:
        """The units that may be chosen, by symbol."""
        known = {symbol: unit for family in self.families for symbol, unit in family.units.items()}
        return {symbol: known[symbol] for symbol in self.allowed or known}


@dataclass(frozen=True, slots=True)
class Slot:
    """A line's contribution to one datapoint: a field's quantity, by a factor unless both are measured alike.

    `factors` are keys in order of preference; the family of the line's unit decides which of them fits.
    `field` is "quantity" for the quantity that follows by the activity's method. `share_field` is the
    percentage of it that counts, `rest_field` one that does not; `value_field` holds a factor stated on the
    bill, which takes precedence. A slot with `is_optional` may stay without a factor; with `is_noted`, a note
    beside the result then says that the line does not count. One that `deducts` takes its result off.
    `mean_of` is a slot of the lines that buy the same carrier of energy: the mean of these counts instead of
    a factor. `less` is a field that is no part of what the slot counts; while it is empty, nothing counts.
    """

    key: str
    label: Text
    datapoint: Datapoint
    factors: tuple[str, ...] = ()
    category: str = ""
    is_optional: bool = False
    is_noted: bool = False
    field: str = QUANTITY_FIELD
    share_field: str = ""
    rest_field: str = ""
    value_field: str = ""
    deducts: bool = False
    mean_of: str = ""
    less: str = ""


@dataclass(frozen=True, slots=True)
class Activity(PrintedLabel):
    """A kind of line, such as a gas bill. With `is_single` there is one line in a year, otherwise any number.

    `measured` is the unit family of the quantity that the method works out from the fields, such as
    tonne-kilometres. `code_label` names a code that a line may have, such as that of the waste list. With
    `has_period`, the bill may cover days of other years, which then do not count. `words` are others that
    people search for.
    """

    key: str
    label: Text
    hint: Text
    fields: tuple[ActivityField, ...]
    slots: tuple[Slot, ...] = ()
    is_single: bool = False
    measure: QuantityMethod = QuantityMethod.AS_ENTERED
    measured: UnitFamily | None = None
    code_label: Text = NO_TEXT
    has_period: bool = False
    code_pattern: str = ""
    print_label: Text = NO_TEXT
    words: tuple[Text, ...] = ()

    def field(self, key: str) -> ActivityField | None:
        """The field with this key, or None."""
        return next((field for field in self.fields if field.key == key), None)

    def slot(self, key: str) -> Slot | None:
        """The slot with this key, or None."""
        return next((slot for slot in self.slots if slot.key == key), None)

    @property
    def takes_credits(self) -> bool:
        """Whether there can be a credit note for it, as there is for what one has a bill of."""
        return (
            not self.is_single
            and self.field(QUANTITY_FIELD) is not None
            and self.measure in (QuantityMethod.AS_ENTERED, QuantityMethod.GAS_VOLUME, QuantityMethod.HAULAGE)
            and not any(slot.deducts for slot in self.slots)
        )

    @property
    def datapoints(self) -> tuple[str, ...]:
        """The keys of the datapoints that its slots fill, each once."""
        return tuple(dict.fromkeys(slot.datapoint.key for slot in self.slots))


@dataclass(frozen=True, slots=True)
class ActivityGroup:
    """Activities under one heading, where there are too many to choose from in one list.

    `hint` is that of all its activities without one of their own.
    """

    label: Text
    activities: tuple[Activity, ...]
    hint: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class Bill:
    """An activity that most companies have a bill of: what people call it, and the units of the bill.

    The first unit is preset unless people are asked for it, because bills state either.
    """

    activity: Activity
    label: Text
    units: tuple[str, ...]
    is_unit_asked: bool = False


@dataclass(frozen=True, slots=True)
class Calculator:
    """Activities on one page. `results` are the keys of all datapoints that may follow from it.

    `groups` hold each activity once, in the order in which they are offered; without headings there is one.
    `bills` stand on the page of the usual bills.
    """

    key: str
    topic: str
    label: Text
    explains: Text
    where: tuple[Text, ...]
    activities: tuple[Activity, ...]
    results: tuple[str, ...]
    groups: tuple[ActivityGroup, ...] = ()
    bills: tuple[Bill, ...] = ()

    def activity(self, key: str) -> Activity | None:
        """The activity with this key, or None."""
        return next((activity for activity in self.activities if activity.key == key), None)
