"""Forms and links of a page with everything that a browser could send."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

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
