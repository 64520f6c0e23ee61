"""The English words are complete, English and compiled, and every word of a page comes from the catalogue."""

import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from babel.support import Translations
from jinja2 import Environment

from dnk_tool.build_hook import compile_translations
from tests.banned_phrases import STRAIGHT_APOSTROPHE, banned_phrases
from tests.translations import ENGLISH, ROOT, as_text, read_english, untranslated, update_catalogue

TEMPLATES = sorted((ROOT / "templates").rglob("*.html")) + sorted((ROOT / "templates").rglob("*.txt"))
PLACEHOLDERS = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
# Only words that are not English too, such as "die", "was" and "so".
GERMAN = re.compile(
    r"[äöüßÄÖÜ„\u00ad]|\b(?:und|oder|der|das|ist|sind|nicht|kein|keine|mit|von|vom|zum|zur|auf|für|ein|eine|einen|"
    r"wir|sie|ihre?|ihren|bitte|noch|schon|hier|diese[rsn]?|werden|wird|Uhr|Kriterium|Kriterien|Erklärung)\b"
)
# What reads the same in both languages; everything else on a page comes from the catalogue.
SAME = {"Deutsch", "English", "PDF", "JSON", "Word", "Excel", "CSV", "dnk-tool"}
SPOKEN = {"aria-label", "alt", "title", "placeholder"}
GETTEXT = {"_", "ngettext"}
PEOPLES = re.compile(r"[äöüßÄÖÜ]|\W[A-ZÄÖÜ][a-zäöüß]")
GAP = "\x01"
# Words of the consent, which keep their quotation marks until it has a new edition.
UNTIL_THE_NEXT_EDITION = (
    "Wie viele der 20 Kriterien fertig sind, und zu jedem",
    "Von Ihren Belegen die Bezeichnungen",
)


def _all(words: Any) -> tuple[str, ...]:
    """Singular and plural, or the one text there is."""
    return words if isinstance(words, tuple) else (words,)


def _entries() -> list[Message]:
    return [entry for entry in read_english() if entry.id and all(_all(entry.string))]


def test_every_german_word_has_an_english_one() -> None:
    catalogue = update_catalogue(read_english())
    assert list(untranslated(catalogue)) == [], "run: python -m tests.translations, then fill in the English"


def test_the_catalogue_holds_nothing_else() -> None:
    assert ENGLISH.read_bytes() == as_text(update_catalogue(read_english())), (
        "run: python -m tests.translations"
    )


def test_a_folded_line_that_begins_like_a_header_stays() -> None:
    catalogue, text = Catalog(locale="en"), "Report " * 40 + "Last " * 40
    catalogue.add(text, text)
    assert read_po(io.BytesIO(as_text(catalogue)), locale="en")[text].string == text


def test_no_entry_is_half_done() -> None:
    assert [entry.id for entry in _entries() if entry.fuzzy] == []
    assert [entry.id for entry in _entries() if len(_all(entry.id)) != len(_all(entry.string))] == []


def test_placeholders_are_the_same() -> None:
    assert [(entry.id, list(entry.check())) for entry in _entries() if list(entry.check())] == []
    for entry in _entries():
        for german, text in zip(_all(entry.id), _all(entry.string), strict=True):
            assert sorted(PLACEHOLDERS.findall(german)) == sorted(PLACEHOLDERS.findall(text)), german


def test_no_german_is_left_in_english() -> None:
    english_texts = [text for entry in _entries() for text in _all(entry.string)]
    assert [text for text in english_texts if GERMAN.search(text)] == []


def test_c3_pages_use_no_banned_phrase_and_no_straight_apostrophe() -> None:
    for entry in _entries():
        for german, english in zip(_all(entry.id), _all(entry.string), strict=True):
            assert banned_phrases(german, "de") == [], german
            assert banned_phrases(english, "en") == [], english
            assert not STRAIGHT_APOSTROPHE.search(english), english
            assert "‘" not in english or german.startswith(UNTIL_THE_NEXT_EDITION), english
            assert english.count("“") == english.count("”"), english


def test_c3_the_demo_uses_no_banned_phrase() -> None:
    files = (ROOT / "dnk_tool/cli/demo").rglob("*")
    for file in sorted(file for file in files if file.suffix in {".json", ".yaml"}):
        assert banned_phrases(file.read_text("utf-8"), "de") == [], file.name


def test_catalogues_are_compiled_whole(tmp_path: Path) -> None:
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_bytes(ENGLISH.read_bytes())
    compile_translations(tmp_path)
    assert [path.name for path in sorted(folder.iterdir())] == ["messages.mo", "messages.po"]
    compiled = Translations.load(tmp_path, ["en"])
    for entry in _entries():
        german, several = _all(entry.id)[0], _all(entry.id)[-1]
        if entry.pluralizable:
            assert tuple(compiled.ngettext(german, several, count) for count in (1, 2)) == entry.string
        else:
            assert compiled.gettext(german) == entry.string


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_take_their_words_from_the_catalogue(path: Path) -> None:
    loose = [*_written(path), *_words_in_jinja(path)]
    assert [text for text in loose if text not in SAME] == [], "put it into _()"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Guten Tag</p>", ["Guten Tag"]),
        ('<p title="Mehr">{{ _("Guten Tag") }}</p>', ["Mehr"]),
        ('{{ button("Speichern", value="save") }}{# Kein Text #}', ["Speichern"]),
        ('{{ hint(_("Ein %(n)s", n=ngettext("Tag", "Tage", 2)), "übrig") }}', ["übrig"]),
        ('<a class="govuk-link" href="/hilfe">{{ _("Hilfe") }}</a>', []),
    ],
)
def test_loose_words_are_found(tmp_path: Path, source: str, words: list[str]) -> None:
    path = tmp_path / "one.html"
    path.write_text(source, "utf-8")
    assert [*_written(path), *_words_in_jinja(path)] == words


class _Words(HTMLParser):
    """Collects what a page says by itself: its text nodes and the attributes that are read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.is_silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_silent = tag in {"style", "script"}
        self.found += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, _tag: str) -> None:
        self.is_silent = False

    def handle_data(self, data: str) -> None:
        if not self.is_silent:
            self.found.append(data)


def _written(path: Path) -> Iterator[str]:
    """The words that stand in a template outside of Jinja."""
    tokens = Environment(autoescape=True).lex(path.read_text("utf-8"))
    parts = (value if kind == "data" else GAP for _, kind, value in tokens)
    page = _Words()
    page.feed("".join(parts))
    page.close()
    for text in page.found:
        # Some macros write attributes; an address is no word, and neither is an entity.
        for part in re.split(GAP + r"|\s{2,}|\n", re.sub(r'[\w-]+="[^"]*"', GAP, text)):
            if re.search(r"[^\W\d_]{2}", part) and not part.startswith("/"):
                yield part.strip(" –·,:")


def _words_in_jinja(path: Path) -> Iterator[str]:
    """Strings in Jinja that look like words for people but are no argument of gettext."""
    calls, last = [""], ""
    for _, kind, value in Environment(autoescape=True).lex(path.read_text("utf-8")):
        if kind == "operator" and value in "([{":
            calls.append(last)
        elif kind == "operator" and value in ")]}":
            calls.pop()
        elif kind == "string" and calls[-1] not in GETTEXT and PEOPLES.search(value):
            yield value[1:-1]
        last = value if kind == "name" else ""
