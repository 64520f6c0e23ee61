"""How a company's own declaration looks: its accent and its logo, and the tones that follow from them."""

import base64
import io
import struct
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from dnk_tool.domain.colours import (
    GRAPHICS_CONTRAST,
    TEXT_CONTRAST,
    WHITE,
    contrast,
    mixed,
    readable_on,
)

INK = "#1d2629"  # of all text, as in declaration.css
PALE = 1.25  # less contrast to white is hardly seen in lines
WHITISH = 1.06  # nor as a ground: bright yellow still is
SAMPLE = (64, 64)  # pixels that are looked at
MOSTLY = 0.4
OPAQUE = 128


@dataclass(frozen=True, slots=True)
class Look:
    """An accent as `#rrggbb`, empty for the tool's own; a logo as a PNG that we wrote ourselves, or empty."""

    accent: str = ""
    logo: bytes = b""

    @property
    def palette(self) -> "Palette":
        """The tones that the accent is printed in; the tool's own without one."""
        return palette(self.accent, is_dark=is_light(self.logo)) if self.accent else OURS


PLAIN = Look()


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as `#rrggbb`, each of which can be read where it stands.

    `text` is for words, rules and drawings on white, and for words on `tint`; `field` is the ground of the
    cover with words in `on_field` and the year in `year`.
    """

    text: str
    tint: str
    field: str
    on_field: str
    year: str


OURS = Palette("#005f66", "#eaf2f2", "#12383b", WHITE, "#bfd8d6")


@lru_cache(maxsize=256)
def palette(accent: str, *, is_dark: bool = False) -> Palette:
    """The tones that follow from an accent `#rrggbb`; `is_dark`: white must be readable on the field."""
    text = readable_on(WHITE, accent)
    tint = next(
        one
        for share in (0.9, 0.93, 0.96, 1.0)
        if contrast(one := mixed(accent, WHITE, share), text) >= TEXT_CONTRAST
    )
    is_ground = contrast(accent, INK) >= TEXT_CONTRAST and contrast(accent, WHITE) >= WHITISH
    if text != accent and is_ground and not is_dark:
        return Palette(text, tint, accent, INK, readable_on(accent, text, GRAPHICS_CONTRAST))
    year = next(
        one
        for share in (0.72, 0.8, 0.88, 1.0)
        if contrast(one := mixed(text, WHITE, share), text) >= TEXT_CONTRAST
    )
    return Palette(text, tint, text, WHITE, year)


@dataclass(frozen=True, slots=True)
class LogoView:
    """A logo for a page: its PNG, the words for whoever does not see it, and its size in pixels.

    `is_light`: white on nothing, so that it needs a dark ground.
    """

    png: bytes
    says: str
    width: int
    height: int
    is_light: bool

    @property
    def address(self) -> str:
        """The picture itself as an address: nothing needs to be fetched."""
        return f"data:image/png;base64,{base64.b64encode(self.png).decode()}"

    def fitted(self, width: float, height: float) -> tuple[float, float]:
        """Its size in a box of that width and height, in the unit of the box."""
        scale = min(width / self.width, height / self.height)
        return self.width * scale, self.height * scale


@dataclass(frozen=True, slots=True)
class LookView:
    """The look of a page: its tones, whether they are the company's own, and the logo, if there is one."""

    palette: Palette = OURS
    is_own: bool = False
    logo: LogoView | None = None


def look_view(look: Look, says: str) -> LookView:
    """The look for a page; `says` stands for the logo where it is not seen."""
    logo = None
    if look.logo:
        width, height = size_of(look.logo)
        logo = LogoView(look.logo, says, width, height, is_light(look.logo))
    return LookView(look.palette, bool(look.accent), logo)


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height in pixels of a PNG that we wrote ourselves."""
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@lru_cache(maxsize=64)
def is_light(png: bytes) -> bool:
    """Whether a logo of ours would hardly be seen on white paper: drawn in white on a clear ground."""
    if not png:
        return False
    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        small = image.convert("RGBA")
        small.thumbnail(SAMPLE)
    found = small.tobytes()
    pixels = [found[at : at + 4] for at in range(0, len(found), 4)]
    drawn = [one[:3].hex() for one in pixels if one[3] >= OPAQUE]
    if len(drawn) == len(pixels):
        return False
    pale = [one for one in drawn if contrast(f"#{one}", WHITE) < PALE]
    return len(pale) > MOSTLY * len(drawn)
