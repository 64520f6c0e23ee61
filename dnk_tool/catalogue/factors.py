"""Emission factors and energy contents: every value with its edition, year, boundary and source."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from dnk_tool.catalogue.model import Text, Verification


class Boundary(StrEnum):
    """What a factor counts: the use itself, the way there (well to tank), or both."""

    DIRECT = "direct"
    UPSTREAM = "upstream"
    BOTH = "direct-and-upstream"


class FactorStatus(StrEnum):
    """How settled a value is for its publisher."""

    FINAL = "final"
    PROVISIONAL = "provisional"
    ESTIMATED = "estimated"


class FactorUse(StrEnum):
    """Whether the tool proposes a factor, offers it, or keeps it to compare with."""

    DEFAULT = "default"
    OPTIONAL = "optional"
    CROSS_CHECK = "cross-check"


@dataclass(frozen=True, slots=True)
class FactorEdition:
    """One edition of a source: a file under `criteria/factors/` that never changes after release."""

    key: str
    publisher: str
    title: str
    edition: str
    published: str
    address: str
    licence: str
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Factor:
    """`value` units of `result_unit` for each `unit` of an activity, such as kg CO2e for each kWh (Hs).

    `key` stays the same over editions; `data_year` tells values of one key apart, such as an electricity
    mix by year. `gases` says what is counted ("CO2", "CO2e"), `scope` where it belongs after the GHG
    Protocol ("1", "2-location", "2-market", "3.1" to "3.15", "" for an energy content).
    """

    key: str
    edition: FactorEdition
    label: Text
    value: Decimal
    unit: str
    result_unit: str
    gases: str
    boundary: Boundary
    scope: str
    region: str
    data_year: int | None
    status: FactorStatus
    use: FactorUse
    verification: Verification
    note: Text


@dataclass(frozen=True)
class Factors:
    """All factors by key; of each key every edition and data year."""

    editions: Mapping[str, FactorEdition]
    by_key: Mapping[str, tuple[Factor, ...]]

    def exact(self, key: str, edition: str, data_year: int | None = None) -> Factor | None:
        """The factor of exactly this edition and data year."""
        found = self.by_key.get(key, ())
        return next((one for one in found if (one.edition.key, one.data_year) == (edition, data_year)), None)

    def newest(self, key: str, year: int) -> Factor | None:
        """The value to propose for a reporting year: of that year, else of the latest year before it, else
        of the first year there is; of several editions the one published last."""
        found = self.by_key.get(key, ())
        if not found:
            return None
        fitting = [one for one in found if one.data_year is None or one.data_year <= year]
        if not fitting:
            earliest = min(one.data_year or 0 for one in found)
            fitting = [one for one in found if one.data_year == earliest]
        latest = max(one.data_year or 0 for one in fitting)
        return max(
            (one for one in fitting if (one.data_year or 0) == latest),
            key=lambda one: (one.edition.published, one.edition.key),
        )
