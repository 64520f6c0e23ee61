"""Drafts of answers: what the program proposed, and whether the company still has to check it."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from dnk_tool.catalogue.drafts.templates import NAMES
from dnk_tool.catalogue.years import YEAR_PLACE

BLANK = "…"  # where a number of the company's is missing
PARAGRAPH = "\n\n"

_NUMERALS = (
    "zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|zwanzig|dreißig|hundert|tausend"
    "|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|hundred|thousand"
)
# Shares and multiples, which are numbers as well: "zweimal", "ein Drittel", "jeden fünften", "half of".
_NUMBER_WORDS = (
    rf"(?:{_NUMERALS})(?:mal|(?:seitig|stündig|tägig|jährig)\w*)?|twice"
    r"|hälfte|(?:drit|vier|fünf|sechs|ach|zehn)tel|(?<=jeden )(?:zwei|drit|vier|fünf|zehn)ten"
    r"|(?:half|(?:third|quarter|fifth|tenth)s?)(?= of\b)"
)
_NUMBER = re.compile(rf"({NAMES})|{YEAR_PLACE.pattern}|\d+(?:[.,:]\d+)*|\b(?i:{_NUMBER_WORDS})\b")
_WORD = re.compile(r"\w+")


class DraftKind(StrEnum):
    """What a draft was made of."""

    FIGURES = "figures"
    FACTS = "facts"
    EXAMPLE = "example"


@dataclass(frozen=True, slots=True)
class Draft:
    """A paragraph that the program proposed for an answer, in the declaration's language.

    `values`: of a sentence, what it says for each figure it names; of facts, the ticked ones with what was
    entered beside each. `is_checked`: somebody confirmed or changed it since.
    """

    kind: DraftKind
    text: str
    language: str
    values: Mapping[str, str] = field(default_factory=dict)
    is_checked: bool = False


def drafts_to_json(drafts: Iterable[Draft]) -> list[dict[str, Any]] | None:
    """The drafts as they are stored beside their answer; None for none."""
    return [
        {
            "kind": draft.kind.value,
            "text": draft.text,
            "language": draft.language,
            "values": dict(draft.values),
            "checked": draft.is_checked,
        }
        for draft in drafts
    ] or None


def drafts_from_json(stored: Iterable[Mapping[str, Any]] | None) -> tuple[Draft, ...]:
    """The drafts as `drafts_to_json` stored them."""
    return tuple(
        Draft(DraftKind(one["kind"]), one["text"], one["language"], one["values"], one["checked"])
        for one in stored or ()
    )


def is_as_proposed(draft: Draft, text: str) -> bool:
    """Whether the draft is still a paragraph of the text, word for word."""
    return draft.text in text.split(PARAGRAPH)


def with_draft(text: str, draft: Draft, earlier: Draft | None = None) -> str:
    """The text with the draft in the place of an earlier one that nobody changed, else as last paragraph."""
    if earlier and is_as_proposed(earlier, text):
        return PARAGRAPH.join(draft.text if one == earlier.text else one for one in text.split(PARAGRAPH))
    return f"{text}{PARAGRAPH}{draft.text}" if text else draft.text


def without_draft(text: str, draft: Draft) -> str:
    """The text without the draft, as long as nobody changed it."""
    return PARAGRAPH.join(one for one in text.split(PARAGRAPH) if one != draft.text)


def drafts_after_edit(drafts: Iterable[Draft], text: str) -> tuple[Draft, ...]:
    """What is left of an answer's drafts once its text is this one.

    A changed draft counts as checked and is forgotten, but not a sentence whose figures the text still names.
    Of an example, half of the words must be others and no blank be left.
    """
    left = []
    for draft in drafts:
        is_unchanged = (
            bool(text) and (BLANK in text or is_mostly_example(draft.text, text))
            if draft.kind is DraftKind.EXAMPLE
            else is_as_proposed(draft, text)
        )
        if is_unchanged:
            left.append(draft)
        elif draft.kind is DraftKind.FIGURES and any(named_in(text, said) for said in draft.values.values()):
            left.append(replace(draft, is_checked=True))
    return tuple(left)


def draft_of(drafts: Iterable[Draft], kind: DraftKind) -> Draft | None:
    """The draft of this kind; None if there is none."""
    return next((draft for draft in drafts if draft.kind is kind), None)


def checked(drafts: Iterable[Draft]) -> tuple[Draft, ...]:
    """The drafts once somebody confirmed the text; of an example, nothing has to be known any more."""
    return tuple(replace(one, is_checked=True) for one in drafts if one.kind is not DraftKind.EXAMPLE)


def has_unchecked_example(drafts: Iterable[Draft]) -> bool:
    """Whether an example is among the drafts that nobody has checked."""
    return any(one.kind is DraftKind.EXAMPLE and not one.is_checked for one in drafts)


def is_mostly_example(example: str, text: str) -> bool:
    """Whether more than half of the words are the example's, counted in the shorter of the two."""
    theirs, own = (Counter(_WORD.findall(words.casefold())) for words in (example, text))
    shared, shorter = (theirs & own).total(), min(theirs.total(), own.total())
    return shared * 2 > shorter


def named_in(text: str, said: str) -> bool:
    """Whether the text names the amount, and not just a longer number that ends or begins like it."""
    return re.search(rf"(?<![\w.,]){re.escape(said)}(?!\w)", text) is not None


def without_numbers(text: str) -> str:
    """The text with a blank for each number and year, which are those of an example; names stay."""
    return _NUMBER.sub(lambda match: match[1] or BLANK, text)
