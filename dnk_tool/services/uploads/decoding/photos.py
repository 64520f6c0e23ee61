"""Re-encodes a photo as a JPEG of a page's width without metadata."""

import io

from PIL import Image

from dnk_tool.domain.evidence import EvidenceFileType
from dnk_tool.services.uploads.decoding.images import reencoded
from dnk_tool.services.uploads.decoding.logos import in_srgb

LARGEST = (1200, 900)  # pixels; twice the width in which a page shows it
QUALITY = 82


def photo_jpeg(content: bytes, kind: EvidenceFileType) -> bytes:
    """The picture upright and whole, in sRGB on white, as a JPEG of at most LARGEST pixels.

    Raises FileRejected.
    """
    return reencoded(content, kind, _encoded_photo)


def _encoded_photo(image: Image.Image, _kind: EvidenceFileType) -> bytes:
    drawn = in_srgb(image)
    plain = Image.new("RGB", drawn.size, "white")
    plain.paste(drawn, mask=drawn.getchannel("A") if drawn.mode == "RGBA" else None)
    plain.thumbnail(LARGEST, Image.Resampling.LANCZOS)
    target = io.BytesIO()
    plain.save(target, "JPEG", quality=QUALITY, optimize=True)
    return target.getvalue()
