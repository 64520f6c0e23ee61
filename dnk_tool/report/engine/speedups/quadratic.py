"""What the engine does again and again with the same result: done once, with the same bytes in the end."""

import zlib
from typing import Any

import pydyf  # type: ignore[import-untyped]  # it brings no types
import weasyprint
from weasyprint import css, html
from weasyprint.css import properties
from weasyprint.layout import page

from dnk_tool.report.assets import SCHEME

LEVEL = 6  # of compression; more takes longer and saves next to nothing
_NOTES = ("footnote-", "note-")  # what the names of their parts begin with
_STREAM_END = b"\nendstream"
_PLAIN = (pydyf.Dictionary, pydyf.Array, pydyf.String)
_MADE_LAST = ("/ObjStm", "/XRef")  # made while the file is written, and final from the start


def install() -> None:
    """Makes every later render in this process take the shortcuts."""
    if getattr(pydyf.PDF, "shortened_by_dnk_tool", False):
        return
    pydyf.PDF.shortened_by_dnk_tool = True
    _read_style_once()
    _style_pages_once()
    _look_up_quickly()
    _style_what_shows()
    _write_once()


def _read_style_once() -> None:
    """Our own style is read for the first document only. It must be used with the same fonts."""
    read, known = weasyprint.CSS, {}

    def stylesheet(*given: Any, **named: Any) -> Any:
        address = named.get("url")
        if not str(address).startswith(f"{SCHEME}:"):
            return read(*given, **named)
        if address not in known:
            known[address] = read(*given, **named | {"page_rules": None, "layers": None})
        return known[address]

    css.CSS = stylesheet


def _style_pages_once() -> None:
    """Pages of one name look the same in our design, but for those that are left blank."""
    style = page.set_page_type_computed_styles

    def set_page_type_computed_styles(page_type: Any, html: Any, style_for: Any) -> None:
        known = style_for.__dict__.setdefault("kept_pages", {})
        key = page_type.side, page_type.blank, page_type.name, page_type.index == 0
        computed, cascaded = style_for.get_computed_styles(), style_for.get_cascaded_styles()
        if key not in known:
            style(page_type, html, style_for)
            known[key] = {
                pseudo: (computed.get((one, pseudo)), rules)
                for (one, pseudo), rules in cascaded.items()
                if one == page_type
            }
            return
        for pseudo, (values, rules) in known[key].items():
            computed[page_type, pseudo], cascaded[page_type, pseudo] = values, rules

    page.set_page_type_computed_styles = set_page_type_computed_styles


def _look_up_quickly() -> None:
    """Most properties of most elements are those of the parent, or what they are from the start."""
    look_up = css.ComputedStyle.__missing__
    names = {*properties.INITIAL_VALUES} - {*css.PHYSICAL_FUNCTIONS, "position", "float", "display", "page"}
    names = {name for name in names if not name.startswith("text_decoration_")}
    inherited = names & properties.INHERITED
    initial = names - properties.INHERITED - properties.INITIAL_NOT_COMPUTED

    def missing(self: Any, key: str) -> Any:
        if key not in self.cascaded:
            if key in initial:
                value = self[key] = properties.INITIAL_VALUES[key]
                return value
            if key in inherited and self.parent_style is not None:
                value = self[key] = self.parent_style[key]
                return value
        return look_up(self, key)

    css.ComputedStyle.__missing__ = missing


def _style_what_shows() -> None:
    """Notes are no part of our design, and only entries of a list have a mark.

    The engine's own style has a rule for six of these for every element, and each gets a style of its own.
    """
    rules = html.UA_STYLESHEET.matcher.other_selectors
    rules[:] = [
        (_is_entry, *rest) if rest[2] == "marker" else (test, *rest)
        for test, *rest in rules
        if not str(rest[2]).startswith(_NOTES)
    ]


def _is_entry(element: Any) -> bool:
    return bool(element.local_name == "li")


# A program without types.
class _SerializedObject(pydyf.Object):  # type: ignore[misc]
    """An object of the file whose bytes are there already."""

    compressible = True

    def __init__(self, source: Any) -> None:
        super().__init__()
        self.number, self.free, self._data = source.number, source.free, source.data

    @property
    def data(self) -> bytes:
        """The bytes."""
        found: bytes = self._data
        return found


def _write_once() -> None:
    """The engine makes the bytes of every object twice, and those of a stream three times."""
    write = pydyf.PDF.write

    def write_once(self: Any, *given: Any) -> None:
        self.objects = [_SerializedObject(one) if type(one) in _PLAIN else one for one in self.objects]
        for one in self.objects:
            if isinstance(one, pydyf.Stream):
                one.kept_bytes = None
        write(self, *given)

    def data(self: Any) -> bytes:
        if "kept_bytes" not in self.__dict__ and self.extra.get("Type") not in _MADE_LAST:
            return _bytes_of(self)
        found: bytes | None = self.__dict__.get("kept_bytes")
        if found is None:
            found = self.kept_bytes = _bytes_of(self)
        return found

    def page_references(self: Any) -> tuple[bytes, ...]:
        """Asked for each link, so that twice as many pages would take four times as long."""
        known: tuple[bytes, ...] = self.__dict__.get("kept_references", ())
        count = self.pages["Count"]
        if len(known) != count:
            numbers = self.pages["Kids"][::3]
            known = self.kept_references = tuple(b"%d 0 R" % number for number in numbers)
        return known

    pydyf.PDF.write, pydyf.Stream.data = write_once, property(data)
    pydyf.PDF.page_references = property(page_references)


def _bytes_of(stream: Any) -> bytes:
    """As the engine writes a stream, but for the level of compression.

    A stream whose last byte is a carriage return, before the line feed that follows, seems to end in the line
    break of two signs: one of 256 does. With a break of two signs behind it, nothing can be mistaken.
    """
    content = b"\n".join([one if type(one) is bytes else pydyf._to_bytes(one) for one in stream.stream])
    extra = pydyf.Dictionary(dict(stream.extra))
    if stream.compress:
        extra["Filter"] = "/FlateDecode"
        content = zlib.compress(content, LEVEL)
    extra["Length"] = len(content)
    end = b"\r" + _STREAM_END if content.endswith(b"\r") else _STREAM_END
    return b"".join((extra.data, b"\nstream\n", content, end))
