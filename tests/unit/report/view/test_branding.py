"""Whatever accent and logo a company has, all that is printed with them can be read and told apart."""

import io
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from dnk_tool.domain.colours import AREA_COLOURS, TEXT_CONTRAST, WHITE, contrast, difference, mix_colours
from dnk_tool.paths import templates_folder
from dnk_tool.report.files.html import render_html
from dnk_tool.report.view.branding import Branding, is_light, palette_for, similar_areas
from dnk_tool.report.view.charts.svg import TONES
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.model import Issue
from tests.support.documents import full_document

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
GRAPHICS_CONTRAST = 3.0  # of what must be seen to understand a drawing (WCAG 2.2, 1.4.11)
LEAST_STEP = 1.5  # from tone to tone, also in grey and for whoever sees no colours: it is brightness alone


def png(ground: tuple[int, ...], bar: tuple[int, ...], mode: str = "RGBA") -> bytes:
    image, target = Image.new(mode, (120, 40), ground), io.BytesIO()
    image.paste(bar, (10, 10, 110, 30))
    image.save(target, "PNG")
    return target.getvalue()


@given(COLOURS, st.booleans())
@example("#ffffff", False)
@example("#ffff00", True)
@example("#808080", False)
def test_words_can_be_read_wherever_they_stand(accent: str, needs_dark: bool) -> None:
    palette = palette_for(accent, needs_dark=needs_dark)
    for words, ground in (
        (palette.text, WHITE),
        (palette.text, palette.tint),
        (palette.on_field, palette.field),
        (palette.year, palette.field),
    ):
        assert contrast(words, ground) >= TEXT_CONTRAST, (words, ground)
    assert not needs_dark or contrast(WHITE, palette.field) >= TEXT_CONTRAST


@given(COLOURS)
@example("#767676")
@example("#000000")
def test_the_parts_of_a_chart_can_be_told_apart_without_colour(accent: str) -> None:
    edge = palette_for(accent).text
    tones = [mix_colours(edge, WHITE, white) for white in TONES]
    assert contrast(edge, WHITE) >= GRAPHICS_CONTRAST, "each part has an edge of this colour"
    for darker, lighter in pairwise(tones):
        assert contrast(darker, lighter) >= LEAST_STEP


def test_a_bright_accent_stays_the_ground_of_the_cover() -> None:
    palette = palette_for("#ffd500")
    assert palette.field == "#ffd500"
    assert palette.text != "#ffd500"
    assert palette_for("#1f4e79").text == palette_for("#1f4e79").field == "#1f4e79"
    assert palette_for("#ffd500", needs_dark=True).year == "#ffd500"
    assert difference(palette.tint, WHITE) > 20, "a box keeps a ground that is seen"


def test_the_colours_of_areas_stand_in_one_place() -> None:
    """The styles and pages take them from there."""
    files = [*(templates_folder() / "report").iterdir(), *(templates_folder() / "declarations").iterdir()]
    for path in files:
        text = path.read_text("utf-8").lower() if path.is_file() else ""
        assert not [colour for colour in AREA_COLOURS.values() if colour in text], path
    html = render_html(compose(full_document(), Issue(None, date(2026, 3, 2), True, "ab12cd34" * 8)))
    for area, colour in AREA_COLOURS.items():
        assert f"--{area}: {colour};" in html


@pytest.mark.parametrize(
    ("accent", "areas"),
    [("#c8431e", ("society",)), ("#1f4e79", ("strategy",)), ("#005f66", ()), ("#ffd500", ())],
)
def test_an_accent_may_look_like_an_area(accent: str, areas: tuple[str, ...]) -> None:
    assert similar_areas(accent) == areas


@pytest.mark.parametrize("accent", ["0a6", "#0a6", "#00AA66", "red", "#00aa66;}</style>"])
def test_nothing_but_a_code_becomes_part_of_a_style(accent: str) -> None:
    with pytest.raises(ValueError, match=r"accent|colour"):
        Branding(accent)


def test_a_white_logo_on_a_clear_ground_needs_a_dark_one() -> None:
    assert is_light(png((0, 0, 0, 0), (255, 255, 255, 255)))
    assert not is_light(png((0, 0, 0, 0), (20, 30, 40, 255)))
    assert not is_light(png((255, 255, 255), (250, 250, 250), "RGB")), "it brings its own ground"
    assert not is_light(b"")


def test_a_logo_fits_its_box() -> None:
    picture = Branding("", png((0, 0, 0, 0), (0, 0, 0, 255))).picture
    assert picture
    assert (picture.width, picture.height) == (120, 40)
    assert picture.fitted(60, 60) == (60, 20)
    assert picture.fitted(600, 20) == (60, 20)
    assert Branding().picture is None
