"""Which of its readers a declaration is printed for, and in which language."""

from dataclasses import dataclass
from enum import StrEnum

from dnk_tool.language import Language


class Variant(StrEnum):
    """What a printed declaration holds: all of it, the short form, what is for inside only, one section."""

    FULL = "full"
    SHORT = "short"
    INTERNAL = "internal"
    SECTION = "section"


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """One way to print a declaration.

    `section` is the ref of the one section that is printed (SECTION only). Headings and labels are in
    `language`; None: the language the declaration is written in.
    """

    variant: Variant = Variant.FULL
    section: str = ""
    language: Language | None = None


FULL_EXPORT = ExportOptions()
