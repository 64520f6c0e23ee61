"""The branding of a declaration: accent, logo and the colours derived from them."""

import base64
import io
import struct
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from dnk_tool.domain.colours import (
    AREA_COLOURS,
    TEXT_CONTRAST,
    WHITE,
    contrast,
    difference,
    mix_colours,
    parse_hex,
    readable_on,
)
from dnk_tool.report.assets import JPEG_DATA_URL_PREFIX, PNG_DATA_URL_PREFIX

TEXT_COLOUR = "#1d2629"  # of all text, as in declaration.css
BRIGHT_TINT = 0.8  # the share of white in the tint of an accent that is too bright for words
LEAST_DIFFERENCE = 20  # between an accent and the colour of an area
MIN_LINE_CONTRAST = 1.25  # lines with less contrast to white are hardly visible
MIN_FIELD_CONTRAST = 1.06  # for areas, where bright yellow is still visible
SAMPLE = (64, 64)  # pixels that are analysed
LIGHT_SHARE = 0.4
OPAQUE = 128


@dataclass(frozen=True, slots=True)
class Logo:
    """A logo with its size in pixels; `is_light`: white on transparent ground, so it needs a dark one."""

    png: bytes
    width: int
    height: int
    is_light: bool

    @property
    def address(self) -> str:
        """The picture as a data URL, so that nothing is fetched."""
        return PNG_DATA_URL_PREFIX + base64.b64encode(self.png).decode()

    def fitted(self, width: float, height: float) -> tuple[float, float]:
        """The largest width and height that fit in a box with the logo's proportions, in the box's unit."""
        scale = min(width / self.width, height / self.height)
        return round(self.width * scale, 2), round(self.height * scale, 2)


@dataclass(frozen=True, slots=True)
class Branding:
    """An accent as `#rrggbb`, empty for the tool's own; a logo as a PNG written by the tool, or empty.

    `has_questions`: a final version prints what each criterion asks, too; all others do so anyway.
    `portrait`: the picture beside a foreword, a JPEG written by the tool, or empty. Raises ValueError for any
    other accent, because it becomes part of a style sheet.
    """

    accent: str = ""
    logo: bytes = b""
    has_questions: bool = False
    portrait: bytes = b""

    def __post_init__(self) -> None:
        if self.accent and parse_hex(self.accent) != self.accent:
            raise ValueError("an accent is written as #rrggbb")

    @property
    def palette(self) -> "Palette":
        """The colours derived from the accent; the tool's own without one."""
        return palette_for(self.accent, needs_dark=is_light(self.logo)) if self.accent else DEFAULT_PALETTE

    @property
    def picture(self) -> Logo | None:
        """The logo with its size; None if there is none."""
        return Logo(self.logo, *png_size(self.logo), is_light(self.logo)) if self.logo else None

    @property
    def portrait_address(self) -> str:
        """The portrait as a data URL, so that nothing is fetched; empty if there is none."""
        return JPEG_DATA_URL_PREFIX + base64.b64encode(self.portrait).decode() if self.portrait else ""


DEFAULT_BRANDING = Branding()


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as `#rrggbb`, each with enough contrast to its ground.

    `text` is for words, rules and drawings on white, and for words on `tint`; `field` is the ground of the
    cover with words in `on_field` and the year in `year`.
    """

    text: str
    tint: str
    field: str
    on_field: str
    year: str


DEFAULT_PALETTE = Palette("#005f66", "#eaf2f2", "#12383b", WHITE, "#bfd8d6")


@lru_cache(maxsize=256)
def palette_for(accent: str, *, needs_dark: bool = False) -> Palette:
    """Derive the colours from an accent `#rrggbb`; `needs_dark`: white must be readable on `field`."""
    text = readable_on(WHITE, accent)
    if text == accent:
        tints = (mix_colours(accent, WHITE, share) for share in (0.9, 0.93, 0.96, 0.98, 1.0))
        tint = next(tone for tone in tints if contrast(tone, text) >= TEXT_CONTRAST)
    else:  # a bright accent keeps a ground that is seen, with darker words on it
        tint = mix_colours(accent, WHITE, BRIGHT_TINT)
        text = readable_on(tint, text)
    if text == accent or contrast(accent, WHITE) < MIN_FIELD_CONTRAST:
        return Palette(text, tint, text, WHITE, _lightened(text))
    if contrast(accent, TEXT_COLOUR) >= TEXT_CONTRAST:
        year = readable_on(accent, text)
        return (
            Palette(text, tint, TEXT_COLOUR, WHITE, accent)
            if needs_dark
            else Palette(text, tint, accent, TEXT_COLOUR, year)
        )
    return Palette(text, tint, text, WHITE, _lightened(text))


def _lightened(field: str) -> str:
    """The least pale tone of the colour that is readable on it."""
    shares = (0.72, 0.8, 0.88, 1.0)
    return next(
        tone for share in shares if contrast(tone := mix_colours(field, WHITE, share), field) >= TEXT_CONTRAST
    )


AREA_PALETTES = {area: palette_for(colour) for area, colour in AREA_COLOURS.items()}


def similar_areas(accent: str) -> tuple[str, ...]:
    """The keys of the areas whose colour an accent `#rrggbb` is easily confused with."""
    return tuple(
        area for area, colour in AREA_COLOURS.items() if difference(accent, colour) < LEAST_DIFFERENCE
    )


def png_size(png: bytes) -> tuple[int, int]:
    """Width and height in pixels of a PNG written by the tool, whose header is not checked."""
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@lru_cache(maxsize=64)
def is_light(png: bytes) -> bool:
    """Whether a logo is hardly visible on white paper: mostly near-white on transparent ground."""
    if not png:
        return False
    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        small = image.convert("RGBA")
        small.thumbnail(SAMPLE)
    pixel_bytes = small.tobytes()
    pixels = [pixel_bytes[at : at + 4] for at in range(0, len(pixel_bytes), 4)]
    drawn = [pixel[:3].hex() for pixel in pixels if pixel[3] >= OPAQUE]
    if len(drawn) == len(pixels):
        return False
    pale = [colour for colour in drawn if contrast(f"#{colour}", WHITE) < MIN_LINE_CONTRAST]
    return len(pale) > LIGHT_SHARE * len(drawn)
