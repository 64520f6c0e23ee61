"""Values that all parts of the catalogue share: texts in two languages, and how well a source confirms."""

from dataclasses import dataclass
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
        return self.en if language == "en" else self.de


NO_TEXT = Text("", "")
