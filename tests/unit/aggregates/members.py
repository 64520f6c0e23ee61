"""Members of a cluster with made-up figures, and small rules by which releases of them are built."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random
from statistics import median

from dnk_tool.catalogue.aggregation_rules import AggregationRules, ReleaseFigure, load_aggregation_rules
from dnk_tool.catalogue.values import NO_TEXT
from dnk_tool.domain.aggregates.entries import BuiltRelease, EarlierRelease
from dnk_tool.domain.aggregates.model import CompanyFigures
from dnk_tool.domain.aggregates.release import build_release
from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.organisation import CompanySize
from tests.unit.aggregates.attacker import (
    DATAPOINTS,
    ELECTRICITY,
    RATE,
    RENEWABLE,
    TOTAL,
    Attack,
    Published,
    Version,
)

RULES = replace(
    load_aggregation_rules(),
    figures=(
        ReleaseFigure(TOTAL, (TOTAL,), NO_TEXT, True, False, ("company", "employee")),
        ReleaseFigure(ELECTRICITY, (ELECTRICITY,), NO_TEXT, True, False, (), TOTAL),
        ReleaseFigure(RATE, (RATE,), NO_TEXT, False, True, ()),
    ),
)
KINDS = ("apart", "equal", "near", "zeros")
APART = 0.1  # two values that differ by this share of them may both be true
ATTACKED = 3  # companies by each attacker; the others are as safe as these


def one_member(number: int, total: object, **changes: object) -> CompanyFigures:
    """A confirmed company that gives its total energy in kWh, and what else is named."""
    figures = {TOTAL: Figure(Decimal(str(total)), "kWh")}
    for name, key in (("electricity", ELECTRICITY), ("renewable", RENEWABLE)):
        if name in changes:
            figures[key] = Figure(Decimal(str(changes.pop(name))), "kWh")
    return replace(CompanyFigures(number, 1, figures, is_confirmed=True), **changes)  # type: ignore[arg-type]


def member_totals(totals: Sequence[object], **changes: object) -> list[CompanyFigures]:
    """Companies numbered from 0 with these totals."""
    return [one_member(number, total, **changes) for number, total in enumerate(totals)]


def total_of(company: CompanyFigures) -> float:
    """The total energy of a company in kWh."""
    return float(company.figures[TOTAL].value or 0)


def random_company(number: int, kind: str, chance: Random) -> CompanyFigures:
    """A company of a kind of cluster: values far apart, equal, near each other, or often zero."""
    total = {
        "apart": round(10 ** chance.uniform(0, 3), 1),
        "equal": 100,
        "near": round(chance.uniform(95, 105), 1),
        "zeros": chance.choice([0, 0, chance.randint(1, 50)]),
    }[kind]
    parts = {
        name: round(total * chance.choice([low, 0.5, chance.random()]), 2)
        for name, low in (("electricity", 1), ("renewable", 0))
        if chance.random() < 0.9
    }
    return one_member(
        number,
        total,
        **parts,
        section=chance.choice(["", "C", "C", "G"]),
        size=chance.choice([None, CompanySize.SMALL, CompanySize.MICRO]),
        is_published=chance.random() < 0.3,
        is_submitted=chance.random() < 0.7,
        employees=chance.choice([5, 20, 20, 60, 300]),
    )


def built_release(
    members: Sequence[CompanyFigures],
    rules: AggregationRules = RULES,
    *,
    earlier: Sequence[EarlierRelease] = (),
) -> BuiltRelease:
    """The release of these members."""
    return build_release(2025, members, DATAPOINTS, rules, earlier=earlier)


def published_after(
    members: Sequence[CompanyFigures], before: Published, rules: AggregationRules = RULES
) -> Published:
    """The release of the next year as an attacker has it."""
    release = build_release(2026, members, DATAPOINTS, rules, year_before=after(before))
    return Published(release, tuple(members))


def published_release(members: Sequence[CompanyFigures], rules: AggregationRules = RULES) -> Published:
    """The release of these members as an attacker has it."""
    return Published(built_release(members, rules), tuple(members))


def after(release: Published, gone: frozenset[int] = frozenset()) -> EarlierRelease:
    """The release as it is kept, without companies that have taken back their consent."""
    return EarlierRelease(
        release.release.content,
        tuple(each for each in release.release.entries if each.company not in gone),
        tuple(each for each in release.companies if each.company not in gone),
    )


def worked_out(attack: Attack, chance: Random) -> list[Version]:
    """The versions whose value the attack finds: those that only some releases have are tried first.

    For a small company, two values need to differ by a share of the middle value only.
    """
    releases = attack.releases
    values = {(each.company, each.version): total_of(each) for one in releases for each in one.companies}
    usual = median(values.values())
    unknown = sorted(
        values.keys() - attack.known, key=lambda key: (_is_in_all(key, releases), chance.random())
    )
    found = []
    for key in unknown[:ATTACKED]:
        apart = APART * max(values[key], min(usual, attack.middle or usual)) * 0.999
        if not attack.is_hidden(key, apart):
            found.append(key)
    return found


def _is_in_all(version: Version, releases: Sequence[Published]) -> bool:
    return all(version in {(each.company, each.version) for each in one.companies} for one in releases)
