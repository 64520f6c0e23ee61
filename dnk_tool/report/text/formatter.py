"""Turns plain values into the words of a declaration: one language, only characters that can be printed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from dnk_tool.catalogue.standard.item_model import Choice, Unit
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import Language, format_number, translations
from dnk_tool.report.text.glyphs import printable
from dnk_tool.report.text.prose import Block, Prose
from dnk_tool.report.text.typography import NO_BREAK, with_no_break_spaces

_BULLETS = ("- ", "• ", "– ", "* ")
COUNT = "1"  # the symbol of a plain number in units.yaml

# Laying out a word takes time with the square of its length: 50,000 characters took 40 seconds.
_ENDLESS = re.compile(r"\S{80,}")
_PIECE = re.compile(r"\S{20}(?=\S)")
_BREAK = "\N{ZERO WIDTH SPACE}"


@dataclass
class TextFormatter:
    """The language of a print, and how many characters of the company's own could not be printed so far.

    On paper stands only what the embedded fonts have; a browser has more.
    """

    language: Language
    on_paper: bool = True
    replaced: int = field(default=0, init=False)

    def gettext(self, message: str) -> str:
        """The product's own words in the language."""
        return translations(self.language).gettext(message)

    def catalogue_text(self, text: Text) -> str:
        """A text of the catalogue in the language."""
        return text.to(self.language)

    def printable_text(self, text: str) -> str:
        """What the company said, as it can be printed; a line may end within a word that no line can hold."""
        printed, replaced = printable(text) if self.on_paper else (text, 0)
        self.replaced += replaced
        return with_no_break_spaces(_ENDLESS.sub(_with_breaks, printed.strip()))

    def prose(self, text: str) -> Prose:
        """What the company said as paragraphs and lists: an empty line parts, "- " begins an entry."""
        blocks: list[Block] = []
        for paragraph in self.printable_text(text).split("\n\n"):
            blocks.extend(_blocks(paragraph.split("\n")))
        return tuple(blocks)

    def paragraph(self, text: str) -> Prose:
        """Words of our own as one paragraph; nothing for no words."""
        return (Block(False, (text,)),) if text else ()

    def number(self, value: Decimal, *, signed: bool = False) -> str:
        """The exact value as the language writes it, with a true minus sign, and a plus where wanted."""
        text = format_number(value, self.language).replace("-", "\N{MINUS SIGN}")
        return f"+{text}" if signed and value > 0 else text

    def quantity(self, quantity: Quantity, unit: Unit | None) -> str:
        """A value with its unit, never divided at the space between; a count stands alone."""
        if quantity.unit == COUNT:
            return self.number(quantity.value)
        return f"{self.number(quantity.value)}{NO_BREAK}{self.unit(quantity.unit, unit)}".rstrip()

    def unit(self, symbol: str, unit: Unit | None) -> str:
        """The unit as written beside a value; a unit that the catalogue lost is printed as it was entered."""
        return (
            self.catalogue_text(unit.display).replace(" ", NO_BREAK) if unit else self.printable_text(symbol)
        )

    def choice(self, choices: tuple[Choice, ...], key: str) -> str:
        """The label of a choice; a choice that the catalogue lost is printed by its key."""
        return next(
            (self.catalogue_text(one.label) for one in choices if one.key == key), self.printable_text(key)
        )


def _with_breaks(endless: re.Match[str]) -> str:
    return _PIECE.sub(rf"\g<0>{_BREAK}", endless[0])


def _blocks(lines: list[str]) -> Iterator[Block]:
    """Runs of list entries and of other lines; a line that follows an entry with an indent belongs to it."""
    run: list[str] = []
    is_list = False
    for line in lines:
        bullet = next((sign for sign in _BULLETS if line.lstrip().startswith(sign)), "")
        if bullet:
            if run and not is_list:
                yield Block(False, ("\n".join(run),))
                run = []
            is_list = True
            run.append(line.lstrip()[len(bullet) :].strip())
        elif is_list and line.startswith("  ") and line.strip():
            run[-1] += f" {line.strip()}"
        elif line.strip():
            if is_list:
                yield Block(True, tuple(run))
                run, is_list = [], False
            run.append(line.strip())
    if run:
        yield Block(is_list, tuple(run) if is_list else ("\n".join(run),))
