"""Sectors and waste codes are found by the words that people use, also with another ending or a slip."""

import pytest

from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.domain.word_search import SearchEntry, WordIndex, folded_word


@pytest.fixture(scope="module")
def index() -> WordIndex:
    current = load_sectors().current
    return WordIndex(
        SearchEntry(known.key, (known.label.de, known.label.en), known.words)
        for known in current.classes.values()
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Elektriker", "43.21"),
        ("elektrikerin", "43.21"),
        ("Elektircker", "43.21"),
        ("Dachdecker", "43.41"),
        ("DACHDEKER", "43.41"),
        ("Bäckerei", "10.71"),
        ("Baeckerei", "10.71"),
        ("backerei", "10.71"),
        ("Bäckermeister", "10.71"),
        ("Spedition", "49.41"),
        ("Steuerberater/in", "69.20"),
        ("Kfz-Werkstatt", "95.31"),
        ("Maler*in", "43.34"),
        ("Kunststoffspritzguss", "22.26"),
        ("plumber", "43.22"),
        ("tax adviser", "69.20"),
        ("43.21", "43.21"),
        ("4321", "43.21"),
    ],
)
def test_13_a_trade_is_found_first(index: WordIndex, words: str, code: str) -> None:
    assert index.find(words)[0] == code


def test_13_the_beginning_of_a_long_word_alone_is_no_match(index: WordIndex) -> None:
    assert "11.07" not in index.find("Softwareentwicklung")  # soft drinks


def test_13_a_trade_in_two_classes_is_found_in_both(index: WordIndex) -> None:
    assert index.find("Schreiner")[:2] == ["31.00", "43.32"]
    assert {"10.71", "56.11"} <= set(index.find("Bäckerei mit Café")[:3])


@pytest.mark.parametrize("words", ["", "  ", "?!", "xyzqw", "und", "*" * 500, "999999"])
def test_13_nothing_is_found_for_no_word(index: WordIndex, words: str) -> None:
    assert index.find(words) == []


def test_13_there_are_more_than_150_trades_and_each_leads_to_its_class(index: WordIndex) -> None:
    words = [(word, known.key) for known in load_sectors().current.classes.values() for word in known.words]
    assert len({word for word, _code in words}) > 300
    # Some of these words belong to more classes than one; none is lost.
    found = {word: index.find(word) for word, _code in words}
    assert [(word, code) for word, code in words if code not in found[word]] == []


def test_words_are_folded_alike() -> None:
    assert folded_word("Bäckerei") == folded_word("BAECKEREI") == folded_word("backerei") == "backerei"
    assert folded_word("Straße") == "strasse"
