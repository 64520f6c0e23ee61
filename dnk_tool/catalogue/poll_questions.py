"""The questions with which a cluster begins a poll, by what they are good for."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dnk_tool.catalogue.problems import Problem, sound
from dnk_tool.catalogue.values import Text
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.paths import criteria_folder

FILE = "poll-questions.yaml"
# How many options each kind has, at least and at most.
OPTIONS = {"single": (2, 8), "multiple": (2, 8), "scale": (2, 2), "text": (0, 0)}
LONGEST_QUESTION, LONGEST_OPTION = 200, 80


@dataclass(frozen=True, slots=True)
class SuppliedQuestion:
    """A question of the program. `kind` and `options`: see the file."""

    key: str
    kind: str
    question: Text
    options: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """Questions that are good for the same."""

    key: str
    title: Text
    questions: tuple[SuppliedQuestion, ...]


@cache
def load_poll_questions() -> tuple[QuestionGroup, ...]:
    """The groups in their order. Raises CatalogueError with every fault."""
    return sound(build_poll_questions(criteria_folder()))


def build_poll_questions(folder: Path) -> tuple[tuple[QuestionGroup, ...], list[Problem]]:
    """The groups and all faults of their file; nothing is raised."""
    problems: list[Problem] = []
    root = read_yaml(folder / FILE, problems)
    found = tuple(_group(node) for node in root.children("groups"))
    root.distinct("groups", (group.key for group in found))
    root.distinct("groups", (each.key for group in found for each in group.questions))
    root.note_unknown()
    return found, sorted(set(problems))


def _group(node: Node) -> QuestionGroup:
    questions = tuple(_question(each) for each in node.children("questions"))
    return QuestionGroup(node.string("key"), node.text("title"), questions)


def _question(node: Node) -> SuppliedQuestion:
    question = SuppliedQuestion(
        node.string("key"), node.string("kind"), node.text("question"), node.texts("options")
    )
    if question.kind not in OPTIONS:
        node.note(f"'{question.kind}' is no kind; allowed: {', '.join(OPTIONS)}", "kind")
        return question
    least, most = OPTIONS[question.kind]
    if not least <= len(question.options) <= most:
        node.note(f"has {len(question.options)} options; possible are {least} to {most}", "options")
    _note_length(node, "question", (question.question,), LONGEST_QUESTION)
    _note_length(node, "options", question.options, LONGEST_OPTION)
    return question


def _note_length(node: Node, field: str, texts: Iterable[Text], longest: int) -> None:
    if any(max(len(text.de), len(text.en)) > longest for text in texts):
        node.note(f"is longer than {longest} signs", field)
