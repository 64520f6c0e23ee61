"""The faults of the catalogue's files, each with the file and the key where it stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A fault of the catalogue, with the file and the key where it stands."""

    file: str
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.message}"


class CatalogueError(Exception):
    """The catalogue cannot be used; `problems` names every fault with file and key."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


def sound(built: tuple[T, list[Problem]]) -> T:
    """What was built from files. Raises CatalogueError with every fault that was found in them."""
    if built[1]:
        raise CatalogueError(built[1])
    return built[0]


def duplicates(keys: Iterable[str]) -> set[str]:
    """The keys that occur more than once."""
    seen: set[str] = set()
    twice: set[str] = set()
    for key in keys:
        (twice if key in seen else seen).add(key)
    return twice
