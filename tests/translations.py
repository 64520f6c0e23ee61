"""Keeps the English words complete: `python -m tests.translations` takes new German words in."""

import io
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
ENGLISH = ROOT / "dnk_tool/locale/en/LC_MESSAGES/messages.po"
HEADERS_LEFT_OUT = ("Project-Id-Version", "Report-Msgid-Bugs-To", "POT-Creation-Date", "PO-Revision-Date")
HEADERS_LEFT_OUT += ("Last-Translator", "Language-Team", "Generated-By")
UNWANTED = tuple(f'"{name}: '.encode() for name in HEADERS_LEFT_OUT)
KEYWORDS = {"_": None, "_l": None, "N_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}


def extract_messages() -> Catalog:
    """Every word that the sources and templates mark for translation."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["babel"]["mappings"]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in settings]
    options = {
        mapping["pattern"]: {k: v for k, v in mapping.items() if k in ("silent", "extensions")}
        for mapping in settings
    }
    catalogue = Catalog(project="dnk-tool", charset="utf-8")
    messages = extract_from_dir(
        ROOT, method_map=methods, options_map=options, keywords=KEYWORDS, directory_filter=_is_ours
    )
    for file, _line, message, comments, context in sorted(messages, key=lambda entry: (entry[0], entry[1])):
        catalogue.add(message, locations=[(file, 0)], auto_comments=comments, context=context)
    return catalogue


def read_english() -> Catalog:
    """The catalogue as it is kept."""
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def update_catalogue(kept: Catalog) -> Catalog:
    """The catalogue with today's words: new ones empty, vanished ones gone."""
    kept.update(extract_messages(), no_fuzzy_matching=True, update_creation_date=False)
    kept.obsolete.clear()
    return kept


def as_text(catalogue: Catalog) -> bytes:
    """How the catalogue is written: no dates and no line numbers, which change without need."""
    catalogue.fuzzy, catalogue.header_comment = False, "# The English words of dnk-tool."
    text = io.BytesIO()
    write_po(text, catalogue, width=100, omit_header=False, no_location=True, sort_output=True)
    lines = text.getvalue().split(b"\n")
    return b"\n".join(line for line in lines if not line.startswith(UNWANTED))


def untranslated(catalogue: Catalog) -> Iterator[str]:
    """German words without English ones."""
    for message in catalogue:
        texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and (not all(texts) or message.fuzzy):
            yield str(message.id)


def _is_ours(folder: str | Path) -> bool:
    name = Path(folder).name
    return not name.startswith(".") and name not in {"node_modules", "build", "dist", "instance", "tests"}


if __name__ == "__main__":
    catalogue = update_catalogue(
        read_english() if ENGLISH.exists() else Catalog(locale="en", project="dnk-tool")
    )
    ENGLISH.write_bytes(as_text(catalogue))
    for words in untranslated(catalogue):
        print("not translated:", words)
    sys.exit(any(untranslated(catalogue)))
