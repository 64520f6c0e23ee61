"""What is printed stays as it is: words and pages everywhere, bytes where the libraries are the same."""

import pytest

from tests import prints


@pytest.mark.parametrize("name", sorted(prints.of_files()))
def test_a_declaration_is_printed_as_before(name: str) -> None:
    content = prints.of_files()[name]()
    then = prints.recorded()["prints"][name]
    now = prints.noted(content)
    assert now.pages == then["pages"]
    if prints.can_be_read():
        before = (prints.FOLDER / f"{name}.txt").read_text("utf-8")
        assert prints.letters(prints.words_of(content)) == prints.letters(before)
    if others := prints.differing():
        pytest.skip(f"other bytes are to be expected: {', '.join(others)}")
    assert now.sha256 == then["sha256"]
