"""The settings of a declaration that decide what it asks and in which language it speaks."""

from dataclasses import dataclass

from dnk_tool.language import Language
from dnk_tool.store.tables.declarations import Declaration


@dataclass(frozen=True, slots=True)
class DeclarationSettings:
    """What a declaration is about. `mark` tells one state of the settings from another."""

    indicator_set: str
    language: Language
    options: frozenset[str] = frozenset()
    publishes_assessment: bool = False

    @property
    def mark(self) -> str:
        options = ",".join(sorted(self.options))
        return f"{self.indicator_set}|{self.language}|{options}|{self.publishes_assessment:d}"


def settings_of(declaration: Declaration) -> DeclarationSettings:
    """What the declaration is about."""
    return DeclarationSettings(
        declaration.indicator_set,
        "en" if declaration.language == "en" else "de",
        frozenset(declaration.options),
        declaration.publishes_assessment,
    )
