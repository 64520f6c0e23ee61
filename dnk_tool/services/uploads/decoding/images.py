"""Re-encodes pictures, so that metadata such as the place they were taken at is removed.

Re-encodes a logo as a small PNG without metadata, sharp enough for print.
Re-encodes a photo as a JPEG of a page's width without metadata.
Re-encodes a portrait as a small JPEG without metadata, cut to the shape in which it is printed.
"""

import io
from collections.abc import Callable

from PIL import Image, ImageChops, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

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


MAX_LOGO_SIZE = (1200, 400)  # pixels; 400 dpi on the cover's 76 mm
MAX_LOGO_BYTES = 200_000
MIN_LOGO_SIZE = (16, 16)
LOGO_PALETTE_SIZE = 256  # colours, of a picture that exceeds MAX_BYTES
LOGO_SHRINK_FACTOR = 0.8
MIN_LOGO_OPACITY = 8  # of 255; less is invisible


def logo_png(content: bytes, kind: EvidenceFileType) -> bytes:
    """The logo as a PNG without empty margins, at most MAX_SIZE pixels and MAX_BYTES. Raises FileRejected."""
    return reencoded(content, kind, _encoded_logo)


def _encoded_logo(image: Image.Image, _kind: EvidenceFileType) -> bytes:
    plain = _trimmed(in_srgb(image))
    if plain.width < MIN_LOGO_SIZE[0] and plain.height < MIN_LOGO_SIZE[1]:
        raise FileRejected(FileRejectionReason.EMPTY)
    plain.thumbnail(MAX_LOGO_SIZE, Image.Resampling.LANCZOS)
    while (
        len(written := _png(plain)) > MAX_LOGO_BYTES
        and len(written := _png(_with_fewer_colours(plain))) > MAX_LOGO_BYTES
    ):
        size = (
            max(1, round(plain.width * LOGO_SHRINK_FACTOR)),
            max(1, round(plain.height * LOGO_SHRINK_FACTOR)),
        )
        plain = plain.resize(size, Image.Resampling.LANCZOS)
    return written


def in_srgb(image: Image.Image) -> Image.Image:
    """The picture converted to sRGB; transparency is kept."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            made = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGBA" if image.mode == "RGBA" else "RGB",
            )
        except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
            made = None  # an unreadable profile is ignored
        if made is not None:
            return _without_metadata(made, mode)
    return _without_metadata(image, mode)


def _without_metadata(image: Image.Image, mode: str) -> Image.Image:
    """The pixels alone. Invisible ones lose their colour, too, so that they cannot hide anything."""
    plain = image.convert(mode)
    bare = Image.new(mode, plain.size)
    if mode == "RGB":
        bare.paste(plain)
    else:
        opacity = plain.getchannel("A").point(
            [0 if alpha < MIN_LOGO_OPACITY else alpha for alpha in range(256)]
        )
        plain.putalpha(opacity)
        bare.paste(plain, mask=opacity.point([0] + [255] * 255))
    return bare


def _trimmed(image: Image.Image) -> Image.Image:
    """The picture without its transparent or white margins. Raises FileRejected if nothing is left."""
    if image.mode == "RGBA":
        box = image.getchannel("A").getbbox()
    else:
        ground = Image.new("RGB", image.size, "white")
        box = (
            ImageChops.difference(image, ground)
            .convert("L")
            .point([0] * MIN_LOGO_OPACITY + [255] * (256 - MIN_LOGO_OPACITY))
            .getbbox()
        )
    if box is None:
        raise FileRejected(FileRejectionReason.EMPTY)
    return image.crop(box)


def _with_fewer_colours(image: Image.Image) -> Image.Image:
    """The picture reduced to PALETTE_SIZE colours."""
    return image.quantize(LOGO_PALETTE_SIZE, method=Image.Quantize.FASTOCTREE)


def _png(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG", optimize=True)
    return target.getvalue()


LARGEST_PHOTO = (1200, 900)  # pixels; twice the width in which a page shows it
PHOTO_QUALITY = 82


def photo_jpeg(content: bytes, kind: EvidenceFileType) -> bytes:
    """The picture upright and whole, in sRGB on white, as a JPEG of at most LARGEST pixels.

    Raises FileRejected.
    """
    return reencoded(content, kind, _encoded_photo)


def _encoded_photo(image: Image.Image, _kind: EvidenceFileType) -> bytes:
    drawn = in_srgb(image)
    plain = Image.new("RGB", drawn.size, "white")
    plain.paste(drawn, mask=drawn.getchannel("A") if drawn.mode == "RGBA" else None)
    plain.thumbnail(LARGEST_PHOTO, Image.Resampling.LANCZOS)
    target = io.BytesIO()
    plain.save(target, "JPEG", quality=PHOTO_QUALITY, optimize=True)
    return target.getvalue()


LARGEST_PORTRAIT = (540, 672)  # pixels; 305 dpi at 45 by 56 mm
PORTRAIT_FOCUS = (0.5, 0.35)  # what is cut off is sooner below than above a face
PORTRAIT_QUALITY = 88


def portrait_jpeg(content: bytes, kind: EvidenceFileType) -> bytes:
    """The portrait upright, in sRGB on white, as a JPEG of at most LARGEST pixels. Raises FileRejected."""
    return reencoded(content, kind, _encoded_portrait)


def _encoded_portrait(image: Image.Image, _kind: EvidenceFileType) -> bytes:
    drawn = in_srgb(image)
    plain = Image.new("RGB", drawn.size, "white")
    plain.paste(drawn, mask=drawn.getchannel("A") if drawn.mode == "RGBA" else None)
    scale = min(1.0, plain.width / LARGEST_PORTRAIT[0], plain.height / LARGEST_PORTRAIT[1])
    size = (max(1, round(LARGEST_PORTRAIT[0] * scale)), max(1, round(LARGEST_PORTRAIT[1] * scale)))
    target = io.BytesIO()
    ImageOps.fit(plain, size, Image.Resampling.LANCZOS, centering=PORTRAIT_FOCUS).save(
        target, "JPEG", quality=PORTRAIT_QUALITY, optimize=True
    )
    return target.getvalue()
