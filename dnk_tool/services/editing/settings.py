"""The settings of a declaration that decide what it asks and in which language it is written."""

from dataclasses import dataclass

from dnk_tool.language import Language, known_language
from dnk_tool.store.tables.declarations import Declaration


@dataclass(frozen=True, slots=True)
class DeclarationSettings:
    """Indicator set, language and options of a declaration, and what it takes in by choice.

    `publishes_assessment`: the self-assessment; `has_material_flow`: the flow of material.
    """

    indicator_set: str
    language: Language
    options: frozenset[str] = frozenset()
    publishes_assessment: bool = False
    has_material_flow: bool = False

    @property
    def mark(self) -> str:
        """A text that differs whenever the settings do; serves as their version in optimistic locking."""
        options = ",".join(sorted(self.options))
        choices = f"{self.publishes_assessment:d}|{self.has_material_flow:d}"
        return f"{self.indicator_set}|{self.language}|{options}|{choices}"


def settings_of(declaration: Declaration) -> DeclarationSettings:
    """The settings as stored with the declaration."""
    return DeclarationSettings(
        declaration.indicator_set,
        known_language(declaration.language),
        frozenset(declaration.options),
        declaration.publishes_assessment,
        declaration.has_material_flow,
    )
