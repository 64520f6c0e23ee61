"""Draws pictures anew: what was hidden in the file, such as the place it was taken at, stays behind."""

import io
from collections.abc import Callable

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from dnk_tool.domain.evidence import MOST_PIXELS, FileKind, Refusal, Refused

# What Pillow calls them; a phone's JPEG with a second picture in it is an MPO.
FORMATS = {FileKind.PNG: ("PNG",), FileKind.JPEG: ("JPEG", "MPO"), FileKind.WEBP: ("WEBP",)}
MODES = {
    FileKind.PNG: ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    FileKind.JPEG: ("L", "RGB", "CMYK"),
    FileKind.WEBP: ("RGB", "RGBA"),
}
QUALITY = 90


def redrawn(content: bytes, kind: FileKind) -> bytes:
    """The same picture, upright, without anything besides its pixels. Raises Refused."""
    return drawn(content, kind, _saved)


def drawn(content: bytes, kind: FileKind, save: Callable[[Image.Image, FileKind], bytes]) -> bytes:
    """What `save` makes of the picture, once it may be drawn and stands upright. Raises Refused."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow itself refuses from twice that on
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # other libraries let it draw half a picture
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS[kind][:1]) as image:
            _check(image, kind)
            image.load()
            return save(ImageOps.exif_transpose(image), kind)
    except UnidentifiedImageError as error:
        raise Refused(Refusal.OTHER_CONTENT) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(Refusal.PIXELS) from error
    # What a damaged picture makes the decoders say.
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, OverflowError) as error:
        raise Refused(Refusal.BROKEN) from error


def _check(image: Image.Image, kind: FileKind) -> None:
    if image.format not in FORMATS[kind]:
        raise Refused(Refusal.OTHER_CONTENT)
    if image.width * image.height > MOST_PIXELS:
        raise Refused(Refusal.PIXELS)
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
        raise Refused(Refusal.MOVING)


def _saved(image: Image.Image, kind: FileKind) -> bytes:
    target = io.BytesIO()
    plain = image if image.mode in MODES[kind] else image.convert("RGBA" if _is_see_through(image) else "RGB")
    if kind is FileKind.JPEG:
        plain = plain.convert("RGB") if plain.mode == "RGBA" else plain
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    if plain.mode == "P":
        bare.putpalette(plain.getpalette() or ())
    transparency = (
        {} if plain.info.get("transparency") is None else {"transparency": plain.info["transparency"]}
    )
    if kind is FileKind.JPEG:
        bare.save(target, "JPEG", quality=QUALITY, optimize=True)
    elif kind is FileKind.PNG:
        bare.save(target, "PNG", **transparency)
    else:
        bare.save(target, "WEBP", quality=QUALITY, method=4)
    return target.getvalue()


def _is_see_through(image: Image.Image) -> bool:
    return image.has_transparency_data
