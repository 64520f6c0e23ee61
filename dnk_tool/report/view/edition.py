"""The options of an export: which variant of a declaration, which section, which language."""

from dataclasses import dataclass
from enum import StrEnum

from dnk_tool.language import Language


class Variant(StrEnum):
    """The content of an export: the whole declaration, short version, internal version or one section."""

    FULL = "full"
    SHORT = "short"
    INTERNAL = "internal"
    SECTION = "section"


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """The options of an export of a declaration.

    `section` is the ref of the section to print (SECTION only). Headings and labels are in `language`; None:
    the declaration's own.
    """

    variant: Variant = Variant.FULL
    section: str = ""
    language: Language | None = None


FULL_EXPORT = ExportOptions()
