"""Draws a logo anew as a small PNG: sharp enough for paper, without what else was in the file."""

import io

from PIL import Image, ImageChops, ImageCms

from dnk_tool.domain.evidence import EvidenceFileType, FileRejected, FileRejectionReason
from dnk_tool.services.uploads.decoding.images import reencoded

MAX_SIZE = (1200, 400)  # pixels: 400 for an inch on the 76 mm that the cover has
MAX_BYTES = 200_000
MIN_SIZE = (16, 16)
PALETTE_SIZE = 256  # of a picture that needs more room than it may have
SHRINK_FACTOR = 0.8
MIN_OPACITY = 8  # of 255: less is seen by nobody


def logo_png(content: bytes, kind: EvidenceFileType) -> bytes:
    """The logo without the empty edges around it, at most 1200 by 400 pixels and 200 kB. Raises Refused."""
    return reencoded(content, kind, _encoded_logo)


def _encoded_logo(image: Image.Image, _kind: EvidenceFileType) -> bytes:
    plain = _trimmed(_in_srgb(image))
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


def _in_srgb(image: Image.Image) -> Image.Image:
    """The picture in sRGB; with a clear ground where it had one."""
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
            made = None  # a profile that nobody can read is none
        if made is not None:
            return _without_metadata(made, mode)
    return _without_metadata(image, mode)


def _without_metadata(image: Image.Image, mode: str) -> Image.Image:
    """The pixels alone. What cannot be seen has no colour either, so that nothing hides in it."""
    plain = image.convert(mode)
    bare = Image.new(mode, plain.size)
    if mode == "RGB":
        bare.paste(plain)
    else:
        opacity = plain.getchannel("A").point([0 if one < MIN_OPACITY else one for one in range(256)])
        plain.putalpha(opacity)
        bare.paste(plain, mask=opacity.point([0] + [255] * 255))
    return bare


def _trimmed(image: Image.Image) -> Image.Image:
    """The picture without a clear or white edge. Raises Refused if there is nothing else."""
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
    """The picture in fewer colours."""
    return image.quantize(PALETTE_SIZE, method=Image.Quantize.FASTOCTREE)


def _png(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG", optimize=True)
    return target.getvalue()
