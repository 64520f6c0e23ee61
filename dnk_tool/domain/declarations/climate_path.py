"""A company's path to its climate goal as a declaration carries it: a record, in t CO2e."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dnk_tool.domain import numbers


@dataclass(frozen=True, slots=True)
class DeclaredYear:
    """A year of the path; `actual` and `expected` (with the decided measures) are None where unknown."""

    year: int
    path: Decimal
    actual: Decimal | None = None
    expected: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DeclaredPath:
    """The goal, the path and the assumptions. `percent`: the goal as a share, None for one as an amount.

    `scope2` and `neutrality` are the values of the domain's enums, `scope3` keys of figures. `measures`: the
    decided measures that count, by name; single amounts and owners are left out. `grid`: kg CO2e for each kWh
    today and from `grid_year` on.
    """

    base_year: int
    base: Decimal
    target_year: int
    target: Decimal
    scope2: str
    years: tuple[DeclaredYear, ...]
    percent: Decimal | None = None
    scope3: tuple[str, ...] = ()
    base_reason: str = ""
    neutral_year: int | None = None
    neutrality: str = ""
    grid: tuple[Decimal, Decimal] | None = None
    grid_year: int | None = None
    measures: tuple[str, ...] = ()

    @property
    def last_actual(self) -> int:
        """The latest year with figures; the base year has its value from the goal."""
        return max((each.year for each in self.years if each.actual is not None), default=self.base_year)

    def to_json(self) -> dict[str, Any]:
        """The path as a JSON object without empty fields; numbers are exact text."""
        grid = self.grid and {
            "start": numbers.plain(self.grid[0]),
            "end": numbers.plain(self.grid[1]),
            "year": self.grid_year,
        }
        return _without_empty(
            {
                "base_year": self.base_year,
                "base": numbers.plain(self.base),
                "base_reason": self.base_reason,
                "target_year": self.target_year,
                "target": numbers.plain(self.target),
                "percent": _plain(self.percent),
                "scope2": self.scope2,
                "scope3": list(self.scope3),
                "neutral_year": self.neutral_year,
                "neutrality": self.neutrality,
                "grid": grid,
                "years": [_year_to_json(each) for each in self.years],
                "measures": list(self.measures),
            }
        )


def _year_to_json(each: DeclaredYear) -> dict[str, Any]:
    amounts = {"path": each.path, "actual": each.actual, "expected": each.expected}
    return _without_empty({"year": each.year, **{name: _plain(value) for name, value in amounts.items()}})


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else numbers.plain(value)


def _without_empty(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in (None, "", [], {})}
