"""Words about the environment that call for care towards consumers, as data, and their patterns."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dnk_tool.catalogue.problems import Problem, sound
from dnk_tool.catalogue.values import Text
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.paths import criteria_folder

FILE = "claims.yaml"
GOODS, ARE, FURTHER = "{goods}", "{are}", "&"
_LISTS = (GOODS.strip("{}"), ARE.strip("{}"))
_PLACE = re.compile(r"\{[^{}]*\}")
_ENDING = r"(?:e[mnrs]?|[ns]|(?:ere|e?ste)[mnrs]?)?"
_AFTER_ARE = r"(?: \w+){0,3}"
_FURTHER = r"(?:(?:,| und| oder| and| or) \w+)?"
_GAP = "[ -]?"


@dataclass(frozen=True, slots=True)
class ClaimKind:
    """Words that call for the same advice. `can_be_proved`: whether a label beside them settles it.

    `stems`: of each entry a word in small letters without which it is not found, for a quick look.
    """

    key: str
    advice: Text
    pattern: re.Pattern[str]
    stems: frozenset[str]
    can_be_proved: bool


@dataclass(frozen=True, slots=True)
class Claims:
    """The kinds of words, and what around a word makes it no claim.

    The patterns expect text that `domain.answers.claims` has smoothed.
    """

    kinds: tuple[ClaimKind, ...]
    denial: re.Pattern[str]
    denied_behind: re.Pattern[str]
    proof: re.Pattern[str]


@cache
def load_claims() -> Claims:
    """The words and what belongs to them. Raises CatalogueError with every fault."""
    return sound(build_claims(criteria_folder()))


def build_claims(folder: Path) -> tuple[Claims, list[Problem]]:
    """The words and what belongs to them, and all faults of their file; nothing is raised."""
    problems: list[Problem] = []
    root = read_yaml(folder / FILE, problems)
    places = {f"{{{key}}}": _any(map(_simple, _words(root, key))) for key in _LISTS}
    places[GOODS], places[ARE] = rf"\w*{places[GOODS]}", places[ARE] + _AFTER_ARE
    no_terms = rf"(?<!\w)(?!{_any(map(_simple, _words(root, 'terms')))}(?!\w))"
    kinds = tuple(_kind(node, places, no_terms) for node in root.children("kinds"))
    root.distinct("kinds", (kind.key for kind in kinds))
    denials, affirmed = _words(root, "denials"), _any(map(_simple, _words(root, "affirmations")))
    denied = _any(map(_simple, denials))
    claims = Claims(
        kinds,
        _compiled(rf"(?<!\w)(?!{affirmed}\b){denied}(?:[ -][^\s.!?,;:]+){{0,3}}[ \"'„“”‚‘«»(-]*$"),
        _compiled(rf"^[\"'“”‘’«»]*(?: \w+){{0,5}} {denied}(?= *(?:[.!,;:)]|$))"),
        _compiled(rf"(?<!\w){_any(map(_simple, _words(root, 'proofs')))}(?!\w)"),
    )
    root.note_unknown()
    return claims, sorted(set(problems))


def _kind(node: Node, places: Mapping[str, str], no_terms: str) -> ClaimKind:
    words = _words(node, "words")
    for place in {place for word in words for place in _PLACE.findall(word)} - places.keys():
        node.note(f"mentions the unknown '{place}'", "words")
    patterns = [_pattern(word, places) for word in words]
    proved = node.flag("can_be_proved")
    pattern = _compiled(rf"{no_terms}{_any(patterns)}(?!\w)")
    stems = frozenset(map(_stem, words))
    return ClaimKind(node.string("key"), node.text("advice"), pattern, stems, proved)


def _words(node: Node, key: str) -> tuple[str, ...]:
    """The words under the key; an empty list is noted."""
    words = node.strings(key)
    if not words:
        node.note("lists no words", key)
    return words


def _pattern(words: str, places: Mapping[str, str]) -> str:
    """The pattern of one entry of `words`, whose words stand behind each other."""
    parts: list[str] = []
    for word in words.split(" "):
        if word == FURTHER:
            parts.append(_FURTHER)
        else:
            parts += [_GAP] if parts else []
            parts.append(places.get(word, "") if _PLACE.fullmatch(word) else _simple(word))
    return "".join(parts)


def _stem(words: str) -> str:
    """The longest word of an entry, without its ending."""
    plain = (word.removesuffix("*") for word in words.split(" ") if not _PLACE.fullmatch(word))
    return max(plain, key=len, default="").casefold()


def _simple(words: str) -> str:
    """The pattern of words without places: endings for stars, and any gap for spaces."""
    return _GAP.join(
        re.escape(word.removesuffix("*").replace("’", "'")) + (_ENDING if word.endswith("*") else "")
        for word in words.split(" ")
    )


def _any(patterns: Iterable[str]) -> str:
    return f"(?:{'|'.join(patterns)})"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
