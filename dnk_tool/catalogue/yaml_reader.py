"""Reads a YAML file and collects every fault with its file and key."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from dnk_tool.catalogue.problems import Problem, duplicates
from dnk_tool.catalogue.values import NO_TEXT, Standing, Text, Verification
from dnk_tool.language import LANGUAGES

PARSED_FILE = Path(__file__).with_name("parsed.json")  # written by `build_hook`

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


@dataclass
class Node:
    """A value in a YAML file, with its file and path.

    A method that finds a missing or wrong value notes a problem and returns a neutral one, so that one pass
    finds every fault.
    """

    value: Any
    file: str
    path: str
    problems: list[Problem] = field(repr=False)
    constants: Mapping[str, Text] = field(default_factory=dict, repr=False)
    asked: set[tuple[str, str]] = field(default_factory=set, repr=False)

    def note(self, message: str, key: str = "") -> None:
        """Add a problem about this node, or about the value under `key`."""
        self.problems.append(Problem(self.file, self._at(key) or "(file)", message))

    def _at(self, key: object) -> str:
        return ".".join(str(part) for part in (self.path, key) if part != "")

    def get(self, key: str) -> Any:
        """The value under the key as it was read; None if it is missing or the node is no mapping."""
        self.asked.add((self.path, key))
        return self.value.get(key) if isinstance(self.value, dict) else None

    def note_unknown(self, *, besides: Collection[str] = ()) -> None:
        """Note each key of this and all nodes below that nobody asked for: a misspelt one would be ignored.

        `besides` are keys that stand there for maintainers, or for another reader. A node with another fault
        may not be read to its end and is left out.
        """
        if isinstance(self.value, list):
            for index, value in enumerate(self.value):
                if isinstance(value, dict | list):
                    self._below(value, f"{self.path}[{index}]").note_unknown(besides=besides)
        if not isinstance(self.value, dict):
            return
        is_faulty = any(
            problem.file == self.file and problem.key.startswith(self.path) for problem in self.problems
        )
        for key, value in self.value.items():
            if (self.path, key) in self.asked:
                if isinstance(value, dict | list):
                    self._below(value, self._at(key)).note_unknown(besides=besides)
            elif key not in besides and not is_faulty:
                self.note("is no key of this file", key)

    def _below(self, value: Any, path: str) -> "Node":
        return Node(value, self.file, path, self.problems, self.constants, self.asked)

    def has(self, key: str) -> bool:
        """Whether there is a value other than null under the key."""
        return self.get(key) is not None

    def child(self, key: str) -> "Node":
        """The mapping under the key; anything else is noted and gives an empty one."""
        mapping = self.get(key)
        if not isinstance(mapping, dict):
            self.note("is missing or is not a mapping", key)
            mapping = {}
        return self._below(mapping, self._at(key))

    def children(self, key: str) -> Iterator["Node"]:
        """The entries of the list under the key; a missing or empty list is noted."""
        entries = self.get(key)
        if not isinstance(entries, list) or not entries:
            self.note("is missing or is not a list", key)
            return
        for index, value in enumerate(entries):
            yield self._below(value, f"{self._at(key)}[{index}]")

    def string(self, key: str, default: str | None = None) -> str:
        """The text under the key; a missing one gives `default`, or is noted and gives an empty text."""
        text = self.get(key)
        if text is None and default is not None:
            return default
        if not isinstance(text, str):
            self.note("is missing or is not a text", key)
            return ""
        return text

    def integer(self, key: str, default: int | None = None) -> int:
        """The whole number under the key; a missing one gives `default`, or is noted and gives 0."""
        number = self.get(key)
        if number is None and default is not None:
            return default
        if type(number) is not int:
            self.note("is missing or is not a whole number", key)
            return 0
        return number

    def integers(self, key: str) -> tuple[int, ...]:
        """The whole numbers listed under the key; anything else is noted and gives none."""
        numbers = self.get(key)
        if not isinstance(numbers, list) or not all(type(number) is int for number in numbers):
            self.note("is missing or is not a list of whole numbers", key)
            return ()
        return tuple(numbers)

    def strings(self, key: str) -> tuple[str, ...]:
        """The texts listed under the key, none if it is missing; an empty text in the list is noted."""
        texts = self.get(key) or []
        if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
            self.note("is not a list of texts", key)
            return ()
        return tuple(texts)

    def flag(self, key: str) -> bool:
        """Whether the key is true, false if it is missing; anything else is noted."""
        flag = self.get(key)
        if not (flag is None or isinstance(flag, bool)):
            self.note("is neither true nor false", key)
        return flag is True

    def decimal(self, key: str) -> Decimal:
        """The exact number under the key, written in quotes; anything else is noted and gives 1."""
        try:
            number = Decimal(str(self.get(key)))
        except InvalidOperation:
            number = Decimal("NaN")
        if not isinstance(self.get(key), str) or not number.is_finite():
            self.note("is not an exact number in quotes", key)
            return Decimal(1)
        return number

    def day(self, key: str) -> date:
        """The day under the key, in quotes as 2026-11-27; anything else is noted and gives an early one."""
        try:
            return date.fromisoformat(str(self.get(key)))
        except ValueError:
            self.note("is missing or is not a day such as 2026-11-27", key)
            return date.min

    def standing(self, key: str, *, required: bool = False) -> Standing | None:
        """What holds today, with day and source; None if it is missing, which is noted where `required`."""
        if not self.has(key) and not required:
            return None
        node = self.child(key)
        source = node.child("source")
        return Standing(node.text("text"), node.day("as_of"), source.text("title"), source.string("address"))

    def text(self, key: str, *, required: bool = True) -> Text:
        """The text under the key in both languages; a missing translation is noted."""
        if not self.has(key) and not required:
            return NO_TEXT
        node = self.child(key)
        values = {code: node.get(code) for code in LANGUAGES}
        missing = [code for code, text in values.items() if not isinstance(text, str) or not text.strip()]
        for code in missing if self.has(key) else ():
            node.note("translation is missing", code)
        return NO_TEXT if missing else self._with_constants(Text(**values))

    def _with_constants(self, text: Text) -> Text:
        """The text with the numbers that it names by their keys: {hours-per-fte}."""
        for key, number in self.constants.items():
            name = f"{{{key}}}"
            text = Text(text.de.replace(name, number.de), text.en.replace(name, number.en))
        return text

    def texts(self, key: str) -> tuple[Text, ...]:
        """The texts under the key, none if it is missing; both languages must list equally many."""
        if not self.has(key):
            return ()
        node = self.child(key)
        german, english = node.strings("de"), node.strings("en")
        if len(german) != len(english):
            node.note(f"has {len(german)} German and {len(english)} English entries")
        return tuple(Text(de, en) for de, en in zip(german, english, strict=False))

    def enum(self, key: str, kind: type[E]) -> E:
        """The member whose value is under the key; anything else is noted and gives the first member."""
        value = self.get(key)
        spelled = str(value).lower() if isinstance(value, bool) else str(value)
        if spelled not in {member.value for member in kind}:
            self.note(f"is '{value}'; allowed: {', '.join(member.value for member in kind)}", key)
            return next(iter(kind))
        return kind(spelled)

    def verification(self, key: str = "verified") -> Verification:
        """How far a source confirms the part: true, partial or false; anything else is noted."""
        return self.enum(key, Verification)

    def lookup(self, key: str, known: Mapping[str, T], what: str) -> T | None:
        """The entry of `known` that the key names; any other name is noted and gives None."""
        name = self.get(key)
        if isinstance(name, str) and name in known:
            return known[name]
        self.note(f"names the unknown {what} '{name}'" if self.has(key) else f"must name a {what}", key)
        return None

    def distinct(self, key: str, names: Iterable[str]) -> None:
        """Note every name that occurs twice under the key."""
        for name in sorted(duplicates(names)):
            self.note(f"'{name}' stands twice", key)


def read_yaml(
    path: Path, problems: list[Problem], *, name: str = "", constants: Mapping[str, Text] | None = None
) -> Node:
    """Read the root of a YAML 1.2 file; an unreadable file is noted as a problem.

    Problems call the file `name`, by default its folder and its own name. `constants`: numbers that its texts
    may name.
    """
    node = Node({}, name or "/".join(path.parts[-2:]), "", problems, constants or {})
    try:
        node.value = parse_yaml(path.read_bytes())
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        node.note(f"cannot be read: {error}")
        return node
    if not isinstance(node.value, dict):
        node.note("is not a mapping")
    return node


def parse_yaml(content: bytes) -> Any:
    """The parsed content. Raises UnicodeDecodeError and YAMLError."""
    if parsed := _preparsed_files().get(sha256(content).hexdigest()):
        return json.loads(parsed)
    return YAML(typ="safe", pure=True).load(content.decode("utf-8"))


@cache
def _preparsed_files() -> dict[str, str]:
    """The parsed files as JSON text, by SHA-256: reading YAML takes a hundred times longer."""
    texts_by_hash: dict[str, str] = json.loads(PARSED_FILE.read_bytes()) if PARSED_FILE.exists() else {}
    return texts_by_hash
