"""A page's digest: the same for a file saved anew, another for anything that shows."""

import io
import re
import zlib

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from dnk_tool.services.uploads.pages.client import digests_of
from dnk_tool.services.uploads.pages.digests import page_digests
from dnk_tool.services.uploads.pages.file_checks import OddFile
from dnk_tool.services.uploads.pages.model import ODD_PAGE, PageDigests
from tests.printed_files import (
    AROUND_PAGES,
    ON_PAGES,
    PAGES,
    SAVED_ANEW,
    appended,
    edited,
    paint,
    printed_file,
    remove_parts,
)
from tests.released import FOLDER as RELEASED

OURS = printed_file(b"{}")
DIGESTS = page_digests(OURS, is_own=True)


def _before_table(addition: bytes) -> bytes:
    """The file with something before its table of objects that nothing refers to."""
    at, start = (
        OURS.rindex(b"xref\n", 0, OURS.rindex(b"startxref")),
        OURS.rpartition(b"startxref")[2].split()[0],
    )
    return OURS[:at] + addition + OURS[at:].replace(start, b"%d" % (int(start) + len(addition)))


def differing_pages(other: PageDigests) -> list[int]:
    pairs = zip(other.pages, DIGESTS.pages, strict=False)
    return [number for number, (now, then) in enumerate(pairs, 1) if now != then]


def number_of_content(page: int) -> int:
    with pikepdf.open(io.BytesIO(OURS)) as pdf:
        return int(pdf.pages[page].obj.Contents.objgen[0])


def test_each_page_has_a_digest_of_its_own() -> None:
    assert len(set(DIGESTS.pages)) == PAGES
    assert page_digests(OURS) == DIGESTS


@pytest.mark.parametrize("how", SAVED_ANEW)
def test_a_file_saved_anew_has_the_same_pages(how: str) -> None:
    edit, settings = SAVED_ANEW[how]
    assert page_digests(edited(OURS, edit, **settings)) == DIGESTS


@pytest.mark.parametrize("how", ON_PAGES)
def test_what_changes_the_look_of_a_page_is_found_there(how: str) -> None:
    edit, numbers = ON_PAGES[how]
    changed = edited(OURS, edit)
    other = page_digests(changed)
    assert differing_pages(other) == numbers
    assert page_digests(edited(changed, linearize=True)) == other


@pytest.mark.parametrize("how", AROUND_PAGES)
def test_what_belongs_to_no_page_counts_for_the_document(how: str) -> None:
    other = page_digests(edited(OURS, AROUND_PAGES[how]))
    assert other.pages == DIGESTS.pages
    assert other.document != DIGESTS.document


def test_a_removed_page_leaves_the_others_as_they_are() -> None:
    other = page_digests(edited(OURS, remove_parts))
    assert other.pages == (DIGESTS.pages[0], *DIGESTS.pages[2:])


def test_an_added_attachment_counts_for_the_document() -> None:
    def attach(pdf: pikepdf.Pdf) -> None:
        pdf.attachments["other.txt"] = pikepdf.AttachedFileSpec(pdf, b"other", filename="other.txt")

    other = page_digests(edited(OURS, attach))
    assert other.pages == DIGESTS.pages
    assert other.document != DIGESTS.document


def test_what_a_viewer_appends_is_seen() -> None:
    painted = b"<< /Length 18 >>\nstream\n1 g 0 0 99 99 re f\nendstream"
    assert differing_pages(page_digests(appended(OURS, number_of_content(1), painted))) == [2]
    assert page_digests(appended(OURS, 9_000, b"<< /Producer (Viewer) >>")) == DIGESTS


def test_an_old_object_that_a_repair_would_bring_back_is_refused() -> None:
    """A viewer that distrusts the table of objects goes by the last one of each number in the file."""
    number = number_of_content(1)
    hidden = b"%d 0 obj\n<< /Length 18 >>\nstream\n1 g 0 0 99 99 re f\nendstream\nendobj\n" % number
    torn = _before_table(hidden)
    assert page_digests(torn, is_own=True) == DIGESTS
    with pytest.raises(OddFile):
        page_digests(torn)


@pytest.mark.parametrize("key", [b"/Root 92 0 R", b"/R#6fot 92 0 R", b"/Root%\n92 0 R"])
def test_a_trailer_that_a_repair_would_follow_is_refused(key: bytes) -> None:
    """Some viewers make the table of objects anew with the root of the first trailer, some with the last."""
    hidden = (
        b"90 0 obj\n<< /Type /Page /Parent 91 0 R /MediaBox [0 0 9 9] >>\nendobj\n"
        b"91 0 obj\n<< /Type /Pages /Count 1 /Kids [90 0 R] >>\nendobj\n"
        b"92 0 obj\n<< /Type /Catalog /Pages 91 0 R >>\nendobj\n"
        b"trailer\n<< /Size 93 %b >>\n"
    )
    torn = _before_table(hidden % key)
    assert page_digests(torn, is_own=True) == DIGESTS
    for file in (torn, torn.replace(b"/Root ", b"/Root%\n", 2)):
        with pytest.raises(OddFile):
            page_digests(file)


def odd_files() -> dict[str, bytes]:
    """Files that two readers could read differently."""
    content, linear = number_of_content(1), edited(OURS, linearize=True)
    first = re.search(rb"/O (\d+)", linear)
    assert first
    other_page = b"/O %d" % (int(first[1]) - 1 or 1)
    return {
        "something before": b"x\n" + OURS,
        "something after": OURS + b"x" * 2_000,
        "torn": OURS[:-90],
        "another first page": linear.replace(first[0], other_page.ljust(len(first[0])), 1),
        "a wrong length": appended(OURS, content, b"<< /Length 2 >>\nstream\n1 g 0 0 9 9 re f\nendstream"),
        "a key twice": appended(OURS, content, b"<< /Length 3 /Length 3 >>\nstream\nq Q\nendstream"),
        "locked": edited(OURS, encryption=pikepdf.Encryption(owner="a", user="")),
        "a wrong count": edited(OURS).replace(b"/Count 4", b"/Count 3"),
        "no PDF": b"%PDF-1.7\nstartxref\n0\n%%EOF\n",
    }


@pytest.mark.parametrize("how", odd_files())
def test_a_file_that_readers_could_read_differently_is_refused(how: str) -> None:
    with pytest.raises(OddFile):
        page_digests(odd_files()[how])


def _bomb(pdf: pikepdf.Pdf) -> None:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 1_000_000) for _ in range(60)) + packer.flush()
    pdf.pages[1].obj.Contents = pikepdf.Stream(pdf, packed, Filter=Name.FlateDecode)


def _circle(pdf: pikepdf.Pdf) -> None:
    held = pdf.make_indirect(Dictionary(Type=Name.ExtGState))
    held.SMask = held
    pdf.pages[1].obj.Resources = Dictionary(ExtGState=Dictionary({"/a1": held}))


def _depth(pdf: pikepdf.Pdf) -> None:
    held = pdf.make_indirect(Array([]))
    for _level in range(2_000):
        held = pdf.make_indirect(Array([held]))
    pdf.pages[1].obj.Resources = Dictionary(ExtGState=Dictionary({"/a1": held}))


def _torn_content(pdf: pikepdf.Pdf) -> None:
    """Readers disagree whether this says 1 0 or 10."""
    pdf.pages[1].obj.Contents = Array([pdf.make_stream(b"q 1"), pdf.make_stream(b"0 0 9 re f Q")])


def _itself(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].obj.Resources = Dictionary(ExtGState=Dictionary({"/a1": pdf.pages[1].obj}))


@pytest.mark.parametrize("edit", [_bomb, _circle, _depth, _torn_content, _itself])
def test_a_hostile_page_is_no_page_of_ours_and_the_others_are_compared(edit: object) -> None:
    assert callable(edit)
    other = page_digests(edited(OURS, edit, compress_streams=False), is_own=True)
    assert other.pages[1] == ODD_PAGE
    assert differing_pages(other) == [2]


def test_the_child_says_the_same_and_survives_what_is_no_pdf() -> None:
    assert digests_of(edited(OURS, paint)) == page_digests(edited(OURS, paint))
    assert digests_of(b"%PDF-1.7\nnothing") is None


def test_a_pdf_of_an_earlier_release_has_digests_that_stay() -> None:
    content = (RELEASED / "2026-11/pdfs/9-1.pdf").read_bytes()
    digests = page_digests(content, is_own=True)
    assert len(digests.pages) == 23
    assert ODD_PAGE not in digests.pages
    assert page_digests(edited(content, linearize=True), is_own=True) == digests
