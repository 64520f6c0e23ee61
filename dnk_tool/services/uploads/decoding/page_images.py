"""Draws a page of a PDF, or a picture, small enough for a browser; runs only in a child with limits.

PDFium is built without JavaScript, reads from memory alone and is given no password.
"""

import io
import json
import math

import pypdfium2
from PIL import Image

from dnk_tool.domain.evidence import IMAGE_TYPES, EvidenceFileType, FileRejected, FileRejectionReason
from dnk_tool.services.uploads.decoding.images import in_srgb, reencoded

# Pixels. A long till receipt may be high, so both sides and the area have a bound of their own.
MAX_WIDTH, MAX_HEIGHT, MAX_AREA = 1_600, 16_000, 6_000_000
MAX_SCALE = 4.0  # pixels for a point of a PDF: a small label is not blown up further
QUALITY = 85


def page_image(content: bytes, kind: EvidenceFileType, number: int) -> bytes:
    """A line of JSON (`number`, `pages`, `width`, `height`), and the page as JPEG after it.

    A number that the file does not have stands for its first or last page. Raises FileRejected.
    """
    if kind in IMAGE_TYPES:
        return reencoded(content, kind, lambda image, _kind: _written(_reduced(image), 1, 1))
    if kind is EvidenceFileType.PDF:
        return _pdf_page(content, number)
    raise FileRejected(FileRejectionReason.KIND)


def _pdf_page(content: bytes, number: int) -> bytes:
    try:
        with pypdfium2.PdfDocument(content) as pdf:
            pages = len(pdf)
            if not pages:
                raise FileRejected(FileRejectionReason.BROKEN)
            number = min(max(1, number), pages)
            pdf.init_forms()  # without it what was typed into a form is not drawn
            page = pdf[number - 1]
            bitmap = page.render(scale=_scale(*page.get_size()), limit_image_cache=True)
            return _written(bitmap.to_pil(), number, pages)
    except pypdfium2.PdfiumError as error:
        is_locked = error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD
        reason = FileRejectionReason.ENCRYPTED if is_locked else FileRejectionReason.BROKEN
        raise FileRejected(reason) from error


def _scale(width: float, height: float) -> float:
    """Pixels for a point. Raises FileRejected for a page without extent."""
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise FileRejected(FileRejectionReason.BROKEN)
    # A hair less, as the sides are rounded up.
    return 0.9999 * min(
        MAX_SCALE, MAX_WIDTH / width, MAX_HEIGHT / height, math.sqrt(MAX_AREA / width / height)
    )


def _reduced(image: Image.Image) -> Image.Image:
    """The picture on white ground, no larger than a page is drawn."""
    plain = in_srgb(image)
    if plain.mode == "RGBA":
        ground = Image.new("RGB", plain.size, "white")
        ground.paste(plain, mask=plain.getchannel("A"))
        plain = ground
    scale = min(1.0, _scale(*plain.size))
    return plain.resize((math.ceil(plain.width * scale), math.ceil(plain.height * scale)))


def _written(image: Image.Image, number: int, pages: int) -> bytes:
    plain, target = image.convert("RGB"), io.BytesIO()
    about = {"number": number, "pages": pages, "width": plain.width, "height": plain.height}
    # JPEG takes a ninth of the time of WebP, and small letters stay clean with all of their colour.
    plain.save(target, "JPEG", quality=QUALITY, subsampling=0)
    return json.dumps(about).encode() + b"\n" + target.getvalue()
