"""Types that all parts of the catalogue share: bilingual texts, what holds today, how far it is confirmed."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dnk_tool.language import Language


class Verification(StrEnum):
    """How far a public source confirms that the standard asks exactly this."""

    CONFIRMED = "true"
    PARTIAL = "partial"
    UNCONFIRMED = "false"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in the product's two languages."""

    de: str
    en: str

    def to(self, language: Language) -> str:
        """The text in the given language."""
        return self.en if language == "en" else self.de


NO_TEXT = Text("", "")


class PrintedLabel:
    """For what has a `label` in the form and, where that asks or explains, a `print_label` for print."""

    __slots__ = ()
    label: Text
    print_label: Text

    @property
    def printed(self) -> Text:
        """The label in print; without one of its own, that of the form."""
        return self.label if self.print_label == NO_TEXT else self.print_label


@dataclass(frozen=True, slots=True)
class Standing:
    """What law or a standard says today, with the day on which it was looked up, and where."""

    text: Text
    as_of: date
    source: Text
    address: str
