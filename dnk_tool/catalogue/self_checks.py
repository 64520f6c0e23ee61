"""The quick checks: questions with hints, and the measure that each question proposes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dnk_tool.catalogue.problems import Problem, sound
from dnk_tool.catalogue.values import Text
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.paths import criteria_folder


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `measure` is what to do where the answer is not yes, under the criterion of that number.

    `measure_kind` is the key of its kind. `priority` orders the open points of a check, 1 first.
    """

    key: str
    text: Text
    hint: Text
    measure: Text
    criterion: int
    priority: int
    measure_kind: str


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """A quick check with its questions in the order of the page."""

    key: str
    title: Text
    intro: Text
    source: str
    questions: tuple[Question, ...]

    @property
    def criteria(self) -> tuple[int, ...]:
        """The numbers of the criteria that its questions belong to, in order."""
        return tuple(sorted({question.criterion for question in self.questions}))


@cache
def load_self_checks() -> Mapping[str, SelfCheck]:
    """The quick checks by key, in their order. Raises CatalogueError with every fault."""
    checks = sound(build_self_checks(criteria_folder()))
    return {check.key: check for check in checks}


def build_self_checks(folder: Path) -> tuple[tuple[SelfCheck, ...], list[Problem]]:
    """The quick checks and all faults of their file; nothing is raised."""
    problems: list[Problem] = []
    root = read_yaml(folder / "self-checks.yaml", problems)
    checks = tuple(_check(node) for node in root.children("checks"))
    root.distinct("checks", (check.key for check in checks))
    root.note_unknown()
    return checks, sorted(set(problems))


def self_checks_of_criterion(number: int) -> tuple[SelfCheck, ...]:
    """The quick checks with a question that belongs to the criterion."""
    return tuple(self_check for self_check in load_self_checks().values() if number in self_check.criteria)


def _check(node: Node) -> SelfCheck:
    questions = tuple(_question(child) for child in node.children("questions"))
    node.distinct("questions", (question.key for question in questions))
    node.distinct("questions", (f"priority {question.priority}" for question in questions))
    return SelfCheck(
        node.string("key"), node.text("title"), node.text("intro"), node.string("source"), questions
    )


def _question(node: Node) -> Question:
    return Question(
        key=node.string("key"),
        text=node.text("text"),
        hint=node.text("hint"),
        measure=node.text("measure"),
        criterion=node.integer("criterion"),
        priority=node.integer("priority"),
        measure_kind=node.string("measure_kind"),
    )
