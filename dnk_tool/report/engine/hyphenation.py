"""Right German hyphenation: the patterns of the Trennmustermannschaft in place of Pyphen's own."""

import pyphen

from dnk_tool.report.assets import HYPHENATION


def install() -> None:
    """Makes Pyphen, and with it WeasyPrint, hyphenate every kind of German after our patterns.

    Pyphen flattens a dictionary of two levels and gives "Mit-a-r-bei-te-rin-nen". Its table is a public one.
    """
    for name in ("de", "de_DE", "de_AT", "de_CH"):
        pyphen.LANGUAGES[name] = HYPHENATION


def hyphenated(word: str, language: str = "de") -> str:
    """The word with a hyphen at every place where it may be divided."""
    install()
    return str(pyphen.Pyphen(lang=language).inserted(word))
