"""Options of radios, checkboxes and select fields, in the page's language."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Protocol

from dnk_tool.catalogue import Criterion, Section, Text
from dnk_tool.catalogue.standard.item_model import Choice
from dnk_tool.catalogue.values import Standing
from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.labels import label_of, meaning
from dnk_tool.web.text.laws import standing_note

# "value", "label" and sometimes "hint": an item of the form components.
Option = dict[str, Any]


class _Labelled(Protocol):
    """A catalogue entry with a short label."""

    @property
    def key(self) -> str: ...

    @property
    def label(self) -> Text: ...


class _Explained(Protocol):
    """A catalogue entry with a title and an explanation."""

    @property
    def key(self) -> str: ...

    @property
    def title(self) -> Text: ...

    @property
    def explains(self) -> Text: ...

    @property
    def standing(self) -> Standing | None: ...


def enum_options(members: Iterable[StrEnum], blank: str = "") -> list[Option]:
    """One option for each member. `blank`: label of an empty option before them."""
    return pair_options(((member.value, label_of(member)) for member in members), blank)


def role_options(roles: Iterable[Role | ClusterRole]) -> list[Option]:
    """One option for each role; the hint says what it allows."""
    return [{"value": role.value, "label": label_of(role), "hint": meaning(role)} for role in roles]


def choice_options(choices: Iterable[_Labelled], blank: str = "") -> list[Option]:
    """One option for each entry. `blank`: label of an empty option before them."""
    language = current_language()
    return pair_options(((choice.key, choice.label.to(language)) for choice in choices), blank)


def explained_options(entries: Iterable[_Explained]) -> list[Option]:
    """One option for each entry; its explanation and what holds today are the hint."""
    language = current_language()
    return [
        {
            "value": entry.key,
            "label": entry.title.to(language),
            "hint": " ".join(
                (entry.explains.to(language), *([standing_note(entry.standing)] if entry.standing else ()))
            ),
        }
        for entry in entries
    ]


def answer_options(choices: Iterable[Choice], chosen: str | None) -> list[Option]:
    """One option for each choice, with its hint; a retired one only if it is the chosen one."""
    language = current_language()
    return [
        {"value": choice.key, "label": choice.label.to(language), "hint": choice.hint.to(language)}
        for choice in choices
        if not choice.is_retired or choice.key == chosen
    ]


def section_options(sections: Iterable[Section]) -> list[Option]:
    """One option for each section, criteria with their number: "3. Ziele"."""
    return pair_options((section.ref, numbered_title(section)) for section in sections)


def text_options(texts: Iterable[str], blank: str = "") -> list[Option]:
    """One option for each text, which is its own value."""
    return pair_options(((text, text) for text in texts), blank)


def pair_options(pairs: Iterable[tuple[Any, str]], blank: str = "") -> list[Option]:
    """One option for each pair of value and label. `blank`: label of an empty option before them."""
    first: list[Option] = [{"value": "", "label": blank}] if blank else []
    return first + [{"value": value, "label": label} for value, label in pairs]


def with_current(options: list[Option], current: str | None) -> list[Option]:
    """The options, plus the stored value if it is none of them."""
    if not current or any(option["value"] == current for option in options):
        return options
    return [*options, {"value": current, "label": current}]


def numbered_title(section: Section) -> str:
    """The section's title, criteria with their number: "3. Ziele"."""
    title = section.title.to(current_language())
    return f"{section.number}. {title}" if isinstance(section, Criterion) else title
