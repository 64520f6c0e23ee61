"""The operator's texts as files: what old installations have lying there, and what is written safely."""

import os
import stat
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from dnk_tool.domain.permissions import Actor, NotPermitted
from dnk_tool.domain.text import MAX_LENGTH
from dnk_tool.services.operation import legal_texts
from dnk_tool.services.operation.legal_texts import (
    MAX_BYTES,
    LegalText,
    TextChanged,
    TextNotEditable,
    TextState,
    TextTooLong,
    missing_texts,
    placeholders,
    read_text,
    save_text,
    shown_text,
    split_text,
)
from tests.support.machine import run_at_once

OPERATOR = Actor(1, is_operator=True)
IMPRINT, PRIVACY = LegalText.IMPRINT, LegalText.PRIVACY


def write_text_file(instance: Path, name: str, content: bytes) -> Path:
    (instance / "pages").mkdir(exist_ok=True)
    file = instance / "pages" / name
    file.write_bytes(content)
    return file


def save_imprint(instance: Path, text: str, *, version: str = "", actor: Actor = OPERATOR) -> bool:
    return save_text(instance, IMPRINT, "de", text, version=version, actor=actor)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Müller GmbH\n".encode(), "Müller GmbH"),
        ("Müller GmbH\r\nMarkt 1\r\n\r\nTelefon".encode(), "Müller GmbH\nMarkt 1\n\nTelefon"),
        ("\ufeffMüller GmbH".encode(), "Müller GmbH"),
        ("Müller GmbH\r\n".encode("utf-16"), "Müller GmbH"),
        ("Müller GmbH – 5 €".encode("cp1252"), "Müller GmbH – 5 €"),
        ("M\0ü\x1bller\u202e GmbH\u2066".encode(), "Müller GmbH"),
        (b" \r\n\t\n", ""),
    ],
    ids=["utf-8", "crlf", "mark", "utf-16", "windows", "hostile", "blank"],
)
def test_a_file_is_read_whatever_editor_wrote_it(tmp_path: Path, content: bytes, text: str) -> None:
    write_text_file(tmp_path, "imprint.de.txt", content)
    stored = read_text(tmp_path, IMPRINT, "de")
    assert stored.text == text
    assert stored.state is (TextState.COMPLETE if text else TextState.MISSING)


def test_a_text_is_missing_until_it_is_complete(tmp_path: Path) -> None:
    assert missing_texts(tmp_path) == (IMPRINT, PRIVACY)
    write_text_file(tmp_path, "imprint.en.txt", b"Beck Ltd")
    assert missing_texts(tmp_path) == (IMPRINT, PRIVACY), "the German one is required"
    write_text_file(tmp_path, "imprint.de.txt", b"[Name oder Firma]")
    assert missing_texts(tmp_path) == (IMPRINT, PRIVACY), "placeholders are no text"
    write_text_file(tmp_path, "imprint.de.txt", b"Beck GmbH, info [at] beck.example")
    write_text_file(tmp_path, "privacy.de.txt", b"Wir achten [1] auf Ihre Daten.")
    assert missing_texts(tmp_path) == ()
    write_text_file(tmp_path, "privacy.en.txt", b"[Name]")
    assert missing_texts(tmp_path) == (PRIVACY,), "English visitors would read the placeholder"
    (tmp_path / "pages/imprint.de.txt").unlink()
    (tmp_path / "pages/imprint.de.txt").mkdir()
    assert missing_texts(tmp_path) == (IMPRINT, PRIVACY), "nobody can read it"


def test_the_other_language_is_shown_in_place_of_a_missing_or_empty_text(tmp_path: Path) -> None:
    assert shown_text(tmp_path, IMPRINT, "en").text == ""
    write_text_file(tmp_path, "imprint.de.txt", b"Beck GmbH")
    write_text_file(tmp_path, "imprint.en.txt", b"\n")
    assert shown_text(tmp_path, IMPRINT, "en").language == "de"
    write_text_file(tmp_path, "imprint.en.txt", b"Beck Ltd")
    assert shown_text(tmp_path, IMPRINT, "en").text == "Beck Ltd"


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_file_is_neither_read_nor_replaced(tmp_path: Path, kind: str) -> None:
    place = write_text_file(tmp_path, "imprint.de.txt", b"")
    place.unlink()
    place.mkdir() if kind == "folder" else os.mkfifo(place)
    assert read_text(tmp_path, IMPRINT, "de").state is TextState.UNREADABLE
    with pytest.raises(TextNotEditable):
        save_imprint(tmp_path, "Neu")
    assert not place.is_file()


@pytest.mark.parametrize("size", [MAX_LENGTH + 1, MAX_BYTES + 10])
def test_a_file_that_is_too_long_is_shown_in_part_and_never_cut(tmp_path: Path, size: int) -> None:
    file = write_text_file(tmp_path, "imprint.de.txt", ("ü" * size).encode())
    stored = read_text(tmp_path, IMPRINT, "de")
    assert (stored.state, stored.text) == (TextState.TOO_LONG, "ü" * MAX_LENGTH)
    with pytest.raises(TextNotEditable):
        save_imprint(tmp_path, "kurz", version=stored.version)
    assert len(file.read_bytes()) == 2 * size


def test_a_saved_text_is_private_and_whole(tmp_path: Path) -> None:
    former = os.umask(0)
    try:
        assert save_imprint(tmp_path, " Beck GmbH\r\nMarkt 1\r\n\r\n\x1bTelefon\u202e 1 ")
    finally:
        os.umask(former)
    file = tmp_path / "pages/imprint.de.txt"
    assert file.read_bytes() == b"Beck GmbH\nMarkt 1\n\nTelefon 1\n"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file, file.parent)] == [0o600, 0o700]
    assert os.listdir(file.parent) == [file.name], "nothing is left beside it"
    opened = read_text(tmp_path, IMPRINT, "de")
    assert not save_imprint(tmp_path, opened.text, version="old"), "the same text is no conflict"
    assert save_imprint(tmp_path, "", version=opened.version)
    assert not file.exists()


def test_only_operators_write_and_only_so_much(tmp_path: Path) -> None:
    with pytest.raises(NotPermitted):
        save_imprint(tmp_path, "Beck GmbH", actor=Actor(2))
    with pytest.raises(TextTooLong):
        save_imprint(tmp_path, "x" * (MAX_LENGTH + 1))
    assert save_imprint(tmp_path, "x" * MAX_LENGTH)


def test_a_text_that_was_changed_meanwhile_stays(tmp_path: Path) -> None:
    save_imprint(tmp_path, "Erste")
    opened = read_text(tmp_path, IMPRINT, "de")
    write_text_file(tmp_path, "imprint.de.txt", b"Zweite, mit einem Editor")
    with pytest.raises(TextChanged) as caught:
        save_imprint(tmp_path, "Dritte", version=opened.version)
    assert caught.value.present.text == "Zweite, mit einem Editor"
    assert save_imprint(tmp_path, "Dritte", version=caught.value.present.version)
    (tmp_path / "pages/imprint.de.txt").unlink()
    with pytest.raises(TextChanged):
        save_imprint(tmp_path, "Vierte", version=opened.version)


def test_of_many_who_save_at_once_one_succeeds_and_the_others_are_told(tmp_path: Path) -> None:
    outcomes: list[str] = []
    start = threading.Barrier(8)

    def run(number: int) -> None:
        start.wait(60)
        try:
            save_imprint(tmp_path, f"Text {number}")
            outcomes.append(f"Text {number}")
        except TextChanged:
            outcomes.append("changed")

    run_at_once(partial(run, number) for number in range(8))
    assert outcomes.count("changed") == 7
    assert read_text(tmp_path, IMPRINT, "de").text in outcomes


def test_a_folder_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    file = write_text_file(tmp_path, "imprint.de.txt", b"Beck GmbH")
    (tmp_path / "pages/.imprint.de.txt.new").mkdir()  # in the way
    with pytest.raises(OSError, match=r"imprint\.de\.txt\.new"):
        save_imprint(tmp_path, "Neu", version=read_text(tmp_path, IMPRINT, "de").version)
    assert file.read_bytes() == b"Beck GmbH"


def test_the_files_are_where_old_installations_have_them() -> None:
    assert legal_texts.file_name(IMPRINT, "de") == "pages/imprint.de.txt"
    assert legal_texts.file_name(PRIVACY, "en") == "pages/privacy.en.txt"
    assert legal_texts.file_name(LegalText.ACCESSIBILITY, "de") == "pages/accessibility.de.txt"


def links_in_text(text: str) -> list[tuple[str, str]]:
    return [(part.text, part.href) for block in split_text(text) for part in block.parts if part.href]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Siehe https://beck.example/a?b=1#c.", [("https://beck.example/a?b=1#c",) * 2]),
        ("(https://beck.example/a_(b))", [("https://beck.example/a_(b)",) * 2]),
        (
            "<https://beck.example>, „https://b.example“",
            [(a, a) for a in ("https://beck.example", "https://b.example")],
        ),
        ("info@beck.example.", [("info@beck.example", "mailto:info@beck.example")]),
        ("http://beck.example javascript:alert(1) //beck.example data:text/html,x", []),
        ("https://beck.example@evil.example", []),
        ("https://bäcker.example/", []),
        ("https://beck.example/\u202emoc.live", []),
        ("https:// https://- a@b @ info@ @example.org", [("https://-", "https://-")]),
        ("info [at] beck.example", []),
    ],
)
def test_only_plain_addresses_become_links(text: str, expected: list[tuple[str, str]]) -> None:
    assert links_in_text(text) == expected
    assert "".join(part.text for block in split_text(text) for part in block.parts) == text


def test_headings_and_paragraphs() -> None:
    text = legal_texts.clean("Eins\nzwei\n## Kontakt\nDrei\n \n\n## \n#Vier\n##Fünf")
    blocks = [(block.is_heading, block.parts[0].text) for block in split_text(text)]
    assert blocks == [
        (False, "Eins\nzwei"),
        (True, "Kontakt"),
        (False, "Drei"),
        (False, "##\n#Vier\n##Fünf"),
    ]


def test_placeholders_are_named_once() -> None:
    text = "[Name], [Name]\n[…] [Link](https://beck.example) [1] [at] [ ] [nicht\nhier] [USt-IdNr.]"
    assert placeholders(text) == ("[Name]", "[…]", "[USt-IdNr.]")


@pytest.mark.parametrize("piece", ["a", "a.", "a@", "[", "https://", "## \n", "@a.", "(", "-"])
def test_no_text_takes_long(piece: str) -> None:
    """Four times a text of any pattern takes about four times as long to split; its square 16 times."""

    def least_seconds(length: int) -> float:
        text, tries = legal_texts.clean(piece * (length // len(piece))), list[float]()
        for _ in range(5):
            begun = time.process_time()
            split_text(text)
            placeholders(text)
            tries.append(time.process_time() - begun)
        return min(tries)

    assert least_seconds(MAX_LENGTH) < 9 * least_seconds(MAX_LENGTH // 4)
