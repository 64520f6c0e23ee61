"""What is printed stays as it is: words and pages everywhere, bytes where the libraries are the same."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import prints
from tests.runs import seen_prints

# Printed each time, so that it is seen that the same inputs still give the same bytes.
ALWAYS = ("sole", prints.SHORT)


@pytest.mark.parametrize("name", [*prints.names(), prints.SHORT])
def test_a_declaration_is_printed_as_before(name: str, unless_seen: Callable[[bytes], None]) -> None:
    if name not in ALWAYS:
        unless_seen(prints.job_of_file(name))
    content = prints.of_file(name).make()
    then = prints.recorded()["prints"][name]
    now = prints.noted(content)
    assert now.pages == then["pages"]
    if prints.can_be_read():
        before = (prints.FOLDER / f"{name}.txt").read_text("utf-8")
        assert prints.letters(prints.page_words(content)) == prints.letters(before)
    if others := prints.differing():
        pytest.skip(f"other bytes are to be expected: {', '.join(others)}")
    assert now.sha256 == then["sha256"]


def test_a_changed_page_program_or_engine_is_printed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    page = prints.job("sole")
    marks = {prints.inputs_of(page), prints.inputs_of(page + b" "), prints.inputs_of(page, engine="plain")}
    monkeypatch.setattr(prints, "printers", lambda: "another program")
    assert len(marks | {prints.inputs_of(page)}) == 4
    assert not prints.is_noted("sole", prints.inputs_of(page))


@pytest.mark.parametrize("changed", ["isolation.py", "report/assets/fonts.conf", "report/engine/tagging.py"])
def test_each_file_with_which_pages_are_printed_counts(
    changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / changed).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / changed).write_text("before")
    monkeypatch.setattr(prints, "PACKAGE", tmp_path)
    monkeypatch.setattr(prints, "printers", prints.printers.__wrapped__)
    before = prints.printers()
    assert prints.printers() == before
    (tmp_path / changed).write_text("after")
    assert prints.printers() != before


def test_a_changed_check_looks_at_prints_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own file and what it imports of `tests`, at any depth."""
    (tmp_path / "tests/support").mkdir(parents=True)
    files = {
        "tests/test_pages.py": "from tests.support import pages\nfrom tests.support.words import words_of",
        "tests/support/pages.py": "",
        "tests/support/words.py": "from tests import letters",
        "tests/letters.py": "",
        "tests/other.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(seen_prints, "ROOT", tmp_path)
    looks = seen_prints.checks_of.__wrapped__
    before = looks(tmp_path / "tests/test_pages.py")
    marks = {before}
    for name, text in files.items():
        (tmp_path / name).write_text(f"{text}\n# another check")
        marks.add(looks(tmp_path / "tests/test_pages.py"))
        (tmp_path / name).write_text(text)
    assert len(marks) == len(files), "all but the last file count"
