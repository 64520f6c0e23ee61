"""The English words are complete, and the compiled ones are today's."""

from pathlib import Path

from dnk_tool.build_hook import compile_catalogues
from tests.translations import ENGLISH, as_text, english, missing, updated


def test_every_german_word_has_an_english_one() -> None:
    catalogue = updated(english())
    assert list(missing(catalogue)) == [], "run: python -m tests.translations, then fill in the English"


def test_the_catalogue_holds_nothing_else() -> None:
    assert ENGLISH.read_bytes() == as_text(updated(english())), "run: python -m tests.translations"


def test_placeholders_are_the_same() -> None:
    for message in english():
        if message.id and message.python_format:
            assert list(message.check()) == []


def test_catalogues_are_compiled_whole(tmp_path: Path) -> None:
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_bytes(ENGLISH.read_bytes())
    compile_catalogues(tmp_path)
    assert [one.name for one in sorted(folder.iterdir())] == ["messages.mo", "messages.po"]
    assert (folder / "messages.mo").stat().st_size > 1000
