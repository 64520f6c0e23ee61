"""What is rendered in one go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from weasyprint.text.fonts import FontConfiguration


@dataclass(frozen=True, slots=True)
class RenderPlan:
    """The HTML to lay out, the fonts for it, and the texts of elements that the HTML lacks, by their ids.

    `names` is called when the document is laid out.
    """

    html: str
    fonts: FontConfiguration
    names: Callable[[], Mapping[str, str]]
