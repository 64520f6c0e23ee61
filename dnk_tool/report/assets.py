"""The fonts and styles of a printed declaration; nothing else is read while rendering."""

from pathlib import Path

from dnk_tool.paths import PACKAGE, templates_folder

PNG_DATA_URL_PREFIX = "data:image/png;base64,"  # prefix of a logo's address
SCHEME = "asset"
ASSETS_FOLDER = PACKAGE / "report" / "assets"
FONT_FILES = (
    "IBMPlexSans-Regular.ttf",
    "IBMPlexSans-SemiBold.ttf",
    "IBMPlexSerif-Light.ttf",
    "IBMPlexSerif-Medium.ttf",
)
HYPHENATION = ASSETS_FOLDER / "hyph_de.dic"
# A Fontconfig without the system's folders, so that a declaration looks the same on every machine.
FONTCONFIG = ASSETS_FOLDER / "fonts.conf"


def fonts() -> tuple[Path, ...]:
    """The paths of the embedded font faces."""
    return tuple(ASSETS_FOLDER / "fonts" / name for name in FONT_FILES)


def served_assets() -> dict[str, tuple[Path, str]]:
    """The file and media type of each address that may be read while rendering."""
    font_files = {f"{SCHEME}:fonts/{path.name}": (path, "font/ttf") for path in fonts()}
    style = templates_folder() / "report" / "declaration.css"
    return {**font_files, f"{SCHEME}:declaration.css": (style, "text/css")}
