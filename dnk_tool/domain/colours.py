"""Colours as `#rrggbb`: their contrast, and the nearest tone that is readable on a ground.

Contrast is that of WCAG 2.2. Tones are searched in OKLCH, which keeps the hue while a colour gets darker. How
different two colours look is their distance in CIELAB (CIE 1976).
"""

import math
import re
from functools import lru_cache

WHITE = "#ffffff"
# The four areas of a declaration, on paper, in charts and on pages. People who see no red or no green tell
# them apart, too, and white words on them can be read.
AREA_COLOURS = {
    "strategy": "#16324f",
    "process-management": "#8b4a93",
    "environment": "#2f7a57",
    "society": "#b5521f",
}
TEXT_CONTRAST = 4.5  # of text to its ground (WCAG 2.2, 1.4.3)
NO_CHROMA = 1e-4  # what rounding makes of a grey
BISECTION_STEPS = 24  # halvings: finer than 8 bits can show

_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE | re.ASCII)
_Triple = tuple[float, float, float]


def parse_hex(text: str) -> str:
    """The colour as `#rrggbb`, from three or six digits with or without a hash. Raises ValueError."""
    match = _HEX.fullmatch(text.strip())
    if match is None:
        raise ValueError("no colour code")
    digits = match[1].lower()
    return f"#{digits}" if len(digits) == 6 else "#" + "".join(digit * 2 for digit in digits)


def mix_colours(colour: str, other: str, share: float) -> str:
    """The mixture of two colours, with a `share` (0 to 1) of the other one."""
    both = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(mine + (theirs - mine) * share):02x}" for mine, theirs in both)


def luminance(colour: str) -> float:
    """The relative luminance (WCAG 2.2), from 0 (black) to 1 (white)."""
    red, green, blue = (_gamma_decoded(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(colour: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2), from 1 to 21."""
    lighter, darker = sorted((luminance(colour), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def difference(colour: str, other: str) -> float:
    """How different two colours look, from 0; below 20 they are easily confused side by side."""
    return math.dist(_cielab(colour), _cielab(other))


@lru_cache(maxsize=256)
def readable_on(ground: str, colour: str, least: float = TEXT_CONTRAST) -> str:
    """The colour itself, or the nearest darker tone of its hue that contrasts enough with a light ground.

    Enough is a contrast of `least`. Raises ValueError for a ground on which even black has less.
    """
    if contrast(ground, colour) >= least:
        return colour
    lightness, chroma, hue = _oklch(colour)
    dark, light = 0.0, lightness
    if contrast(ground, _displayable_hex(dark, chroma, hue)) < least:
        raise ValueError("no tone can be read on this ground")
    for _step in range(BISECTION_STEPS):
        middle = (dark + light) / 2
        if contrast(ground, _displayable_hex(middle, chroma, hue)) >= least:
            dark = middle
        else:
            light = middle
    return _displayable_hex(dark, chroma, hue)


def _displayable_hex(lightness: float, chroma: float, hue: float) -> str:
    """The colour in sRGB, with less chroma where a screen cannot show as much."""
    least, most = 0.0, chroma
    if not _is_displayable(_linear_rgb(lightness, most, hue)):
        for _step in range(BISECTION_STEPS):
            middle = (least + most) / 2
            if _is_displayable(_linear_rgb(lightness, middle, hue)):
                least = middle
            else:
                most = middle
        most = least
    channels = (min(max(channel, 0.0), 1.0) for channel in _linear_rgb(lightness, most, hue))
    return "#" + "".join(f"{round(_gamma_encoded(channel) * 255):02x}" for channel in channels)


def _is_displayable(channels: _Triple) -> bool:
    return all(-1e-6 <= channel <= 1 + 1e-6 for channel in channels)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _gamma_decoded(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _gamma_encoded(channel: float) -> float:
    return channel * 12.92 if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


def _cielab(colour: str) -> _Triple:
    """Lightness from 0 to 100, and the places between green and red and between blue and yellow (D65)."""
    red, green, blue = (_gamma_decoded(channel / 255) for channel in _channels(colour))
    x, y, z = (
        math.cbrt(share) if share > 216 / 24389 else (24389 / 27 * share + 16) / 116
        for share in (
            (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047,
            0.2126729 * red + 0.7151522 * green + 0.0721750 * blue,
            (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883,
        )
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _oklch(colour: str) -> _Triple:
    """Lightness from 0 to 1, chroma, and hue in radians (Björn Ottosson's OKLab)."""
    red, green, blue = (_gamma_decoded(channel / 255) for channel in _channels(colour))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    chroma = math.hypot(a, b)
    return lightness, chroma if chroma > NO_CHROMA else 0.0, math.atan2(b, a)


def _linear_rgb(lightness: float, chroma: float, hue: float) -> _Triple:
    """Linear channels; some are below 0 or above 1 where no screen can show the colour."""
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
