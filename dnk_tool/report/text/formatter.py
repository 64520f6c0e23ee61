"""Formats values as text of a declaration in one language, with printable characters only."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from dnk_tool.catalogue.standard.item_model import Choice, Unit
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import Language, format_number, translations
from dnk_tool.report.text.glyphs import printable
from dnk_tool.report.text.marked_text import BULLETS, marked_prose
from dnk_tool.report.text.prose import Block, BlockKind, Prose, paragraph
from dnk_tool.report.text.typography import NO_BREAK, with_no_break_spaces

_BULLETS = tuple(f"{bullet} " for bullet in BULLETS)
COUNT = "1"  # the symbol of a plain number in units.yaml

# Laying out a word takes time quadratic in its length: 50,000 characters took 40 seconds.
_ENDLESS = re.compile(r"\S{80,}")
_PIECE = re.compile(r"\S{20}(?=\S)")
_BREAK = "\N{ZERO WIDTH SPACE}"


@dataclass
class TextFormatter:
    """Formats texts in one language; `replaced` counts the company's characters that could not be printed.

    Their names in brackets take their place, and relatives that of others, but only `on_paper`, where the
    embedded fonts limit them; a browser has more fonts.
    """

    language: Language
    on_paper: bool = True
    replaced: int = field(default=0, init=False)

    def gettext(self, message: str) -> str:
        """The tool's own words in the language."""
        return translations(self.language).gettext(message)

    def catalogue_text(self, text: Text) -> str:
        """A text of the catalogue in the language."""
        return text.to(self.language)

    def bound_text(self, text: Text) -> str:
        """A text of the catalogue as it is printed in a table: numbers and units hold together."""
        return with_no_break_spaces(text.to(self.language))

    def printable_text(self, text: str) -> str:
        """The company's text with printable characters; words of 80 characters and more get break points."""
        return _unbroken(self._printable(text).strip())

    def _printable(self, text: str) -> str:
        printed, replaced = printable(text, self.language) if self.on_paper else (text, 0)
        self.replaced += replaced
        return printed

    def prose(self, text: str, *, is_marked_up: bool = False) -> Prose:
        """The company's text as paragraphs (empty lines between them) and lists (entries after "- ").

        A marked-up text has subheadings, numbered lists, tables, bold parts and links, too.
        """
        if is_marked_up:
            return marked_prose(text, lambda part: _unbroken(self._printable(part)))
        blocks: list[Block] = []
        for part in self.printable_text(text).split("\n\n"):
            blocks.extend(_blocks(part.split("\n")))
        return tuple(blocks)

    def paragraph(self, text: str) -> Prose:
        """The tool's own words as one paragraph; nothing for an empty text."""
        return paragraph(text)

    def number(self, value: Decimal, *, signed: bool = False) -> str:
        """The exact value in the language's spelling, with a true minus sign; `signed` adds a plus."""
        text = format_number(value, self.language).replace("-", "\N{MINUS SIGN}")
        return f"+{text}" if signed and value > 0 else text

    def quantity(self, quantity: Quantity, unit: Unit | None) -> str:
        """A value and its unit with a no-break space between; a count has no unit."""
        if quantity.unit == COUNT:
            return self.number(quantity.value)
        return f"{self.number(quantity.value)}{NO_BREAK}{self.unit(quantity.unit, unit)}".rstrip()

    def unit(self, symbol: str, unit: Unit | None) -> str:
        """The unit as written after a value; as entered if the catalogue no longer has it (`unit` None)."""
        return (
            self.catalogue_text(unit.display).replace(" ", NO_BREAK) if unit else self.printable_text(symbol)
        )

    def choice(self, choices: tuple[Choice, ...], key: str) -> str:
        """The printed label of a choice; its key if the catalogue no longer has it."""
        return next(
            (self.catalogue_text(choice.printed) for choice in choices if choice.key == key),
            self.printable_text(key),
        )


def _unbroken(text: str) -> str:
    """The text with no-break spaces; words of 80 characters and more get break points."""
    return with_no_break_spaces(_ENDLESS.sub(_with_breaks, text))


def _with_breaks(endless: re.Match[str]) -> str:
    return _PIECE.sub(rf"\g<0>{_BREAK}", endless[0])


def _blocks(lines: list[str]) -> Iterator[Block]:
    """Group lines into lists and paragraphs; an indented line after an entry belongs to the entry."""
    run: list[str] = []
    is_list = False
    for line in lines:
        bullet = next((sign for sign in _BULLETS if line.lstrip().startswith(sign)), "")
        if bullet:
            if run and not is_list:
                yield Block(BlockKind.PARAGRAPH, ("\n".join(run),))
                run = []
            is_list = True
            run.append(line.lstrip()[len(bullet) :].strip())
        elif is_list and line.startswith("  ") and line.strip():
            run[-1] += f" {line.strip()}"
        elif line.strip():
            if is_list:
                yield Block(BlockKind.LIST, tuple(run))
                run, is_list = [], False
            run.append(line.strip())
    if run:
        yield Block(BlockKind.LIST, tuple(run)) if is_list else Block(BlockKind.PARAGRAPH, ("\n".join(run),))
