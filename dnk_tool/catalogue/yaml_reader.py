"""Reads one YAML file and remembers every fault with its file and key."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from dnk_tool.catalogue.problems import Problem, duplicates
from dnk_tool.catalogue.values import NO_TEXT, Text, Verification
from dnk_tool.language import LANGUAGES

PARSED_FILE = Path(__file__).with_name("parsed.json")  # written by `build_hook`

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


@dataclass
class Node:
    """A value in a YAML file that knows where it stands; a wrong value is noted and replaced."""

    value: Any
    file: str
    path: str
    problems: list[Problem] = field(repr=False)

    def note(self, message: str, key: str = "") -> None:
        self.problems.append(Problem(self.file, self._at(key) or "(file)", message))

    def _at(self, key: object) -> str:
        return ".".join(str(part) for part in (self.path, key) if part != "")

    def get(self, key: str) -> Any:
        return self.value.get(key) if isinstance(self.value, dict) else None

    def has(self, key: str) -> bool:
        return self.get(key) is not None

    def child(self, key: str) -> "Node":
        found = self.get(key)
        if not isinstance(found, dict):
            self.note("is missing or is not a mapping", key)
            found = {}
        return Node(found, self.file, self._at(key), self.problems)

    def children(self, key: str) -> Iterator["Node"]:
        found = self.get(key)
        if not isinstance(found, list) or not found:
            self.note("is missing or is not a list", key)
            return
        for index, value in enumerate(found):
            yield Node(value, self.file, f"{self._at(key)}[{index}]", self.problems)

    def string(self, key: str, default: str | None = None) -> str:
        found = self.get(key)
        if found is None and default is not None:
            return default
        if not isinstance(found, str):
            self.note("is missing or is not a text", key)
            return ""
        return found

    def integer(self, key: str) -> int:
        found = self.get(key)
        if type(found) is not int:
            self.note("is missing or is not a whole number", key)
            return 0
        return found

    def integers(self, key: str) -> tuple[int, ...]:
        found = self.get(key)
        if not isinstance(found, list) or not all(type(one) is int for one in found):
            self.note("is missing or is not a list of whole numbers", key)
            return ()
        return tuple(found)

    def strings(self, key: str) -> tuple[str, ...]:
        found = self.get(key) or []
        if not isinstance(found, list) or not all(isinstance(one, str) and one.strip() for one in found):
            self.note("is not a list of texts", key)
            return ()
        return tuple(found)

    def flag(self, key: str) -> bool:
        found = self.get(key)
        if not (found is None or isinstance(found, bool)):
            self.note("is neither true nor false", key)
        return found is True

    def decimal(self, key: str) -> Decimal:
        try:
            found = Decimal(str(self.get(key)))
        except InvalidOperation:
            found = Decimal("NaN")
        if not isinstance(self.get(key), str) or not found.is_finite():
            self.note("is not an exact number in quotes", key)
            return Decimal(1)
        return found

    def text(self, key: str, *, required: bool = True) -> Text:
        if not self.has(key) and not required:
            return NO_TEXT
        node = self.child(key)
        values = {code: node.get(code) for code in LANGUAGES}
        missing = [code for code, one in values.items() if not isinstance(one, str) or not one.strip()]
        for code in missing if self.has(key) else ():
            node.note("translation is missing", code)
        return NO_TEXT if missing else Text(**values)

    def texts(self, key: str) -> tuple[Text, ...]:
        if not self.has(key):
            return ()
        node = self.child(key)
        german, english = node.strings("de"), node.strings("en")
        if len(german) != len(english):
            node.note(f"has {len(german)} German and {len(english)} English entries")
        return tuple(Text(de, en) for de, en in zip(german, english, strict=False))

    def enum(self, key: str, kind: type[E]) -> E:
        found = self.get(key)
        spelled = str(found).lower() if isinstance(found, bool) else str(found)
        if spelled not in {member.value for member in kind}:
            self.note(f"is '{found}'; allowed: {', '.join(member.value for member in kind)}", key)
            return next(iter(kind))
        return kind(spelled)

    def verification(self, key: str = "verified") -> Verification:
        return self.enum(key, Verification)

    def lookup(self, key: str, known: Mapping[str, T], what: str) -> T | None:
        """What the name under the key stands for; an unknown name is noted."""
        name = self.get(key)
        if isinstance(name, str) and name in known:
            return known[name]
        self.note(f"names the unknown {what} '{name}'" if self.has(key) else f"must name a {what}", key)
        return None

    def distinct(self, key: str, names: Iterable[str]) -> None:
        """Notes every name that stands twice under the key."""
        for name in sorted(duplicates(names)):
            self.note(f"'{name}' stands twice", key)


def read_yaml(path: Path, problems: list[Problem], *, name: str = "") -> Node:
    """The root of a YAML 1.2 file; an unreadable file is one more problem.

    Problems call the file `name`, by default its folder and its own name.
    """
    node = Node({}, name or "/".join(path.parts[-2:]), "", problems)
    try:
        node.value = _parse_yaml(path.read_bytes())
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        node.note(f"cannot be read: {error}")
        return node
    if not isinstance(node.value, dict):
        node.note("is not a mapping")
    return node


def _parse_yaml(content: bytes) -> Any:
    """What a file says. Raises UnicodeDecodeError and YAMLError."""
    if parsed := _preparsed_files().get(sha256(content).hexdigest()):
        return json.loads(parsed)
    return YAML(typ="safe", pure=True).load(content.decode("utf-8"))


@cache
def _preparsed_files() -> dict[str, str]:
    """The content of known files as JSON, by their SHA-256: YAML takes a hundred times longer."""
    found: dict[str, str] = json.loads(PARSED_FILE.read_bytes()) if PARSED_FILE.exists() else {}
    return found
