"""A release, and what it keeps of a company, as JSON and back; numbers are exact text."""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dnk_tool.domain import numbers
from dnk_tool.domain.aggregates.entries import ReleaseEntry
from dnk_tool.domain.aggregates.model import (
    Difference,
    FigureCoverage,
    Group,
    PerUnit,
    ReleaseContent,
    ReleasedNumber,
    Rule,
    Statistic,
)
from dnk_tool.domain.organisation import CompanySize

Json = Mapping[str, Any]


def release_to_json(content: ReleaseContent) -> tuple[str, str]:
    """The release as canonical JSON text, and its SHA-256: the same release always gives the same."""
    data = {
        "reporting_year": content.reporting_year,
        "rules": content.rules,
        "members": content.members,
        "numbers": [_number_to_json(number) for number in content.numbers],
        "coverage": [_coverage_to_json(coverage) for coverage in content.coverage],
        "matched": {key: [_number_to_json(each) for each in pair] for key, pair in content.matched.items()},
        "unconfirmed": content.unconfirmed,
        "is_confirmed": content.is_confirmed,
    }
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text, hashlib.sha256(text.encode("utf-8")).hexdigest()


def release_from_json(text: str) -> ReleaseContent:
    """The release that `release_to_json` wrote. Raises KeyError or ValueError for anything else."""
    data = json.loads(text)
    pairs = {key: [_number(each) for each in pair] for key, pair in data["matched"].items()}
    return ReleaseContent(
        reporting_year=data["reporting_year"],
        rules=data["rules"],
        members=data["members"],
        numbers=tuple(_number(each) for each in data["numbers"]),
        coverage=tuple(_coverage(each) for each in data["coverage"]),
        matched={key: (before, now) for key, (before, now) in pairs.items()},
        unconfirmed=data.get("unconfirmed", 0),
        is_confirmed=data.get("is_confirmed", False),
    )


def _number_to_json(number: ReleasedNumber) -> dict[str, Any]:
    return {
        "figure": number.figure,
        "statistic": number.statistic.value,
        "group": _group_to_json(number.group),
        "companies": number.companies,
        "value": None if number.value is None else numbers.plain(number.value),
        "unit": number.unit,
        "rule": number.rule.value,
        "per": number.per.value,
        "left_out": number.left_out,
        "unread": number.unread,
    }


def _number(data: Json) -> ReleasedNumber:
    return ReleasedNumber(
        figure=data["figure"],
        statistic=Statistic(data["statistic"]),
        group=_group(data["group"]),
        companies=data["companies"],
        value=None if data["value"] is None else Decimal(data["value"]),
        unit=data["unit"],
        rule=Rule(data["rule"]),
        per=PerUnit(data["per"]),
        left_out=data["left_out"],
        unread=data["unread"],
    )


def _group_to_json(group: Group) -> dict[str, Any]:
    size = {"size": group.size.value} if group.size else {}
    return {"section": group.section, "is_rest": group.is_rest, **size}


def _group(data: Json) -> Group:
    size = CompanySize(data["size"]) if "size" in data else None
    return Group(data["section"], size, is_rest=data["is_rest"])


def _coverage_to_json(coverage: FigureCoverage) -> dict[str, Any]:
    return {
        "figure": coverage.figure,
        "members": coverage.members,
        "reported": coverage.reported,
        "explained": coverage.explained,
        "comparable": coverage.comparable,
        "differences": {reason.value: count for reason, count in coverage.differences.items()},
    }


def _coverage(data: Json) -> FigureCoverage:
    return FigureCoverage(
        figure=data["figure"],
        members=data["members"],
        reported=data["reported"],
        explained=data["explained"],
        comparable=data["comparable"],
        differences={Difference(reason): count for reason, count in data["differences"].items()},
    )


def entry_to_json(entry: ReleaseEntry) -> dict[str, Any]:
    """What a release keeps of a company: its version, in which numbers it entered, and its own quarters."""
    return {
        "company": entry.company,
        "version": entry.version,
        "numbers": dict(entry.numbers),
        "quarters": dict(entry.quarters),
    }


def entry_from_json(data: Json) -> ReleaseEntry:
    """What `entry_to_json` wrote. Raises KeyError for anything else."""
    return ReleaseEntry(data["company"], data["version"], data["numbers"], data["quarters"])
