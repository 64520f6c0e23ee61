"""Builds the faces for what IBM Plex lacks: `python -m tests.fallback_fonts FOLDER`.

FOLDER holds the packages that publish the fonts as TrueType, fetched before with

    npm pack @expo-google-fonts/ibm-plex-sans-arabic@0.4.2 @expo-google-fonts/noto-sans-hebrew@0.4.1 \
      @expo-google-fonts/noto-sans-symbols@0.4.1 @expo-google-fonts/noto-sans-symbols-2@0.4.1 \
      @expo-google-fonts/noto-emoji@0.4.7

Arabic is Plex and not Noto: the letters of Noto are put together of strokes and dots, which a PDF cannot
name. What is left of a font has a name of its own, as the licences ask.

No two faces have the same character but spaces, so that it never depends on an order which of them prints
it. The lines of a text keep their height: each face takes that of IBM Plex Sans.
"""

import io
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from dnk_tool.report.assets import FALLBACK_FACES, fonts
from dnk_tool.report.text.glyphs import VOWEL_POINTS, base_code_points

SCRIPTS = ("Arabic", "Hebrew")  # whose letters join and carry points
FEATURES = ["ccmp", "locl", "init", "medi", "fina", "rlig", "calt", "liga", "kern"]
FIRST_PICTURE = 0x1F000
SPACES = {0x20, 0xA0}  # a space between two words is printed with the face of the first
PICTURE_WIDTH = 2400  # units: a picture is hardly wider than the text is high
_REGULAR = "package/400Regular/{}_400Regular.ttf"
_PACKAGES = {
    "Arabic": (("ibm-plex-sans-arabic-0.4.2", "IBMPlexSansArabic"),),
    "Hebrew": (("noto-sans-hebrew-0.4.1", "NotoSansHebrew"),),
    "Symbols": (
        ("noto-sans-symbols-2-0.4.1", "NotoSansSymbols2"),
        ("noto-sans-symbols-0.4.1", "NotoSansSymbols"),
    ),
    "Emoji": (("noto-emoji-0.4.7", "NotoEmoji"),),
}
_ARABIC = (*range(0x600, 0x700), *range(0x750, 0x780))
_HEBREW = range(0x590, 0x600)
# Arrows, technical signs, enclosed characters, shapes, symbols, ticks and pictures of all kinds; no dominoes,
# cards, alchemy or shorthand.
_SYMBOLS = (
    *range(0x2190, 0x2200),
    *range(0x2300, 0x2400),
    *range(0x2460, 0x2800),
    *range(0x2B00, 0x2C00),
    *range(0x1F100, 0x1F1AE),
    *range(0x1F300, 0x1F680),
    *range(0x1F780, 0x1F900),
)
_EMOJI = (*range(0x2000, 0x3300), *range(0x1F000, 0x1F1E6), *range(0x1F200, 0x1FB00))
_WANTED = {"Arabic": _ARABIC, "Hebrew": _HEBREW, "Symbols": _SYMBOLS, "Emoji": _EMOJI}


def main(folder: Path) -> None:
    """Write each face, its own characters alone."""
    taken, lines = set(base_code_points()), _heights(fonts()[0])
    # Pictures are all of one hand; only ticks, arrows and the like of old are those of the symbols.
    pictures = {
        code for code in _upstream_font(folder, *_PACKAGES["Emoji"][0]).getBestCmap() if code >= FIRST_PICTURE
    }
    for name, path in FALLBACK_FACES.items():
        sources = [_upstream_font(folder, *package) for package in _PACKAGES[name]]
        wanted = set(_WANTED[name]) - taken - VOWEL_POINTS - (pictures if name == "Symbols" else set())
        pieces = list(_pieces(sources, wanted, is_script=name in SCRIPTS))
        face = _merged(pieces)
        taken |= set(face.getBestCmap()) - SPACES
        if name == "Emoji":
            face["head"].unitsPerEm = PICTURE_WIDTH
        for attribute, share in lines.items():
            table, field = attribute.split(".")
            setattr(face[table], field, round(share * face["head"].unitsPerEm))
        for number, text in {1: name, 3: f"dnk-tool {name}", 4: name, 6: name}.items():
            face["name"].removeNames(nameID=number)
            face["name"].setName(text, number, 3, 1, 0x409)
        for number in (7, 16, 17, 25):
            face["name"].removeNames(nameID=number)
        face.recalcTimestamp = False
        face.save(path)
        print(f"{path.name}: {len(face.getBestCmap())} characters, {path.stat().st_size} bytes")


def _upstream_font(folder: Path, package: str, name: str) -> TTFont:
    with tarfile.open(folder / f"expo-google-fonts-{package}.tgz") as archive:
        content = archive.extractfile(_REGULAR.format(name))
        assert content is not None
        return TTFont(io.BytesIO(content.read()), recalcTimestamp=False)


def _pieces(sources: list[TTFont], wanted: set[int], *, is_script: bool) -> Iterator[TTFont]:
    """Each font with those wanted characters that the ones before lack."""
    for face in sources:
        options = Options()
        options.hinting = False
        options.notdef_outline = True
        options.glyph_names = False
        options.layout_features = FEATURES if is_script else []
        options.drop_tables += ["DSIG", "meta", "vhea", "vmtx", "VORG", "BASE", "STAT"]
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=(wanted | SPACES) & set(face.getBestCmap()))
        subsetter.subset(face)
        wanted -= set(face.getBestCmap())
        yield face


def _merged(pieces: list[TTFont]) -> TTFont:
    if len(pieces) == 1:
        return pieces[0]
    files = []
    for piece in pieces:
        file = io.BytesIO()
        piece.save(file)
        file.seek(0)
        files.append(file)
    return Merger().merge(files)


def _heights(path: Path) -> dict[str, float]:
    """What makes the height of a line, as shares of the size."""
    with TTFont(path) as face:
        unit = face["head"].unitsPerEm
        names = (
            *("hhea.ascent", "hhea.descent", "hhea.lineGap"),
            *(
                "OS/2.sTypoAscender",
                "OS/2.sTypoDescender",
                "OS/2.sTypoLineGap",
                "OS/2.usWinAscent",
                "OS/2.usWinDescent",
            ),
        )
        return {name: _font_field(face, name) / unit for name in names}


def _font_field(face: TTFont, name: str) -> Any:
    table, field = name.split(".")
    return getattr(face[table], field)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
