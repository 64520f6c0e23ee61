"""Right German hyphenation: the patterns of the Trennmustermannschaft in place of Pyphen's own."""

from functools import cache, cached_property

import pyphen

from dnk_tool.report.assets import HYPHENATION

_Value = tuple[int, tuple[int, ...]]


# A program without types.
class GermanHyphenation(pyphen.HyphDict):  # type: ignore[misc, unused-ignore]
    """Our patterns, read when the first word is divided; Pyphen takes ten times as long for the same."""

    def __init__(self) -> None:
        self.cache: dict[str, list[pyphen.DataInt]] = {}

    @cached_property
    def patterns(self) -> dict[str, _Value]:
        """For the letters of each pattern, where its numbers begin, and the numbers."""
        given = HYPHENATION.read_text("utf-8").split("\n")[1:]
        lines = [one for one in given if one and not one.startswith(pyphen.ignored)]
        said = "\n".join(lines)
        letters = said.translate(dict.fromkeys(range(ord("0"), ord("9") + 1)))
        shapes = said.translate({ord(one): "." for one in {*letters} - {"\n"}})
        pairs = zip(letters.split("\n"), map(_value, shapes.split("\n")), strict=True)
        return {word: value for word, value in pairs if value[1]}

    @cached_property
    def maxlen(self) -> int:
        """The letters of the longest pattern."""
        return max(map(len, self.patterns))


@cache
def _value(shape: str) -> _Value:
    """The numbers between letters without the zeros around them; in a shape, all letters are points."""
    numbers = [int(digit or "0") for digit, _letter in pyphen.parse(shape)]
    places = [place for place, number in enumerate(numbers) if number]
    if not places:
        return 0, ()
    return places[0], tuple(numbers[places[0] : places[-1] + 1])


def install() -> None:
    """Makes Pyphen, and with it WeasyPrint, hyphenate every kind of German after our patterns.

    Pyphen flattens a dictionary of two levels and gives "Mit-a-r-bei-te-rin-nen".
    """
    for name in ("de", "de_DE", "de_AT", "de_CH"):
        pyphen.LANGUAGES[name] = HYPHENATION
    pyphen.hdcache.setdefault(HYPHENATION, GermanHyphenation())


def hyphenated(word: str, language: str = "de") -> str:
    """The word with a hyphen at every place where it may be divided."""
    install()
    return str(pyphen.Pyphen(lang=language).inserted(word))
