"""Pages of evidence as pictures: what is drawn, and that no file takes more than it may."""

import io
import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dnk_tool.domain.evidence import EvidenceFileType, FileRejected, FileRejectionReason
from dnk_tool.services.uploads import page_images
from dnk_tool.services.uploads.decoder import DecoderLimits
from dnk_tool.services.uploads.decoding import drawn_page
from dnk_tool.services.uploads.decoding.page_images import MAX_AREA, MAX_HEIGHT, MAX_WIDTH, _scale
from dnk_tool.services.uploads.page_images import PageImage, page_image
from tests import hostile_pages
from tests.support.files import evidence_files

PDF, ENOUGH_SECONDS = EvidenceFileType.PDF, 30


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch) -> page_images._Memory:
    """Each test begins with nothing held from before."""
    monkeypatch.setattr(page_images, "_memory", page_images._Memory())
    return page_images._memory


def drawn_here(
    content: bytes, number: int = 1, kind: EvidenceFileType = PDF
) -> tuple[dict[str, int], Image.Image]:
    """Draws in this process: what the child says about the page, and the picture."""
    about, _line, picture = drawn_page(content, kind, str(number)).partition(b"\n")
    return json.loads(about), Image.open(io.BytesIO(picture))


def giving(content: bytes) -> Callable[[], bytes]:
    return lambda: content


@pytest.mark.parametrize(
    ("box", "size"),
    [
        ((0, 0, 595, 842), (1600, 2264)),
        ((0, 0, 842, 595), (1600, 1131)),
        ((0, 0, 100_000, 100_000), (1600, 1600)),
        ((0, 0, 226, 2_834), (692, 8674)),  # a long till receipt
        ((0, 0, 0.01, 100_000), (1, 15_999)),
        ((0, 0, 100, 50), (400, 200)),
        ((0, 0, 0, 0), (1600, 2071)),
    ],
    ids=["upright", "lengthwise", "huge", "receipt", "line", "label", "nothing"],
)
def test_a_page_of_any_extent_becomes_a_picture_of_a_bounded_size(box: Any, size: tuple[int, int]) -> None:
    about, picture = drawn_here(hostile_pages.page_pdf(box=box))
    assert picture.format == "JPEG"
    assert picture.size == (about["width"], about["height"]) == size
    assert picture.getpixel((0, 0)) == (0, 0, 0)


@given(*[st.floats(1e-9, 1e9)] * 2)
def test_no_extent_leads_beyond_the_bounds(width: float, height: float) -> None:
    scale = _scale(width, height)
    assert math.ceil(width * scale) <= MAX_WIDTH
    assert math.ceil(height * scale) <= MAX_HEIGHT
    assert width * scale * height * scale <= MAX_AREA


@pytest.mark.parametrize("number", [-5, 0, 1, 3, 99_999])
def test_a_number_beyond_the_pages_is_the_first_or_last(number: int) -> None:
    about, _picture = drawn_here(hostile_pages.page_pdf(pages=3), number)
    assert (about["number"], about["pages"]) == (min(max(1, number), 3), 3)


@pytest.mark.parametrize(
    "content", [hostile_pages.filled_form(), hostile_pages.with_script(), hostile_pages.broken_table()]
)
def test_filled_fields_are_drawn_scripts_do_not_run_and_a_broken_table_is_mended(content: bytes) -> None:
    assert drawn_here(content)[1].getpixel((800, 1000)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("content", "kind", "why"),
    [
        (hostile_pages.page_tree_in_a_circle(), PDF, FileRejectionReason.BROKEN),
        (b"%PDF-1.7\n" + bytes(999), PDF, FileRejectionReason.BROKEN),
        (b"", PDF, FileRejectionReason.BROKEN),
        (evidence_files.pixel_bomb(20_000, 20_000), EvidenceFileType.PNG, FileRejectionReason.PIXELS),
        (b"<svg/>", EvidenceFileType.PNG, FileRejectionReason.OTHER_CONTENT),
        (b"a;b", EvidenceFileType.CSV, FileRejectionReason.KIND),
    ],
    ids=["circle", "rubbish", "empty", "pixel-bomb", "no-picture", "table"],
)
def test_what_cannot_be_drawn_has_a_reason(
    content: bytes, kind: EvidenceFileType, why: FileRejectionReason
) -> None:
    with pytest.raises(FileRejected) as refused:
        drawn_here(content, kind=kind)
    assert refused.value.why is why


@pytest.mark.parametrize(
    ("kind", "size"), [("PNG", (3_200, 100)), ("JPEG", (40, 30)), ("WEBP", (50, 60))], ids=str
)
def test_a_picture_is_drawn_anew_and_never_larger(kind: str, size: tuple[int, int]) -> None:
    content = evidence_files.image(kind, size, colour="black")
    about, picture = drawn_here(content, 7, EvidenceFileType(kind.lower().replace("jpeg", "jpg")))
    assert (about["number"], about["pages"]) == (1, 1)
    assert picture.size == ((1_600, 50) if size[0] > MAX_WIDTH else size)


def test_what_is_transparent_becomes_white() -> None:
    target = io.BytesIO()
    Image.new("RGBA", (9, 9), (0, 0, 0, 0)).save(target, "PNG")
    assert drawn_here(target.getvalue(), kind=EvidenceFileType.PNG)[1].getpixel((4, 4)) == (255, 255, 255)


# ---- The child itself


def test_the_child_draws_the_second_page_once() -> None:
    pages = hostile_pages.page_pdf(pages=2)
    page = page_image("a", PDF, 2, giving(pages))
    assert (page.number, page.pages) == (2, 2)
    assert page.content.startswith(b"\xff\xd8\xff")
    assert page_image("a", PDF, 2, giving(b"not read again")) is page


@pytest.mark.parametrize(
    ("content", "seconds", "why"),
    [
        (evidence_files.encrypted_pdf, ENOUGH_SECONDS, FileRejectionReason.ENCRYPTED),
        (hostile_pages.drawing_itself, 0.6, FileRejectionReason.TOO_MUCH),
        (hostile_pages.endless_pattern, 0.6, FileRejectionReason.TOO_MUCH),
        (hostile_pages.content_bomb, ENOUGH_SECONDS, FileRejectionReason.TOO_MUCH),
    ],
    ids=["encrypted", "loop", "pattern", "content-bomb"],
)
def test_a_file_that_takes_too_much_ends_with_its_child(
    monkeypatch: pytest.MonkeyPatch, content: Callable[[], bytes], seconds: float, why: FileRejectionReason
) -> None:
    monkeypatch.setattr(page_images, "LIMITS", DecoderLimits(seconds, ENOUGH_SECONDS, 300_000_000))
    made = content()
    for again in (made, b"not read again, the reason is held"):
        with pytest.raises(FileRejected) as refused:
            page_image("a", PDF, 1, giving(again))
        assert refused.value.why is why


def test_one_page_takes_five_seconds_at_most() -> None:
    assert page_images.LIMITS.seconds <= 5
    assert page_images.LIMITS.cpu_seconds < page_images.LIMITS.seconds


def test_who_waits_too_long_is_told_and_can_ask_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_images, "SLOT_TIMEOUT_SECONDS", 0.01)
    for _slot in range(2):
        page_images._worker_slots.acquire()
    try:
        with pytest.raises(FileRejected) as refused:
            page_image("a", PDF, 1, giving(b""))
    finally:
        for _slot in range(2):
            page_images._worker_slots.release()
    assert refused.value.why is FileRejectionReason.BUSY
    assert page_images._memory.read(("a", 1)) is None


# ---- What is held


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, page_images.MAX_KEPT_BYTES + 1)), max_size=99))
def test_what_is_held_stays_within_its_bounds(pages: list[tuple[int, int]]) -> None:
    memory = page_images._Memory()
    for number, size in pages:
        memory.put(("a", number), PageImage(number, 99, 1, 1, memoryview(_ZEROS)[:size]))  # type: ignore[arg-type]
        held = [memory.read(key) for key in list(memory._kept)]
        assert len(held) <= page_images.MAX_KEPT
        assert sum(len(page.content) for page in held if page) <= page_images.MAX_KEPT_BYTES


_ZEROS = bytes(page_images.MAX_KEPT_BYTES + 1)


def test_what_is_held_goes_in_time(monkeypatch: pytest.MonkeyPatch, memory: page_images._Memory) -> None:
    page = PageImage(1, 1, 1, 1, b"")
    memory.put(("a", 1), page)
    memory.put(("b", 1), FileRejectionReason.BROKEN)
    now = page_images.time.monotonic()
    for seconds, held in (
        (0, page),
        (page_images.FAILURE_SECONDS + 1, page),
        (page_images.KEPT_SECONDS + 1, None),
    ):
        monkeypatch.setattr(page_images.time, "monotonic", lambda later=seconds: now + later)
        assert memory.read(("a", 1)) is held
        assert (memory.read(("b", 1)) is None) is bool(seconds)
