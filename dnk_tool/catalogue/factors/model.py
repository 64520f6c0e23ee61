"""Emission factors and energy contents: every value with its edition, year, boundary and source."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from dnk_tool.catalogue.values import NO_TEXT, Text, Verification


class Boundary(StrEnum):
    """What a factor counts: the use itself, the upstream chain (well to tank), or both."""

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


class FactorTopic(StrEnum):
    """The topics of the list of factors, in the order in which they are shown."""

    ELECTRICITY = "electricity"
    HEAT = "heat"
    FUELS = "fuels"
    VEHICLES = "vehicles"
    REFRIGERANTS = "refrigerants"
    UPSTREAM = "upstream"
    TRAVEL = "travel"
    FREIGHT = "freight"
    WASTE = "waste"
    WATER = "water"
    ENERGY_CONTENTS = "energy-contents"
    OTHER = "other"


# The gases that a factor may count; NON_CO2 includes the other effects of flying on the climate. An energy
# content counts none.
NON_CO2 = "CO2, CH4, N2O, non-CO2"
GASES = ("", "CO2", "CO2e", "CO2, CH4, N2O", NON_CO2)
# The sets of global warming potentials over 100 years: the IPCC’s fourth, fifth and sixth assessment reports.
GWP_SETS = ("AR4", "AR5", "AR6")
SCOPES = ("1", "2-location", "2-market", *(f"3.{number}" for number in range(1, 16)))


@dataclass(frozen=True, slots=True)
class FactorEdition:
    """One edition of a source: a file under `criteria/factors/` that never changes after release.

    `published` is "2026", "2026-03" or "2026-03-31". `checked` says how the values were verified, and
    `attribution` is the sentence that the licence requires to be shown. `gwp_set` is one of GWP_SETS for an
    edition that holds global warming potentials themselves, else "".
    """

    key: str
    publisher: str
    title: str
    edition: str
    published: str
    address: str
    licence: Text
    is_own: bool = False
    checked: Text = NO_TEXT
    attribution: str = ""
    gwp_set: str = ""


@dataclass(frozen=True, slots=True)
class Factor:
    """`value` units of `result_unit` for each `unit` of an activity, such as kg CO2e for each kWh (Hs).

    `key` stays the same over editions; `data_year` tells values of one key apart, such as an electricity
    mix by year. `gases` is one of GASES. `scope` says where it belongs after the GHG Protocol: of SCOPES,
    several with ", " between them, "" for an energy content. `reference` is the place in the source, and
    `aliases` are names under which tables that people import may know the factor. `succeeded_by` is the key
    of the factor that is proposed in place of this one today.
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
    topic: FactorTopic = FactorTopic.OTHER
    reference: str = ""
    aliases: tuple[str, ...] = ()
    succeeded_by: str = ""


@dataclass(frozen=True)
class Factors:
    """All factors by key; of each key every edition and data year."""

    editions: Mapping[str, FactorEdition]
    by_key: Mapping[str, tuple[Factor, ...]]

    def exact(self, key: str, edition: str, data_year: int | None = None) -> Factor | None:
        """The factor of exactly this edition and data year, or None."""
        factors = self.by_key.get(key, ())
        return next(
            (factor for factor in factors if (factor.edition.key, factor.data_year) == (edition, data_year)),
            None,
        )

    def newest(self, key: str, year: int) -> Factor | None:
        """The value to propose for a reporting year; None if there is none.

        It is that of the year, else of the latest year before it, else of the first year there is; of several
        editions the one published last. Factors with the use DEFAULT are considered, or the optional ones if
        there are none, but never cross-checks.
        """
        factors = [factor for factor in self.by_key.get(key, ()) if factor.use is not FactorUse.CROSS_CHECK]
        factors = [factor for factor in factors if factor.use is FactorUse.DEFAULT] or factors
        if not factors:
            return None
        fitting = [factor for factor in factors if factor.data_year is None or factor.data_year <= year]
        earliest = min(factor.data_year or 0 for factor in factors)
        latest = max((factor.data_year or 0 for factor in fitting), default=earliest)
        return max(
            (factor for factor in factors if (factor.data_year or 0) == latest),
            key=lambda factor: (factor.edition.published, factor.edition.key),
        )
