"""What law says today, from `law.yaml`: each law once, with its source, the day of reading and its places."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from dnk_tool.catalogue.problems import Problem, sound
from dnk_tool.catalogue.values import NO_TEXT, Text
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.language import format_long_date
from dnk_tool.paths import criteria_folder

FILE = "law.yaml"
AMOUNT = "{amount}"  # in a text: the amount of the declaration's year


@dataclass(frozen=True, slots=True)
class LawAmount:
    """An amount that a law names, and the day from which it applies."""

    since: date
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """What a law says, whom it concerns and from when, read on the day `read`.

    One that is not `is_checked` has no day: nobody could confirm it. One with `amounts` has their days.
    """

    key: str
    name: Text
    text: Text
    is_checked: bool
    read: date
    source: Text
    address: str
    places: tuple[str, ...]
    applies_to: Text = NO_TEXT
    since: date | None = None
    amounts: tuple[LawAmount, ...] = ()

    def amount_in(self, year: int) -> LawAmount | None:
        """The amount with which the year begins; None before the first."""
        known = (amount for amount in self.amounts if amount.since <= date(year, 1, 1))
        return max(known, key=lambda amount: amount.since, default=None)


@cache
def load_laws() -> Mapping[str, Law]:
    """The laws by key, in the order of the file. Raises CatalogueError with every fault."""
    return sound(build_laws(criteria_folder()))


def build_laws(folder: Path) -> tuple[Mapping[str, Law], list[Problem]]:
    """The laws by key and all faults of their file; nothing is raised."""
    problems: list[Problem] = []
    root = read_yaml(folder / FILE, problems)
    laws = [_law(node) for node in root.children("laws")]
    root.distinct("laws", (law.key for law in laws))
    root.note_unknown()
    return {law.key: law for law in laws}, sorted(set(problems))


def law_words(laws: Iterable[Law]) -> Mapping[str, Text]:
    """What other files may name in braces: {supply-chain-act.since}, {….applies-to} and {….read}."""
    words: dict[str, Text] = {}
    for law in laws:
        words[f"{law.key}.read"] = _day(law.read)
        if law.since:
            words[f"{law.key}.since"] = _day(law.since)
        if law.applies_to != NO_TEXT:
            words[f"{law.key}.applies-to"] = law.applies_to
    return words


def _day(value: date) -> Text:
    return Text(format_long_date(value, "de"), format_long_date(value, "en"))


def _law(node: Node) -> Law:
    source = node.child("source")
    law = Law(
        key=node.string("key"),
        name=node.text("name"),
        text=node.text("text"),
        is_checked=node.flag("checked"),
        read=node.day("read"),
        source=source.text("title"),
        address=source.string("address"),
        places=node.strings("places"),
        applies_to=node.text("applies_to", required=False),
        since=node.day("since") if node.has("since") else None,
        amounts=tuple(_amounts(node)),
    )
    is_dated = law.since is not None or bool(law.amounts)
    if law.is_checked and not (is_dated and law.applies_to != NO_TEXT):
        node.note("is checked, but says not from when and for whom", "since")
    if is_dated and not law.is_checked:
        node.note("has a day that nobody has checked", "since")
    if law.since and law.amounts:
        node.note("has a day of its own beside those of its amounts", "since")
    if any((AMOUNT in text) is not bool(law.amounts) for text in (law.text.de, law.text.en)):
        node.note(f"names {AMOUNT} without amounts, or has amounts that no text names", "text")
    return law


def _amounts(node: Node) -> Iterable[LawAmount]:
    for child in node.children("amounts") if node.has("amounts") else ():
        yield LawAmount(child.day("since"), child.decimal("value"))
