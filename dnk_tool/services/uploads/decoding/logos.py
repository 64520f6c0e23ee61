"""Re-encodes a logo as a small PNG without metadata, sharp enough for print."""

import io

from PIL import Image, ImageChops, ImageCms

from dnk_tool.domain.evidence import EvidenceFileType, FileRejected, FileRejectionReason
from dnk_tool.services.uploads.decoding.images import reencoded

MAX_SIZE = (1200, 400)  # pixels; 400 dpi on the cover's 76 mm
MAX_BYTES = 200_000
MIN_SIZE = (16, 16)
PALETTE_SIZE = 256  # colours, of a picture that exceeds MAX_BYTES
SHRINK_FACTOR = 0.8
MIN_OPACITY = 8  # of 255; less is invisible


def logo_png(content: bytes, kind: EvidenceFileType) -> bytes:
    """The logo as a PNG without empty margins, at most MAX_SIZE pixels and MAX_BYTES. Raises FileRejected."""
    return reencoded(content, kind, _encoded_logo)


def _encoded_logo(image: Image.Image, _kind: EvidenceFileType) -> bytes:
    plain = _trimmed(in_srgb(image))
    if plain.width < MIN_SIZE[0] and plain.height < MIN_SIZE[1]:
        raise FileRejected(FileRejectionReason.EMPTY)
    plain.thumbnail(MAX_SIZE, Image.Resampling.LANCZOS)
    while (
        len(written := _png(plain)) > MAX_BYTES
        and len(written := _png(_with_fewer_colours(plain))) > MAX_BYTES
    ):
        size = (max(1, round(plain.width * SHRINK_FACTOR)), max(1, round(plain.height * SHRINK_FACTOR)))
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
        opacity = plain.getchannel("A").point([0 if alpha < MIN_OPACITY else alpha for alpha in range(256)])
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
            .point([0] * MIN_OPACITY + [255] * (256 - MIN_OPACITY))
            .getbbox()
        )
    if box is None:
        raise FileRejected(FileRejectionReason.EMPTY)
    return image.crop(box)


def _with_fewer_colours(image: Image.Image) -> Image.Image:
    """The picture reduced to PALETTE_SIZE colours."""
    return image.quantize(PALETTE_SIZE, method=Image.Quantize.FASTOCTREE)


def _png(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG", optimize=True)
    return target.getvalue()
