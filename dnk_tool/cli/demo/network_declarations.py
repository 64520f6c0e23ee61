"""Builds the declarations of the demo's climate network from each firm's words and amounts."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from dnk_tool.cli.demo.member_declarations import DemoMemberData, build_declaration
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Quality
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.material_flow import DeclaredFlow
from dnk_tool.domain.figures.material_flow import FlowYear
from dnk_tool.domain.quantities import Quantity

FILE = Path(__file__).with_name("climate_network.json")
SCOPE_3 = "GRI-SRS-305-3"
MATERIALS = "GRI-SRS-301-1"
MATERIAL_TABLES = {"non_renewable": f"{MATERIALS}.a-i", "renewable": f"{MATERIALS}.a-ii"}
# Kilograms of CO2 equivalent in a kWh, as the firms' texts say them.
ELECTRICITY, HEATING, GAS, DIESEL = Decimal("0.363"), Decimal("0.200"), Decimal("0.201"), Decimal("0.266")
# What the firms have none of, with the unit; a zero is a value.
ZEROS = {
    "energy.fuels.renewable": "kWh",
    "energy.cooling.consumption": "kWh",
    "energy.steam.consumption": "kWh",
    "ghg.scope1.biogenic": "t-co2e",
    "water.withdrawal.water-stress": "m3",
    "water.withdrawal.other": "m3",
}


@dataclass(frozen=True)
class NetworkFirm:
    """A firm of the climate network. `amounts` by year: kWh, m3 and t as its bills say them.

    `flow`: by year, what it knows of its flow of material in t, which its declarations take in.
    """

    member: DemoMemberData
    amounts: Mapping[int, Mapping[str, Decimal]]
    flow: Mapping[int, Mapping[str, Decimal]]

    @property
    def key(self) -> str:
        """The firm's key in the file, which is the name of its website, too."""
        return self.member.key

    def emissions(self, year: int) -> Decimal:
        """Scope 1 and 2 of a year, location-based, in t CO2e."""
        figures = dict(_figures(self.amounts[year]))
        parts = (figures[key].value for key in ("ghg.scope1.gross", "ghg.scope2.location"))
        return sum((part for part in parts if part is not None), Decimal(0))

    @property
    def allows_figures(self) -> bool:
        """Whether it lets its figures enter sums."""
        return bool(self.member.words.get("allows_figures", True))

    @property
    def counts_all_gases(self) -> bool:
        """Whether its Scope 1 has all gases of burning fuels, so that it is compared with others."""
        return bool(self.amounts) and not self.member.words.get("only_co2", False)

    @property
    def shows_profile(self) -> bool:
        """Whether it lets the network use its sector and size."""
        return bool(self.member.words.get("shows_profile", True))


@cache
def _load_data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return data


def load_firms() -> dict[str, NetworkFirm]:
    """The firms of the file by key, each with the figures that follow from its amounts."""
    return {words["key"]: _firm(words) for words in _load_data()["companies"]}


def load_measures() -> list[dict[str, Any]]:
    """The members' measures as the file has them, each with the key of its `firm`."""
    listed: list[dict[str, Any]] = _load_data()["measures"]
    return listed


def build_network_declaration(firm: NetworkFirm, year: int, *, first: int) -> Document:
    """The firm's declaration for a year; the `first` one has the figures of the years before it, too."""
    document = build_declaration(firm.member, year)
    answers, figures = dict(document.answers), dict(document.figures)
    if firm.counts_all_gases:
        answers["GRI-SRS-305-1.b"] = Answer(value=("co2", "ch4", "n2o"))
    if "scope3" in firm.amounts.get(year, {}):
        answers[SCOPE_3] = Answer(Disclosure.COMPLY)
        answers |= {ref: Answer(text=text) for ref, text in _load_data()["scope3"].items()}
        figures[year, "ghg.scope3.gross"] = Figure(firm.amounts[year]["scope3"], "t-co2e", Quality.CALCULATED)
    if year == first:
        for earlier in (known for known in firm.amounts if known < first):
            figures |= {(earlier, key): figure for key, figure in _figures(firm.amounts[earlier])}
    answers |= _material_answers(firm, year)
    flow = _declared_flow(firm, year, first=first)
    return replace(document, answers=answers, figures=figures, material_flow=flow)


def _material_answers(firm: NetworkFirm, year: int) -> dict[str, Answer]:
    """What a firm that weighs its materials says of them; nothing for the others, which explain that."""
    amounts = firm.flow.get(year, {})
    rows = {
        ref: Answer(value=Rows(({"material": name, "amount": Quantity(amounts[kind], "t")},)))
        for kind, ref in MATERIAL_TABLES.items()
        if (name := firm.member.words.get("materials", {}).get(kind)) and kind in amounts
    }
    return {MATERIALS: Answer(Disclosure.COMPLY), **rows} if rows else {}


def _declared_flow(firm: NetworkFirm, year: int, *, first: int) -> DeclaredFlow | None:
    """The flow of the year, with those of the years before it in the `first` declaration."""
    if year not in firm.flow:
        return None
    told = [of for of in firm.flow if of == year or (year == first and of < first)]
    return DeclaredFlow(
        tuple(FlowYear(of, waste=firm.amounts[of]["waste"], **firm.flow[of]) for of in sorted(told))
    )


def _firm(words: dict[str, Any]) -> NetworkFirm:
    amounts, flow = (_by_year(words.get(name, {})) for name in ("years", "flow"))
    shared = _load_data()
    explained = {**shared["without_amounts"], **words.get("explained", {})}
    filled = {**words, "mix": shared["mix"], "explained": explained} if amounts else words
    member = DemoMemberData(words["key"], {**filled, **_figure_words(words, amounts)})
    return NetworkFirm(member, amounts, flow)


def _by_year(words: dict[str, dict[str, float]]) -> dict[int, dict[str, Decimal]]:
    return {
        int(year): {name: Decimal(str(amount)) for name, amount in of_year.items()}
        for year, of_year in words.items()
    }


def _figure_words(
    words: dict[str, Any], amounts: Mapping[int, Mapping[str, Decimal]]
) -> dict[str, dict[str, dict[str, str]]]:
    """The figures as the file of the other members has them: by datapoint with unit, quality and years."""
    by_key: dict[str, dict[str, str]] = {}
    reports, estimated = words.get("reports"), words.get("estimated", ())
    for year, of_year in amounts.items():
        for key, figure in _figures(of_year, estimated):
            if reports is None or key.split(".")[0] in reports:
                entry = by_key.setdefault(key, {"unit": figure.unit, "quality": str(figure.quality)})
                entry[str(year)] = str(figure.value)
    return {"figures": by_key} if by_key else {}


def _figures(
    amounts: Mapping[str, Decimal], estimated: tuple[str, ...] | list[str] = ()
) -> Iterator[tuple[str, Figure]]:
    """What follows from a year's amounts, by datapoint; tonnes have one decimal."""
    fuels = amounts["gas"] + amounts["diesel"]
    electricity, heating = amounts["electricity"], amounts["heating"]
    values = {
        "energy.fuels.non-renewable": (fuels, "kWh", Quality.MEASURED),
        "energy.electricity.consumption": (electricity, "kWh", Quality.MEASURED),
        "energy.heating.consumption": (heating, "kWh", Quality.MEASURED),
        "energy.total": (fuels + electricity + heating, "kWh", Quality.CALCULATED),
        "ghg.scope1.gross": (
            _tonnes(amounts["gas"] * GAS + amounts["diesel"] * DIESEL),
            "t-co2e",
            Quality.CALCULATED,
        ),
        "ghg.scope2.location": (
            _tonnes(electricity * ELECTRICITY + heating * HEATING),
            "t-co2e",
            Quality.CALCULATED,
        ),
        "ghg.scope2.market": (
            _tonnes(electricity * ELECTRICITY + heating * HEATING),
            "t-co2e",
            Quality.CALCULATED,
        ),
        "water.withdrawal.total": (amounts["water"], "m3", Quality.MEASURED),
        "water.withdrawal.freshwater": (amounts["water"], "m3", Quality.MEASURED),
        "waste.total": (
            amounts["waste"],
            "t",
            Quality.ESTIMATED if "waste" in estimated else Quality.MEASURED,
        ),
    }
    for key, (value, unit, quality) in values.items():
        yield key, Figure(value, unit, quality)
    for key, unit in ZEROS.items():
        yield key, Figure(Decimal(0), unit, Quality.MEASURED)


def _tonnes(kilograms: Decimal) -> Decimal:
    return (kilograms / 1000).quantize(Decimal("0.1"))
