"""Every colour has a tone of its hue that can be read, and none is changed that can."""

import math
import re
from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dnk_tool.domain.colours import (
    AREA_COLOURS,
    TEXT_CONTRAST,
    WHITE,
    contrast,
    difference,
    luminance,
    mix_colours,
    parse_hex,
    readable_on,
)
from dnk_tool.paths import PACKAGE

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def oklab(colour: str) -> tuple[float, float]:
    """The two axes of colour, written down from the paper anew: green to red, blue to yellow."""
    red, green, blue = (
        (channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4)
        for channel in (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    )
    cones = (
        (0.4122214708, 0.5363325363, 0.0514459929),
        (0.2119034982, 0.6806995451, 0.1073969566),
        (0.0883024619, 0.2817188376, 0.6299787005),
    )
    long, medium, short = (math.cbrt(r * red + g * green + b * blue) for r, g, b in cones)
    return (
        1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
    )


@pytest.mark.parametrize(
    ("colour", "other", "ratio"),
    [("#000000", WHITE, 21), ("#777777", WHITE, 4.48), ("#0000ff", WHITE, 8.59), ("#ffff00", WHITE, 1.07)],
)
def test_contrast_is_the_one_of_the_standard(colour: str, other: str, ratio: float) -> None:
    assert contrast(colour, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(other, colour) == contrast(colour, other)


@pytest.mark.parametrize("text", ["#0a6", "0A6", " #00AA66 ", "00aa66"])
def test_codes_are_read_as_people_write_them(text: str) -> None:
    assert parse_hex(text) == "#00aa66"


@pytest.mark.parametrize("text", ["", "#", "#12", "#1234", "#12345g", "red", "#0a6;}", "＃0a6", "#٠٠٠"])
def test_everything_else_is_no_code(text: str) -> None:
    with pytest.raises(ValueError, match="no colour"):
        parse_hex(text)


@given(COLOURS)
@example("#ffffff")
@example("#000000")
@example("#ffff00")
@example("#00ff00")
def test_every_colour_has_a_tone_that_can_be_read(colour: str) -> None:
    tone = readable_on(WHITE, colour)
    assert contrast(tone, WHITE) >= TEXT_CONTRAST
    if contrast(colour, WHITE) >= TEXT_CONTRAST:
        assert tone == colour
    else:
        assert luminance(tone) < luminance(colour)
        assert contrast(tone, WHITE) < TEXT_CONTRAST + 0.15, "no darker than need be"


@given(COLOURS)
@example("#0000ff")
def test_a_darker_tone_keeps_its_hue(colour: str) -> None:
    before, after = oklab(colour), oklab(readable_on(WHITE, colour))
    if min(math.hypot(*before), math.hypot(*after)) > 0.04:  # below that one sees a grey
        turned = math.degrees(math.atan2(*before) - math.atan2(*after))
        assert abs((turned + 180) % 360 - 180) < 5


def test_on_a_dark_ground_no_darker_tone_helps() -> None:
    with pytest.raises(ValueError, match="ground"):
        readable_on("#111111", "#222222")


def test_colours_are_mixed_by_shares() -> None:
    assert mix_colours("#000000", WHITE, 0.5) == "#808080"
    assert mix_colours("#123456", WHITE, 0) == "#123456"


# How people see who lack the cones for red (protanopia) or green (deuteranopia): matrices for linear red,
# green and blue from G. M. Machado, M. M. Oliveira and L. A. F. Fernandes, "A Physiologically-based Model for
# Simulation of Color Vision Deficiency", IEEE Transactions on Visualization and Computer Graphics 15, 2009.
SEEN = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
}
LEAST_DIFFERENCE = 20
BEFORE = ("#1f4e79", "#6a3d74", "#2c6e49", "#a4472a")


def as_seen(colour: str, matrix: tuple[tuple[float, ...], ...]) -> str:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    seen = [min(max(sum(a * b for a, b in zip(row, linear, strict=True)), 0), 1) for row in matrix]
    shown = [c * 12.92 if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in seen]
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in shown)


def least_difference(colours: tuple[str, ...], matrix: tuple[tuple[float, ...], ...]) -> float:
    return min(difference(*pair) for pair in combinations([as_seen(each, matrix) for each in colours], 2))


@pytest.mark.parametrize("vision", SEEN)
def test_everybody_can_tell_the_areas_apart(vision: str) -> None:
    assert least_difference(tuple(AREA_COLOURS.values()), SEEN[vision]) >= LEAST_DIFFERENCE
    assert (least_difference(BEFORE, SEEN[vision]) >= LEAST_DIFFERENCE) == (vision == "all cones")


def test_print_and_pages_share_the_colours_of_the_areas() -> None:
    assets = PACKAGE / "web" / "assets"
    tokens = (assets / "styles" / "_tokens.scss").read_text("utf-8")
    assert dict(re.findall(r"\$area-([a-z-]+): (#[0-9a-f]{6});", tokens)) == dict(AREA_COLOURS)
    mark = (assets / "favicon.svg").read_text("utf-8")
    assert re.findall(r'<path fill="(#[0-9a-f]{6})"', mark) == [*AREA_COLOURS.values()]


STYLES = PACKAGE / "web" / "assets" / "styles"


def scheme(name: str) -> dict[str, str]:
    """The colours of the pages in the light or the dark scheme; a tone that is not said is the light one."""
    light, dark = (STYLES / "_schemes.scss").read_text("utf-8").split("prefers-color-scheme: dark")
    text = light if name == "light" else light + dark.split("@media print")[0]
    areas = {f"#{{$area-{key}}}": colour for key, colour in AREA_COLOURS.items()}
    found = re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6}|#\{\$area-[a-z-]+\});", text)
    said = {key: areas.get(colour, colour) for key, colour in found}
    return {
        key: "#" + "".join(sign * 2 for sign in colour[1:]) if len(colour) == 4 else colour
        for key, colour in said.items()
    }


@pytest.mark.parametrize("name", ["light", "dark"])
def test_words_of_the_pages_can_be_read_on_their_grounds(name: str) -> None:
    colours = scheme(name)
    pairs = [
        *((word, ground) for word in ("ink", "quiet", "act") for ground in ("page", "paper", "sand", "tint")),
        *((area, ground) for area in AREA_COLOURS for ground in ("page", "paper", f"{area}-tint")),
        *((kind, ground) for kind in ("ok", "warn", "wrong") for ground in ("page", "paper", f"{kind}-tint")),
        ("act-ink", "act"),
        ("act-ink", "act-deep"),
    ]
    assert [pair for pair in pairs if contrast(*(colours[each] for each in pair)) < TEXT_CONTRAST] == []


def test_no_other_style_has_a_colour_of_its_own() -> None:
    partials = [path for path in STYLES.glob("_*.scss") if path.name not in ("_tokens.scss", "_schemes.scss")]
    own = {path.name: re.findall(r"#[0-9a-f]{3,8}\b", path.read_text("utf-8")) for path in partials}
    assert {name: found for name, found in own.items() if set(found) - {"#000", "#fff"}} == {}


@pytest.mark.parametrize("area", AREA_COLOURS)
def test_white_words_can_be_read_on_an_area_and_its_words_on_white(area: str) -> None:
    assert contrast(AREA_COLOURS[area], WHITE) >= 5


def test_the_difference_of_two_colours_is_their_distance_in_cielab() -> None:
    assert difference("#ffffff", "#000000") == pytest.approx(100, abs=0.01)
    assert difference("#ff0000", "#00ff00") == pytest.approx(170.6, abs=0.1)
    assert difference("#336699", "#336699") == 0
