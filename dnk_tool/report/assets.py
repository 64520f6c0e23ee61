"""The fonts and styles of a printed declaration; nothing else is read while rendering."""

from pathlib import Path

from dnk_tool.paths import PACKAGE, templates_folder

PNG_DATA_URL_PREFIX = "data:image/png;base64,"  # prefix of a logo's address
JPEG_DATA_URL_PREFIX = "data:image/jpeg;base64,"  # and of a portrait's
SCHEME = "asset"
ASSETS_FOLDER = PACKAGE / "report" / "assets"
FONT_FILES = (
    "IBMPlexSans-Regular.ttf",
    "IBMPlexSans-SemiBold.ttf",
    "IBMPlexSerif-Light.ttf",
    "IBMPlexSerif-Medium.ttf",
)
# Faces for signs that the ones above lack. Each is read only for a declaration with such a sign, and no two
# have the same one (`python -m tests.fallback_fonts`).
FALLBACK_FACES = {
    name: ASSETS_FOLDER / "fonts" / "fallback" / f"{name}.ttf"
    for name in ("Arabic", "Hebrew", "Symbols", "Emoji")
}
HYPHENATION = ASSETS_FOLDER / "hyph_de.dic"
READ_HYPHENATION = ASSETS_FOLDER / "hyph_de.json"  # its patterns, where the build read them
# A Fontconfig without the system's folders, so that a declaration looks the same on every machine.
FONTCONFIG = ASSETS_FOLDER / "fonts.conf"


def fonts() -> tuple[Path, ...]:
    """The paths of the embedded font faces."""
    return tuple(ASSETS_FOLDER / "fonts" / name for name in FONT_FILES)


def served_assets() -> dict[str, tuple[Path, str]]:
    """The file and media type of each address that may be read while rendering."""
    font_files = {f"{SCHEME}:fonts/{path.name}": (path, "font/ttf") for path in fonts()}
    fallback_files = {f"{SCHEME}:fonts/{path.name}": (path, "font/ttf") for path in FALLBACK_FACES.values()}
    fallback_styles = {
        fallback_address(name): (path.with_suffix(".css"), "text/css")
        for name, path in FALLBACK_FACES.items()
    }
    style = templates_folder() / "report" / "declaration.css"
    return {
        **font_files,
        **fallback_files,
        **fallback_styles,
        f"{SCHEME}:declaration.css": (style, "text/css"),
    }


def fallback_address(name: str) -> str:
    """The address of the style that loads a fallback face."""
    return f"{SCHEME}:fonts/{FALLBACK_FACES[name].with_suffix('.css').name}"
