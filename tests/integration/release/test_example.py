"""The finished example of the documents is what the program makes now; `make example` makes it anew."""

import io

import pikepdf
import pytest
from PIL import Image

from tests.pages import example
from tests.prints import letters, page_words


def test_the_data_are_those_that_the_program_writes() -> None:
    assert (example.FOLDER / example.DATA).read_bytes() == example.data()


@pytest.mark.parametrize("name", example.EDITIONS)
def test_each_page_has_the_words_that_the_program_prints(name: str) -> None:
    if example.is_unchanged(name):
        return
    kept, now = (example.FOLDER / name).read_bytes(), example.printed_edition(name)
    assert _letters_of_pages(kept) == _letters_of_pages(now), "is it meant? then `make example`"


def test_the_whole_declaration_carries_the_data_beside_it() -> None:
    with pikepdf.open(io.BytesIO((example.FOLDER / "declaration.pdf").read_bytes())) as pdf:
        carried = [file.get_file().read_bytes() for file in pdf.attachments.values()]
    assert (example.FOLDER / example.DATA).read_bytes() in carried


def test_the_files_are_small_and_none_is_missing() -> None:
    names = {example.DATA, *example.EDITIONS, *(f"page-{number}.png" for number in example.PICTURES)}
    assert {path.name for path in example.FOLDER.iterdir()} == {*names, "README.md"}
    for name in names:
        file = example.FOLDER / name
        assert file.stat().st_size < example.LARGEST[file.suffix], name
        if file.suffix == ".png":
            with Image.open(file) as picture:
                assert picture.size == (827, 1170)


def _letters_of_pages(pdf: bytes) -> list[str]:
    """The letters of each page, without what depends on where a line ends."""
    return [letters(page) for page in page_words(pdf).split("\n----\n")]
