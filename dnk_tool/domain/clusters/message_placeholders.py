"""Placeholders in a message to many companies: which there are, and what stands in their place."""

import re
from collections.abc import Mapping
from enum import StrEnum

from dnk_tool.language import Language


class Placeholder(StrEnum):
    """What differs from company to company."""

    COMPANY = "company"
    YEAR = "year"
    DEADLINE = "deadline"
    DONE = "done"
    LINK = "link"


GERMAN_NAMES: Mapping[str, Placeholder] = {
    "unternehmen": Placeholder.COMPANY,
    "jahr": Placeholder.YEAR,
    "frist": Placeholder.DEADLINE,
    "fertig": Placeholder.DONE,
    "link": Placeholder.LINK,
}
# As people write them: either language is understood, whichever the page speaks.
PLACEHOLDERS_BY_NAME: Mapping[str, Placeholder] = {
    **GERMAN_NAMES,
    **{placeholder.value: placeholder for placeholder in Placeholder},
}

_PLACEHOLDER_PATTERN = re.compile(r"\{([^{}\n]{0,100})\}")


def placeholder_names(language: Language) -> tuple[str, ...]:
    """All placeholders as a page of this language shows them: "{unternehmen}", "{jahr}" and so on."""
    return tuple(f"{{{name}}}" for name in (GERMAN_NAMES if language == "de" else Placeholder))


def unknown_placeholders(text: str) -> tuple[str, ...]:
    """What stands in braces in the text and is no placeholder, each once, in the order of the text."""
    written = (
        match[0] for match in _PLACEHOLDER_PATTERN.finditer(text) if _placeholder_named(match[1]) is None
    )
    return tuple(dict.fromkeys(written))


def fill_placeholders(text: str, values: Mapping[Placeholder, str]) -> str:
    """The text with each placeholder's value; what a value holds is never read as a placeholder itself."""

    def value(found: re.Match[str]) -> str:
        meaning = _placeholder_named(found[1])
        return found[0] if meaning is None else values[meaning]

    return _PLACEHOLDER_PATTERN.sub(value, text)


def _placeholder_named(name: str) -> Placeholder | None:
    return PLACEHOLDERS_BY_NAME.get(name.strip().lower())
