"""Re-encodes pictures, so that metadata such as the place they were taken at is removed."""

import io
from collections.abc import Callable

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from dnk_tool.domain.evidence import MAX_PIXELS, EvidenceFileType, FileRejected, FileRejectionReason

# Pillow's names of the formats; a phone's JPEG with a second picture in it is an MPO.
FORMATS = {
    EvidenceFileType.PNG: ("PNG",),
    EvidenceFileType.JPEG: ("JPEG", "MPO"),
    EvidenceFileType.WEBP: ("WEBP",),
}
MODES = {
    EvidenceFileType.PNG: ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    EvidenceFileType.JPEG: ("L", "RGB", "CMYK"),
    EvidenceFileType.WEBP: ("RGB", "RGBA"),
}
QUALITY = 90


def reencoded_image(content: bytes, kind: EvidenceFileType) -> bytes:
    """Re-encode the picture upright and without metadata. Raises FileRejected."""
    return reencoded(content, kind, _encoded)


def reencoded(
    content: bytes, kind: EvidenceFileType, save: Callable[[Image.Image, EvidenceFileType], bytes]
) -> bytes:
    """Check and decode the picture, turn it upright, and return what `save` makes of it.

    Raises FileRejected for another format, too many pixels, several frames, or a damaged file.
    """
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2  # Pillow itself raises from twice this limit
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # other libraries set this to accept truncated files
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS[kind][:1]) as image:
            _check(image, kind)
            image.load()
            return save(ImageOps.exif_transpose(image), kind)
    except UnidentifiedImageError as error:
        raise FileRejected(FileRejectionReason.OTHER_CONTENT) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FileRejected(FileRejectionReason.PIXELS) from error
    # The exceptions that decoders raise for damaged pictures.
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, OverflowError) as error:
        raise FileRejected(FileRejectionReason.BROKEN) from error


def _check(image: Image.Image, kind: EvidenceFileType) -> None:
    if image.format not in FORMATS[kind]:
        raise FileRejected(FileRejectionReason.OTHER_CONTENT)
    if image.width * image.height > MAX_PIXELS:
        raise FileRejected(FileRejectionReason.PIXELS)
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
        raise FileRejected(FileRejectionReason.MOVING)


def _encoded(image: Image.Image, kind: EvidenceFileType) -> bytes:
    target = io.BytesIO()
    plain = (
        image if image.mode in MODES[kind] else image.convert("RGBA" if _has_transparency(image) else "RGB")
    )
    if kind is EvidenceFileType.JPEG:
        plain = plain.convert("RGB") if plain.mode == "RGBA" else plain
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    if plain.mode == "P":
        bare.putpalette(plain.getpalette() or ())
    transparency = (
        {} if plain.info.get("transparency") is None else {"transparency": plain.info["transparency"]}
    )
    if kind is EvidenceFileType.JPEG:
        bare.save(target, "JPEG", quality=QUALITY, optimize=True)
    elif kind is EvidenceFileType.PNG:
        bare.save(target, "PNG", **transparency)
    else:
        bare.save(target, "WEBP", quality=QUALITY, method=4)
    return target.getvalue()


def _has_transparency(image: Image.Image) -> bool:
    return image.has_transparency_data
