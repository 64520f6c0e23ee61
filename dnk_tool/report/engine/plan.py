"""What is rendered in one go."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from weasyprint import CSS
from weasyprint.text.fonts import FontConfiguration

from dnk_tool.report.assets import SCHEME
from dnk_tool.report.engine.fetcher import AssetFetcher

_FONT_FACE = re.compile(r"@font-face \{[^}]*\}")


@dataclass(frozen=True, slots=True)
class RenderPlan:
    """The HTML to lay out, the fonts for it, and the texts of elements that the HTML lacks, by their ids.

    `names` is called when the document is laid out.
    """

    html: str
    fonts: FontConfiguration
    names: Callable[[], Mapping[str, str]]


def make_fonts() -> FontConfiguration:
    """Create the fonts of a render, with one face that is there even if the page names none.

    The child's Fontconfig knows no others, and Pango crashes where there is none at all. It is the first face
    of the style of declarations, in the same words, so that they do not have it twice.
    """
    fonts, fetcher = FontConfiguration(), AssetFetcher()
    style = fetcher.fetch(f"{SCHEME}:declaration.css").read().decode()
    CSS(string=_FONT_FACE.findall(style)[0], font_config=fonts, url_fetcher=fetcher)
    return fonts
