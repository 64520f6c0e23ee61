"""The firm that walks, and what it has to say: tests/data/journey.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.journey.helps import Help, load_helps

FILE = Path(__file__).parents[1] / "data" / "journey.toml"


@dataclass(frozen=True)
class Firm:
    """What is typed and chosen, by the place where it belongs.

    `texts`, `reasons`, `figures` and `choices` are by point or item,
    `zeros` how many of a point's boxes that report zero are ticked. `helps`: what it helps to say.
    """

    account: dict[str, str]
    profile: dict[str, str]
    general: dict[str, str]
    bills: dict[str, str]
    bill_units: dict[str, str]
    payroll: dict[str, str]
    texts: dict[str, str]
    reasons: dict[str, str]
    figures: dict[str, str]
    choices: dict[str, str]
    zeros: dict[str, int]
    helps: Mapping[str, Help] = field(default_factory=dict)


def load_firm(indicator_set: str, *, with_helps: bool = False) -> Firm:
    """The firm with the texts of all sets and the figures of this."""
    content = tomllib.loads(FILE.read_text("utf-8"))
    own = content[indicator_set]
    return Firm(
        content["account"],
        content["profile"],
        content["general"],
        content["bills"],
        content["bill_units"],
        content["payroll"],
        content["texts"] | own.get("texts", {}),
        content["explained"] | own["explained"],
        own["figures"],
        own.get("choices", {}),
        own.get("zeros", {}),
        load_helps() if with_helps else {},
    )
