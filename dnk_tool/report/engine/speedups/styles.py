"""Caches on each computed style the lengths and the widths of words that depend on nothing else.

The boxes of a document share some thousand styles. The results are the same to the last bit.
"""

from collections.abc import Mapping
from typing import Any

from weasyprint.layout.absolute import AbsolutePlaceholder

from dnk_tool.report.engine.patches import Patch

_SIZES = "known_sizes"  # the attributes of a style
_IN_FLOW = "known_in_flow"
_IS_SQUARE = "known_square"
_WORDS = "known_words"
_SIDES = ("top", "right", "bottom", "left")
_BORDERS = tuple(f"border_{side}_width" for side in _SIDES)
_LENGTHS = (
    *(f"margin_{side}" for side in _SIDES),
    *(f"padding_{side}" for side in _SIDES),
    *("width", "min_width", "max_width", "height", "min_height", "max_height"),
)

LONGEST_TEXT = 300  # characters: it is remembered anew without each word at its beginning
_SQUARE = {
    f"border_{corner}_radius": (0, 0) for corner in ("top_left", "top_right", "bottom_right", "bottom_left")
}


def _remembering_sizes(resolve: Any) -> Any:
    """Replaces the resolving of lengths by one that takes them from the style where all are fixed."""

    def resolve_percentages(box: Any, containing_block: Any) -> None:
        """Gives a box the lengths of its style; asks the engine if one of them depends on what is around it.

        Placeholders always go to the engine: what they are told belongs to the box that they stand for.
        """
        style, own = box.style, box.__dict__
        sizes = style.__dict__.get(_SIZES)
        if sizes is None:
            sizes = style.__dict__[_SIZES] = _sizes_of(style)
        if not sizes or type(box) is AbsolutePlaceholder:
            resolve(box, containing_block)
            return
        own.update(sizes)
        # The borders of cells that share them are there already.
        collapses = style["border_collapse"] == "collapse"
        for name in _BORDERS:
            if not (collapses and name in own):
                own[name] = style[name]

    return resolve_percentages


def _sizes_of(style: Any) -> Mapping[str, Any]:
    """Lengths of a box that depend on nothing around it; nothing if one of them does."""
    if style["box_sizing"] != "content-box":
        return {}
    sizes: dict[str, Any] = {}
    for name in _LENGTHS:
        value = style[name]
        if value == "auto":
            sizes[name] = 0 if name.startswith("min_") else value
        elif getattr(value, "unit", None) == "px":
            sizes[name] = value.value
        else:
            return {}
    return sizes


def _remembering_flow(decide: Any) -> Any:
    """Replaces the question whether a box is in the flow by one that keeps the answer on the style."""

    def is_in_normal_flow(self: Any) -> bool:
        """Answers from the style, which alone decides."""
        known: bool | None = self.style.__dict__.get(_IN_FLOW)
        if known is None:
            known = self.style.__dict__[_IN_FLOW] = decide(self)
        return known

    return is_in_normal_flow


def _remembering_corners(resolve: Any) -> Any:
    """Replaces the resolving of corners by one that knows which styles have none that are round."""

    def resolve_radii_percentages(box: Any) -> None:
        """Gives a box square corners at once if its style rounds none, and asks the engine if it does."""
        own = box.style.__dict__
        if _IS_SQUARE not in own:
            own[_IS_SQUARE] = all((0, "px") in box.style[name] for name in _SQUARE)
        if own[_IS_SQUARE] and type(box) is not AbsolutePlaceholder:  # which passes on what it is told
            box.__dict__.update(_SQUARE)
        else:
            resolve(box)

    return resolve_radii_percentages


def _remembering_words(divide: Any) -> Any:
    """How wide the parts of a text are that cannot be divided; the engine does not want their lines."""

    def split_first_line(text: str, style: Any, context: Any, *given: Any, **named: Any) -> Any:
        """Measures the first line as ever, then from memory.

        Gives None in place of the line itself. Beyond LONGEST_TEXT characters, nothing is remembered.
        """
        if len(text) > LONGEST_TEXT:
            return divide(text, style, context, *given, **named)
        words = style.__dict__.setdefault(_WORDS, {})
        key = text, given, *named.items()
        if key not in words:
            _layout, length, resume_at, width, height, baseline = divide(
                text, style, context, *given, **named
            )
            words[key] = None, length, resume_at, width, height, baseline
        return words[key]

    return split_first_line


LENGTHS = (
    Patch(
        "weasyprint.layout.percent:resolve_percentages",
        "bfe1ab684e9d14f591aa5750f6f1d9902c3fe108a15eacbf96ecec3874575844",
        _remembering_sizes,
        relies_on=(
            "weasyprint.layout.percent:percentage",
            "weasyprint.layout.percent:resolve_one_percentage",
            "weasyprint.layout.percent:adjust_box_sizing",
        ),
        also_in=tuple(
            f"weasyprint.layout.{module}"
            for module in ("absolute", "block", "column", "float", "grid", "inline", "page", "table")
        ),
    ),
    Patch(
        "weasyprint.layout.percent:resolve_radii_percentages",
        "72bae863155212c6a27d2d4f84b5cf460a45d0c72404ec7103688d30fba1f6fe",
        _remembering_corners,
        also_in=("weasyprint.layout.background",),
    ),
    Patch(
        "weasyprint.formatting_structure.boxes:Box.is_in_normal_flow",
        "2a4ee28f1da5c2a53477ae53eb0c0e9ebb4d75c25e635e65d57a2bb866cf36df",
        _remembering_flow,
    ),
)
WORDS = (
    Patch(
        "weasyprint.layout.preferred:split_first_line",
        "329954be207e2089bd157092e54bafbe6891a8e2e20f97748c8879a3948a0103",
        _remembering_words,
        relies_on=(
            "weasyprint.layout.preferred:inline_line_widths",
            "weasyprint.layout.preferred:trailing_whitespace_size",
        ),
    ),
)
