"""What a fuzz needs: the forms of a page, hostile values for them, a watch on what is written and logged."""

import logging
import random
import re
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, event

SURROGATE, BROKEN_UTF8 = "\ud800", "\udcff\udcfe"  # the latter stands for the bytes FF FE
HOSTILE: Sequence[str] = (
    "",
    " ",
    "\x00",
    "Text\x00mitten",
    SURROGATE,
    BROKEN_UTF8,
    "-1",
    "0",
    "1.5",
    "1,5",
    "1e400",
    "NaN",
    "-Infinity",
    "10000000000000000000",
    "2147483648",
    "9223372036854775808",
    "9" * 400,
    "1" * 5_000,
    "0." + "0" * 60 + "1",
    "x" * 100_000,
    "ä" * 20_001,
    "\u202eRTL\u200f\u2066\u00ad\ufeff",
    "\U0001d160" * 70,
    "\U0001d160" * 400,
    "ß" * 500,
    "İ" * 300,
    "\ufdfa" * 200,
    "null",
    "[]",
    '{"a": "\\u0000"}',
    "0000-00-00",
    "0001-01-01",
    "9999-12-31",
    "31.12.9999",
    "2025-02-30",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "%00%ff",
    "a\r\nX: y",
    "\x0b\x85\u2028",
    "unbekannt",
    "a:b:c:1",
    "١٢٣",
    "²",
    "name@\u0131.example",
    f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.example",
)

# What a person would write into an empty field, so that some forms are accepted but for one value.
USUAL: dict[str, Sequence[str]] = {
    "email": ("neu@example.org", "zwei@example.org", "viewer@example.org"),
    "name": ("Neu",),
    "cluster_name": ("Cluster West",),
    "company": ("Neu GmbH",),
    "title": ("Titel",),
    "text": ("Ein Satz.",),
    "text_de": ("Ein Satz.",),
    "message": ("Guten Tag",),
    "subject": ("Guten Tag",),
    "remark": ("Bitte ergänzen.",),
    "reason": ("Weil.",),
    "f-quantity": ("100",),
    "value": ("12,5",),
    "reporting_year": ("2023", "2024", "2026"),
    "due": ("31.12.2027",),
    "until": ("31.12.2030",),
    "base_year": ("2020",),
    "base": ("90",),
    "percent": ("45",),
    "target_year": ("2030",),
    "from_year": ("2025",),
    "until_year": ("2030",),
    "mwh": ("100",),
    "question": ("Wie war es?",),
    "choices": ("schlecht\ngut",),
    "password": ("wiese kahn sieben lampe",),
    "password_confirm": ("wiese kahn sieben lampe",),
    "new_password": ("wiese kahn sieben lampe zwei",),
    "new_password_confirm": ("wiese kahn sieben lampe zwei",),
}

FILES: Sequence[tuple[str, bytes]] = (
    ("gut.txt", b"Strom 2025: 100 kWh"),
    ("leer.txt", b""),
    ("nul\x00.csv", b"a;b\n\x00;\xff"),
    ("bild.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40),
    ("zahlen.csv", b"Jahr;Wert\n99999999999999999999;NaN\n"),
    ("erklaerung.json", b'{"format": "dnk-declaration", "x": "\\ud800\\u0000", "n": 1e999}'),
    ("\u202eexe.pdf", b"%PDF-1.7\n%%EOF"),
    ("x" * 300 + ".xlsx", b"PK\x03\x04"),
)

# What a request may write although it is refused: how often somebody tried, and when they were last here.
WRITTEN_ANYWAY = frozenset({"rate_limit", "sign_in"})


def encoded(fields: Sequence[tuple[str, str]]) -> bytes:
    """A form's body, with surrogates and broken UTF-8 as only an attacker sends them."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in fields).encode()


def _quoted(text: str) -> str:
    raw = text.encode("utf-8", "surrogateescape" if text == BROKEN_UTF8 else "surrogatepass")
    return quote(raw, safe="")


def mutated(
    offered: dict[str, list[str]], chance: random.Random, protected: frozenset[str], *, is_plain: bool
) -> list[tuple[str, str]]:
    """The fields of a form as a person might send them; unless `is_plain`, but for some: hostile, missing,
    twice, unknown.
    """
    fields = [
        (name, chance.choice(USUAL[name]) if name in USUAL and not values[0].strip() else value)
        for name, values in offered.items()
        for value in ([values[0], chance.choice(values)][chance.random() < 0.5],)
    ]
    for _ in range(0 if is_plain else chance.choice((0, 1, 1, 1, 2, 3, 8))):
        at = chance.randrange(len(fields)) if fields else 0
        name = fields[at][0] if fields else "name"
        if name in protected:
            continue
        way = chance.random()
        if way < 0.75 or not fields:
            fields[at : at + 1] = [(name, chance.choice(HOSTILE))]
        elif way < 0.85:
            del fields[at]
        elif way < 0.95:
            fields.append((name, chance.choice(HOSTILE)))
        else:
            fields.append((f"{name}{chance.choice(('-1', '[]', chr(0), '-99999-name'))}", "1"))
    return fields


@dataclass
class Watch:
    """Tables that were written since the last look, and errors that were logged."""

    written: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)

    def look(self) -> tuple[set[str], list[str]]:
        """What happened since the last look."""
        told = self.written - WRITTEN_ANYWAY, list(self.errors)
        self.written.clear()
        self.errors.clear()
        return told


class _ErrorLog(logging.Handler):
    def __init__(self, watch: Watch) -> None:
        super().__init__(logging.ERROR)
        self.watch = watch

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        frames = traceback.extract_tb(error.__traceback__) if error else []
        places = " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames[-8:])
        self.watch.errors.append(f"{record.getMessage()}: {error!r:.300} at {places}")


_WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)


@contextmanager
def watching(engine: Engine) -> Iterator[Watch]:
    """Watch every commit of the engine's connections, and the log."""
    watch = Watch()
    pending: dict[int, set[str]] = {}

    def note(connection: Connection, cursor: Any, statement: str, *_rest: Any) -> None:
        if (write := _WRITE.match(statement)) and cursor.rowcount != 0:
            pending.setdefault(id(connection.connection.dbapi_connection), set()).add(write[1])

    def commit(connection: Connection) -> None:
        watch.written |= pending.pop(id(connection.connection.dbapi_connection), set())

    def rollback(connection: Connection) -> None:
        pending.pop(id(connection.connection.dbapi_connection), None)

    handler = _ErrorLog(watch)
    logging.getLogger().addHandler(handler)
    listeners = (("after_cursor_execute", note), ("commit", commit), ("rollback", rollback))
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield watch
    finally:
        logging.getLogger().removeHandler(handler)
        for name, listener in listeners:
            event.remove(engine, name, listener)


FILE = "file"


@dataclass
class PageForm:
    """A form: where it goes, and its fields in their order, with the values that the page offers."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.links: list[str] = []
        self._form: PageForm | None = None
        self._select = ""
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            self._form = PageForm(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        assert self._form is not None
        name = given.get("name", "")
        if tag == "option" and self._select:
            self._form.fields[self._select].append(given.get("value", ""))
        if not name:
            return
        if tag == "input" and given.get("type") == FILE:
            self._form.files.append(name)
        elif tag == "textarea":
            self._text = self._form.fields.setdefault(name, [])
            self._text.append("")
        elif tag == "select":
            self._select = name
            self._form.fields.setdefault(name, [])
        elif tag in ("input", "button"):
            self._form.fields.setdefault(name, []).append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._text:
            self._text[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._text = None
        elif tag == "select":
            self._select = ""


def read_page(html: str) -> tuple[list[PageForm], list[str]]:
    """The forms and the links of a page."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms, reader.links
