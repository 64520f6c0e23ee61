"""The files that a printed declaration is made of; nothing else is ever read while rendering."""

from pathlib import Path

from dnk_tool.paths import PACKAGE, templates_folder

PNG_DATA_URL_PREFIX = "data:image/png;base64,"  # what the address of a logo begins with
SCHEME = "asset"
ASSETS_FOLDER = PACKAGE / "report" / "assets"
FONT_FILES = (
    "IBMPlexSans-Regular.ttf",
    "IBMPlexSans-SemiBold.ttf",
    "IBMPlexSerif-Light.ttf",
    "IBMPlexSerif-Medium.ttf",
)
HYPHENATION = ASSETS_FOLDER / "hyph_de.dic"
# Its own Fontconfig without folders of the system: a declaration looks the same on every machine.
FONTCONFIG = ASSETS_FOLDER / "fonts.conf"


def fonts() -> tuple[Path, ...]:
    """The embedded font faces."""
    return tuple(ASSETS_FOLDER / "fonts" / name for name in FONT_FILES)


def served_assets() -> dict[str, tuple[Path, str]]:
    """Every address that may be read while rendering, with its file and media type."""
    found = {f"{SCHEME}:fonts/{path.name}": (path, "font/ttf") for path in fonts()}
    style = templates_folder() / "report" / "declaration.css"
    return {**found, f"{SCHEME}:declaration.css": (style, "text/css")}
