"""How large the texts of a PDF are on paper, those in drawings too."""

import math
from typing import Any

import pikepdf

SMALLEST = 7.5  # points
_SHOWS_TEXT = frozenset(("TJ", "Tj", "'", '"'))


def text_sizes(stream: Any, resources: Any, scale: float = 1.0) -> set[float]:
    """The sizes in points, to a tenth, of all texts of a page or of a drawing on it."""
    sizes: set[float] = set()
    kept: list[float] = []
    font_size, text_scale = 0.0, 1.0
    for operands, operator in pikepdf.parse_content_stream(stream):
        name = str(operator)
        if name == "q":
            kept.append(scale)
        elif name == "Q":
            scale = kept.pop()
        elif name == "cm":
            scale *= _height(operands)
        elif name == "Tf":
            font_size = float(operands[1])
        elif name == "Tm":
            text_scale = _height(operands)
        elif name in _SHOWS_TEXT:
            sizes.add(round(font_size * text_scale * scale, 1))
        elif name == "Do" and (drawing := resources.XObject[operands[0]]).Subtype == "/Form":
            own = scale * _height(drawing.get("/Matrix", (1, 0, 0, 1, 0, 0)))
            sizes |= text_sizes(drawing, drawing.get("/Resources", resources), own)
    return sizes


def _height(matrix: Any) -> float:
    """How a matrix changes heights."""
    return math.hypot(float(matrix[2]), float(matrix[3]))
