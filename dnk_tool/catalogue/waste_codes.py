"""The waste codes (AVV) that a line of waste may carry, with the days between which each holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from dnk_tool.catalogue.problems import Problem, sound
from dnk_tool.catalogue.values import Text, Verification
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.paths import criteria_folder


@dataclass(frozen=True, slots=True)
class WasteCode:
    """A code such as 15 01 10, as it holds from one day to another; a day that is None is open.

    `words` are what people call the waste; `successors` the codes that stand for it once it is gone.
    """

    key: str
    label: Text
    is_hazardous: bool = False
    valid_from: date | None = None
    valid_until: date | None = None
    successors: tuple[str, ...] = ()
    verified: Verification = Verification.CONFIRMED
    words: tuple[str, ...] = ()

    def holds_in(self, year: int) -> bool:
        """Whether the code holds on at least one day of the year."""
        starts = self.valid_from is None or self.valid_from.year <= year
        return starts and (self.valid_until is None or self.valid_until.year >= year)

    @property
    def marked_key(self) -> str:
        """The code as the list writes it: with an asterisk if it is hazardous."""
        return f"{self.key}*" if self.is_hazardous else self.key


@dataclass(frozen=True, slots=True)
class WasteCodes:
    """The list of waste codes. A code whose name or mark changes stands in `by_key` once for each time.

    `headings`: the titles of chapters (15) and groups (15 01).
    """

    source: str
    as_of: str
    headings: Mapping[str, Text]
    by_key: Mapping[str, tuple[WasteCode, ...]]

    def of_year(self, key: str, year: int) -> tuple[WasteCode, ...]:
        """The code as it holds in a year: twice in the year of its change, not at all if it is unknown."""
        return tuple(code for code in self.by_key.get(key, ()) if code.holds_in(year))


@cache
def load_waste_codes() -> WasteCodes:
    """The waste codes as frozen values. Raises CatalogueError with every fault."""
    return sound(build_waste_codes(criteria_folder()))


def build_waste_codes(folder: Path) -> tuple[WasteCodes, list[Problem]]:
    """The waste codes and all faults of their file; nothing is raised."""
    problems: list[Problem] = []
    root = read_yaml(folder / "waste-codes.yaml", problems)
    headings = {node.string("key"): node.text("label") for node in root.children("headings")}
    by_key: dict[str, tuple[WasteCode, ...]] = {}
    for node in root.children("codes"):
        code = _code(node)
        if code.key[:5] not in headings:
            node.note(f"'{code.key}' stands under no heading", "key")
        by_key[code.key] = (*by_key.get(code.key, ()), code)
    for key, codes in by_key.items():
        if any(_overlap(one, other) for at, one in enumerate(codes) for other in codes[at + 1 :]):
            root.note(f"'{key}' stands twice for the same days", "codes")
        for unknown in sorted({name for code in codes for name in code.successors} - by_key.keys()):
            root.note(f"'{key}' names the unknown code '{unknown}'", "codes")
    root.string("change_source")
    codes_of_list = WasteCodes(root.string("source"), root.string("as_of"), headings, by_key)
    root.note_unknown()
    return codes_of_list, sorted(set(problems))


def _code(node: Node) -> WasteCode:
    return WasteCode(
        key=node.string("key"),
        label=node.text("label"),
        is_hazardous=node.flag("hazardous"),
        valid_from=_day(node, "valid_from"),
        valid_until=_day(node, "valid_until"),
        successors=node.strings("successors"),
        verified=node.enum("verified", Verification) if node.has("verified") else Verification.CONFIRMED,
        words=node.strings("words"),
    )


def _day(node: Node, key: str) -> date | None:
    if not node.has(key):
        return None
    try:
        return date.fromisoformat(node.string(key))
    except ValueError:
        node.note("is no day", key)
        return None


def _overlap(code: WasteCode, other: WasteCode) -> bool:
    return (code.valid_from or date.min) <= (other.valid_until or date.max) and (
        other.valid_from or date.min
    ) <= (code.valid_until or date.max)
