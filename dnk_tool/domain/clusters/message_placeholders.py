"""The placeholders of a message to several companies, and their replacement by values."""

import re
from collections.abc import Mapping
from enum import StrEnum

from dnk_tool.language import Language


class Placeholder(StrEnum):
    """The parts of a message that differ from company to company."""

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
# Names in both languages are accepted, on pages in either language.
PLACEHOLDERS_BY_NAME: Mapping[str, Placeholder] = {
    **GERMAN_NAMES,
    **{placeholder.value: placeholder for placeholder in Placeholder},
}

_PLACEHOLDER_PATTERN = re.compile(r"\{([^{}\n]{0,100})\}")


def placeholder_names(language: Language) -> tuple[str, ...]:
    """All placeholders as a page in this language shows them: "{unternehmen}", "{jahr}" and so on."""
    return tuple(f"{{{name}}}" for name in (GERMAN_NAMES if language == "de" else Placeholder))


def unknown_placeholders(text: str) -> tuple[str, ...]:
    """The texts in braces that are no placeholder, each once, in the order of the text."""
    written = (
        match[0] for match in _PLACEHOLDER_PATTERN.finditer(text) if _placeholder_named(match[1]) is None
    )
    return tuple(dict.fromkeys(written))


def fill_placeholders(text: str, values: Mapping[Placeholder, str]) -> str:
    """The text with each placeholder replaced by its value; placeholders within values stay.

    Raises KeyError for a placeholder without a value.
    """

    def value(match: re.Match[str]) -> str:
        meaning = _placeholder_named(match[1])
        return match[0] if meaning is None else values[meaning]

    return _PLACEHOLDER_PATTERN.sub(value, text)


def _placeholder_named(name: str) -> Placeholder | None:
    return PLACEHOLDERS_BY_NAME.get(name.strip().lower())
