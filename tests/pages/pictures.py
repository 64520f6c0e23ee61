"""Pictures of pages as small files."""

from pathlib import Path

from PIL import Image

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
SCHEMES = ("light", "dark")
COLOURS = 32


def save_picture(picture: Image.Image, name: str, *, folder: Path = FOLDER, colours: int = COLOURS) -> int:
    """Keep a picture as PNG with its most frequent colours and return its size.

    The other colours, at the edges of letters, become the nearest of those.
    """
    whole = picture.convert("RGB")
    counted = sorted(whole.getcolors(whole.width * whole.height) or (), key=lambda entry: -entry[0])
    kept = [colour for _count, colour in counted[:colours]]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in kept for part in colour])
    path = folder / f"{name}.png"
    whole.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)
    return path.stat().st_size
