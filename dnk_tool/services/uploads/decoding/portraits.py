"""Re-encodes a portrait as a small JPEG without metadata, cut to the shape in which it is printed."""

import io

from PIL import Image, ImageOps

from dnk_tool.domain.evidence import EvidenceFileType
from dnk_tool.services.uploads.decoding.images import reencoded
from dnk_tool.services.uploads.decoding.logos import in_srgb

LARGEST = (540, 672)  # pixels; 305 dpi at 45 by 56 mm
FOCUS = (0.5, 0.35)  # what is cut off is sooner below than above a face
QUALITY = 88


def portrait_jpeg(content: bytes, kind: EvidenceFileType) -> bytes:
    """The portrait upright, in sRGB on white, as a JPEG of at most LARGEST pixels. Raises FileRejected."""
    return reencoded(content, kind, _encoded_portrait)


def _encoded_portrait(image: Image.Image, _kind: EvidenceFileType) -> bytes:
    drawn = in_srgb(image)
    plain = Image.new("RGB", drawn.size, "white")
    plain.paste(drawn, mask=drawn.getchannel("A") if drawn.mode == "RGBA" else None)
    scale = min(1.0, plain.width / LARGEST[0], plain.height / LARGEST[1])
    size = (max(1, round(LARGEST[0] * scale)), max(1, round(LARGEST[1] * scale)))
    target = io.BytesIO()
    ImageOps.fit(plain, size, Image.Resampling.LANCZOS, centering=FOCUS).save(
        target, "JPEG", quality=QUALITY, optimize=True
    )
    return target.getvalue()
