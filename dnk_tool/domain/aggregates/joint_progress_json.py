"""The JSON form of a joint sum and of what each company gave to it; numbers are exact text."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from dnk_tool.domain import numbers
from dnk_tool.domain.aggregates.counted_savings import CountedSaving
from dnk_tool.domain.aggregates.joint_goal import (
    JointProgress,
    KindPart,
    Saving,
    SavingPart,
    SavingSum,
    StatePart,
)
from dnk_tool.domain.aggregates.model import Group, Rule
from dnk_tool.domain.measures.model import EffectBasis, MeasureState
from dnk_tool.domain.organisation import CompanySize

Json = dict[str, Any]


def progress_to_json(progress: JointProgress) -> Json:
    """The progress as a JSON object."""
    return {
        "from_year": progress.from_year,
        "until_year": progress.until_year,
        "rules": progress.rules,
        "members": progress.members,
        "total": _part_to_json(progress.total),
        "states": [
            {"states": sorted(one.states), "part": _part_to_json(one.part)} for one in progress.states
        ],
        "states_rule": progress.states_rule.value,
        "kinds": [
            {"kind": one.kind, "kinds": one.kinds, "part": _part_to_json(one.part)} for one in progress.kinds
        ],
        "kinds_rule": progress.kinds_rule.value,
        "bases": {basis.value: count for basis, count in progress.bases.items()},
        **({} if progress.similar is None else {"similar": _similar_to_json(progress.similar)}),
    }


def progress_from_json(content: Mapping[str, Any]) -> JointProgress:
    """The progress from the JSON of `progress_to_json`."""
    return JointProgress(
        from_year=content["from_year"],
        until_year=content["until_year"],
        rules=content["rules"],
        members=content["members"],
        total=_part_from_json(content["total"]),
        states=tuple(
            StatePart(frozenset(map(MeasureState, one["states"])), _part_from_json(one["part"]))
            for one in content["states"]
        ),
        states_rule=Rule(content["states_rule"]),
        kinds=tuple(
            KindPart(one["kind"], _part_from_json(one["part"]), one["kinds"]) for one in content["kinds"]
        ),
        kinds_rule=Rule(content["kinds_rule"]),
        bases={EffectBasis(basis): count for basis, count in content["bases"].items()},
        similar=_similar_from_json(content["similar"]) if "similar" in content else None,
    )


def savings_to_json(savings: Sequence[CountedSaving]) -> list[Json]:
    """What one company gave to a sum, without a word of its measures."""
    return [
        {
            "kind": each.kind,
            "state": each.state.value,
            "amounts": _texts(each.amounts),
            "carriers": _texts(each.carriers),
            "measures": each.measures,
            "is_readable": each.is_readable,
        }
        for each in savings
    ]


def savings_from_json(company: int, content: Sequence[Mapping[str, Any]]) -> list[CountedSaving]:
    """What the company gave to a sum, from the JSON of `savings_to_json`."""
    return [
        CountedSaving(
            company,
            each["kind"],
            MeasureState(each["state"]),
            {Saving(saving): Decimal(text) for saving, text in each["amounts"].items()},
            {carrier: Decimal(text) for carrier, text in each["carriers"].items()},
            each["measures"],
            each["is_readable"],
        )
        for each in content
    ]


def _texts(amounts: Mapping[Any, Decimal]) -> dict[str, str]:
    return {str(key): numbers.plain(amount) for key, amount in amounts.items()}


def _similar_to_json(similar: Mapping[Group, tuple[str, ...]]) -> list[Json]:
    return [
        {"section": group.section, "size": group.size.value if group.size else "", "kinds": list(kinds)}
        for group, kinds in similar.items()
    ]


def _similar_from_json(content: Sequence[Mapping[str, Any]]) -> dict[Group, tuple[str, ...]]:
    return {
        Group(one["section"], CompanySize(one["size"]) if one["size"] else None): tuple(one["kinds"])
        for one in content
    }


def _part_to_json(part: SavingPart) -> Json:
    sums = {
        saving.value: {
            "companies": each.companies,
            "value": None if each.value is None else numbers.plain(each.value),
            "rule": each.rule.value,
        }
        for saving, each in part.sums.items()
    }
    return {"companies": part.companies, "measures": part.measures, "sums": sums}


def _part_from_json(content: Mapping[str, Any]) -> SavingPart:
    sums = {
        Saving(saving): SavingSum(
            each["companies"], None if each["value"] is None else Decimal(each["value"]), Rule(each["rule"])
        )
        for saving, each in content["sums"].items()
    }
    return SavingPart(content["companies"], content["measures"], sums)
