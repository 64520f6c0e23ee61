"""What evidence is taken for: every honest kind of file, and none of the hostile ones or those that act."""

import io
import random
import sys

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from dnk_tool.domain.evidence import (
    TYPES_BY_EXTENSION,
    EvidenceFileType,
    FileRejected,
    FileRejectionReason,
    file_extension,
)
from dnk_tool.services.uploads import inspection
from dnk_tool.services.uploads.decoding import images, pdfs, sanitised, sanitised_logo, sanitised_portrait
from dnk_tool.services.uploads.virus_scan import ScanFault
from tests.support.files import acting_files, evidence_files

LARGEST = 10_000_000
HONEST, HOSTILE = evidence_files.accepted_files(), evidence_files.refused_files()
REFUSED, ACCEPTED = acting_files.refused_acting_files(), acting_files.accepted_acting_files()


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Decode in this process: starting the child dozens of times would take long."""
    monkeypatch.setattr(inspection, "_run", sanitised)


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("name", HONEST)
def test_honest_files_are_taken(name: str) -> None:
    inspected = inspection.inspect_file(name, HONEST[name], largest=LARGEST)
    assert inspected.kind is TYPES_BY_EXTENSION[file_extension(name)]
    assert inspected.name.endswith(f".{inspected.kind.value}")
    if inspected.kind not in (EvidenceFileType.PNG, EvidenceFileType.JPEG, EvidenceFileType.WEBP):
        assert inspected.content == HONEST[name]


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_files_are_refused(what: str) -> None:
    name, content, why = HOSTILE[what]
    with pytest.raises(FileRejected) as refused:
        inspection.inspect_file(name, content, largest=LARGEST)
    assert refused.value.why is why


def test_there_are_enough_hostile_files() -> None:
    assert len(HOSTILE) >= 20
    acting = acting_files.refused_acting_files()
    reasons = {why for _name, _content, why in (*HOSTILE.values(), *acting.values())}
    assert reasons >= set(FileRejectionReason) - {
        FileRejectionReason.TOO_LARGE,
        FileRejectionReason.TOO_MUCH,
        FileRejectionReason.BUSY,
        *(FileRejectionReason(fault.value) for fault in ScanFault),
    }


@pytest.mark.usefixtures("inline")
def test_a_picture_loses_the_place_where_it_was_taken_and_stands_upright() -> None:
    inspected = inspection.inspect_file("Foto.jpg", evidence_files.photo(), largest=LARGEST)
    for secret in (b"Exif", b"Muster", b"Standort", b"GPS"):
        assert secret not in inspected.content
    with Image.open(io.BytesIO(inspected.content)) as image:
        assert not image.getexif()
        assert image.size == (30, 40)


@pytest.mark.usefixtures("inline")
def test_a_transparent_drawing_stays_transparent() -> None:
    target = io.BytesIO()
    Image.new("RGBA", (9, 9), (1, 2, 3, 0)).convert("P").save(target, "PNG", transparency=0)
    inspected = inspection.inspect_file("a.png", target.getvalue(), largest=LARGEST)
    with Image.open(io.BytesIO(inspected.content)) as image:
        assert image.convert("RGBA").getpixel((3, 3))[3] == 0  # type: ignore[index]


@pytest.mark.usefixtures("inline")
def test_the_ending_follows_the_content() -> None:
    assert inspection.inspect_file("Scan.png", evidence_files.photo(), largest=LARGEST).name == "Scan.jpg"
    assert inspection.inspect_file("Scan.txt", evidence_files.pdf(), largest=LARGEST).name == "Scan.pdf"


@pytest.mark.usefixtures("inline")
def test_a_file_may_be_just_as_large_as_allowed() -> None:
    content = evidence_files.pdf()
    assert inspection.inspect_file("a.pdf", content, largest=len(content)).size == len(content)
    with pytest.raises(FileRejected) as refused:
        inspection.inspect_file("a.pdf", content, largest=len(content) - 1)
    assert refused.value.why is FileRejectionReason.TOO_LARGE


@pytest.mark.usefixtures("inline")
def test_a_script_deep_in_a_pdf_is_found() -> None:
    def hide(made: pikepdf.Pdf) -> None:
        action = pikepdf.Dictionary(S=pikepdf.Name.GoTo)
        action.Next = pikepdf.Array([pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("x"))])
        made.pages[0].AA = pikepdf.Dictionary(O=action)

    with pytest.raises(FileRejected):
        inspection.inspect_file("a.pdf", evidence_files.pdf(change=hide), largest=LARGEST)


# ---- Logos


def colourful(size: tuple[int, int]) -> bytes:
    """A picture of many colours that no compression makes small."""
    target, noise = io.BytesIO(), random.Random(1)
    Image.frombytes("RGB", size, noise.randbytes(size[0] * size[1] * 3)).save(target, "PNG")
    return target.getvalue()


def test_a_logo_has_a_bound_of_bytes_and_pixels() -> None:
    made = sanitised_logo(colourful((900, 300)), EvidenceFileType.PNG)
    assert len(made) <= images.MAX_LOGO_BYTES
    with Image.open(io.BytesIO(made)) as image:
        assert image.format == "PNG"
        assert image.width / image.height == pytest.approx(3, abs=0.05)
    with Image.open(
        io.BytesIO(sanitised_logo(evidence_files.image("JPEG", (3000, 3000)), EvidenceFileType.JPEG))
    ) as image:
        assert image.size == (400, 400)


def test_a_logo_loses_words_profile_and_hidden_pixels_and_stands_upright() -> None:
    made = sanitised_logo(evidence_files.photo(), EvidenceFileType.JPEG)
    with Image.open(io.BytesIO(made)) as image:
        assert not image.info
        assert image.height > image.width
    hidden, target = Image.new("RGBA", (40, 40), (9, 9, 9, 0)), io.BytesIO()
    hidden.paste((200, 0, 0, 255), (10, 10, 30, 30))
    hidden.putpixel((20, 20), (1, 2, 3, 0))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    hidden.save(target, "PNG", icc_profile=profile)
    with Image.open(io.BytesIO(sanitised_logo(target.getvalue(), EvidenceFileType.PNG))) as image:
        assert image.size == (20, 20)
        assert not image.info
        assert image.getpixel((10, 10)) == (0, 0, 0, 0)
        assert image.getpixel((0, 0)) == (200, 0, 0, 255)
    target = io.BytesIO()
    hidden.save(target, "PNG", icc_profile=b"no profile")
    assert sanitised_logo(target.getvalue(), EvidenceFileType.PNG)


def test_a_logo_is_a_picture_and_shows_something() -> None:
    for content, kind, why in (
        (evidence_files.pdf(), EvidenceFileType.PDF, FileRejectionReason.KIND),
        (evidence_files.image(colour="white"), EvidenceFileType.PNG, FileRejectionReason.EMPTY),
        (evidence_files.pixel_bomb(30_000, 30_000), EvidenceFileType.PNG, FileRejectionReason.PIXELS),
    ):
        with pytest.raises(FileRejected) as refused:
            sanitised_logo(content, kind)
        assert refused.value.why is why


# ---- A portrait

LYING = 6  # how a phone notes that a photo lies on its side


def test_a_portrait_stands_upright_on_white_without_metadata() -> None:
    exif = Image.Exif()
    exif[0x0112] = LYING
    sideways, target = Image.new("RGB", (1200, 900), "navy"), io.BytesIO()
    sideways.paste("orange", (0, 0, 400, 900))  # the upper third, once it is turned
    sideways.save(target, "JPEG", exif=exif, comment=b"Frau Muster", dpi=(72, 72))
    with Image.open(io.BytesIO(sanitised_portrait(target.getvalue(), EvidenceFileType.JPEG))) as image:
        assert (image.format, image.size) == ("JPEG", (540, 672))
        assert not image.getexif()
        assert "comment" not in image.info
        assert image.getpixel((270, 40))[0] > 200, "the head is above"
        assert image.getpixel((270, 640))[2] > 100
    clear, target = Image.new("RGBA", (100, 100)), io.BytesIO()
    clear.save(target, "PNG")
    with Image.open(io.BytesIO(sanitised_portrait(target.getvalue(), EvidenceFileType.PNG))) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)


@settings(max_examples=25, deadline=None, database=None)
@given(width=st.integers(1, 1500), height=st.integers(1, 1500))
def test_a_portrait_has_its_shape_whatever_is_sent(width: int, height: int) -> None:
    made = sanitised_portrait(evidence_files.image("PNG", (width, height)), EvidenceFileType.PNG)
    with Image.open(io.BytesIO(made)) as image:
        assert image.width <= 540
        assert image.height <= 672
        assert abs(image.width / 45 - image.height / 56) < 0.03 * max(1, image.width / 45)


def test_a_portrait_is_a_picture() -> None:
    with pytest.raises(FileRejected) as refused:
        sanitised_portrait(evidence_files.pdf(), EvidenceFileType.PDF)
    assert refused.value.why is FileRejectionReason.KIND


# ---- The child itself


@pytest.mark.parametrize("name", ["Rechnung.pdf", "Foto.jpg", "Zähler.xlsx"])
def test_the_child_takes_honest_files(name: str) -> None:
    inspected = inspection.inspect_file(name, HONEST[name], largest=LARGEST)
    assert inspected.content
    assert (inspected.content == HONEST[name]) is (inspected.kind is not EvidenceFileType.JPEG)


@pytest.mark.parametrize("what", ["docm as docx", "pixel flood", "locked pdf"])
def test_the_child_refuses_hostile_files(what: str) -> None:
    name, content, why = HOSTILE[what]
    with pytest.raises(FileRejected) as refused:
        inspection.inspect_file(name, content, largest=LARGEST)
    assert refused.value.why is why


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not know every limit")
def test_the_child_has_no_more_memory_than_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "MEMORY", 120_000_000)
    with pytest.raises(FileRejected) as refused:
        inspection.inspect_file("a.png", evidence_files.image(size=(7_000, 5_000)), largest=LARGEST)
    assert refused.value.why in (FileRejectionReason.TOO_MUCH, FileRejectionReason.BROKEN)


def test_who_waits_too_long_is_told_to_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "SLOT_TIMEOUT_SECONDS", 0.01)
    for _place in range(2):
        inspection._worker_slots.acquire()
    try:
        with pytest.raises(FileRejected) as refused:
            inspection.inspect_file("a.pdf", evidence_files.pdf(), largest=LARGEST)
    finally:
        for _place in range(2):
            inspection._worker_slots.release()
    assert refused.value.why is FileRejectionReason.BUSY


def test_a_child_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "SECONDS", 0.01)
    with pytest.raises(FileRejected) as refused:
        inspection.inspect_file("a.pdf", evidence_files.pdf(), largest=LARGEST)
    assert refused.value.why is FileRejectionReason.TOO_MUCH


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("what", REFUSED)
def test_f5_files_that_act_are_refused(what: str) -> None:
    name, content, why = REFUSED[what]
    with pytest.raises(FileRejected) as refused:
        inspection.inspect_file(name, content, largest=LARGEST)
    assert refused.value.why is why


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("what", ACCEPTED)
def test_f5_honest_files_are_taken(what: str) -> None:
    name, content = ACCEPTED[what]
    assert inspection.inspect_file(name, content, largest=LARGEST).content == content


def test_f5_the_child_refuses_them_too() -> None:
    for what in ("pdf opens another file", "docx html read in"):
        name, content, why = REFUSED[what]
        with pytest.raises(FileRejected) as refused:
            inspection.inspect_file(name, content, largest=LARGEST)
        assert refused.value.why is why


def test_f5_the_work_on_a_pdf_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    def grow(made: pikepdf.Pdf) -> None:
        made.Root.Many = pikepdf.Array([pikepdf.Array([number]) for number in range(500)])

    content = evidence_files.pdf(change=grow)
    sanitised(content, EvidenceFileType.PDF)
    monkeypatch.setattr(pdfs, "MAX_VALUES", 300)
    with pytest.raises(FileRejected) as refused:
        sanitised(content, EvidenceFileType.PDF)
    assert refused.value.why is FileRejectionReason.TOO_MUCH


def test_f5_there_are_enough_files() -> None:
    assert len(REFUSED) >= 60
    assert len(ACCEPTED) >= 20
