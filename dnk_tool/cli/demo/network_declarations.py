"""Builds the declarations of the demo's climate network from each firm's words and amounts."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from dnk_tool.cli.demo.calculated import emissions_of
from dnk_tool.cli.demo.content import DemoBill
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
# The bills of a year: the amount's name in the file, the kind of line, what it is called, and its unit.
BILLS = (
    ("gas", "energy/natural-gas", "Jahresrechnung Gas", "kWh-hi"),
    ("diesel", "energy/diesel", "Tankkarten", "l"),
    ("electricity", "energy/electricity", "Jahresrechnung Strom", "kWh"),
    ("heating", "energy/district-heat", "Jahresrechnung Fernwärme", "kWh"),
    ("water", "water/mains", "Wasserrechnung", "m3"),
)
# What the suppliers of district heat state.
STATED = {"heating": {"supplier-value": "200 g-co2e-per-kWh"}}


@dataclass(frozen=True)
class NetworkFirm:
    """A firm of the climate network. `amounts` by year: kWh, l, m3 and t as its bills say them.

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
        return emissions_of(self.member.figures(year))

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
        answers |= dict(_scope_3_answers(document, firm))
        figures[year, "ghg.scope3.gross"] = Figure(firm.amounts[year]["scope3"], "t-co2e", Quality.CALCULATED)
    if year == first:
        for earlier in (known for known in firm.amounts if known < first):
            figures |= {(earlier, key): each for key, each in firm.member.figures(earlier).items()}
    answers |= _material_answers(firm, year)
    flow = _declared_flow(firm, year, first=first)
    return replace(document, answers=answers, figures=figures, material_flow=flow)


def _scope_3_answers(document: Document, firm: NetworkFirm) -> Iterator[tuple[str, Answer]]:
    """What a firm that reports a part of Scope 3 says of it, also among the answers of criterion 13."""
    for ref, text in _load_data()["scope3"].items():
        said = text.format(**firm.member.words)
        yield ref, Answer(document.answers.get(ref, Answer()).disclosure, text=said)


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
    explained = {**_load_data()["without_amounts"], **words.get("explained", {})}
    more = {"explained": explained, "figures": _waste(words, amounts)}
    filled = {"basisjahr": min(amounts), **words, **more} if amounts else words
    bills = {year: tuple(_bills(of_year)) for year, of_year in amounts.items()}
    return NetworkFirm(DemoMemberData(words["key"], filled, bills), amounts, flow)


def _by_year(words: dict[str, dict[str, float]]) -> dict[int, dict[str, Decimal]]:
    return {
        int(year): {name: Decimal(str(amount)) for name, amount in of_year.items()}
        for year, of_year in words.items()
    }


def _bills(amounts: Mapping[str, Decimal]) -> Iterator[DemoBill]:
    """The bills of a year, without those over nothing."""
    for name, kind, label, unit in BILLS:
        if amounts[name]:
            calculator, _, activity = kind.partition("/")
            yield DemoBill(
                calculator=calculator,
                activity=activity,
                label=label,
                amount=amounts[name],
                unit=unit,
                fields=STATED.get(name, {}),
            )


def _waste(words: dict[str, Any], amounts: Mapping[int, Mapping[str, Decimal]]) -> dict[str, dict[str, str]]:
    """The waste by year as the file of the other members has figures: with unit and quality."""
    is_estimated = "waste" in words.get("estimated", ())
    quality = Quality.ESTIMATED if is_estimated else Quality.MEASURED
    by_year = {str(year): str(of_year["waste"]) for year, of_year in amounts.items()}
    return {"waste.total": {"unit": "t", "quality": quality, **by_year}}
