"""Wherever people upload files, the page says below the field if no virus scanner looks at them."""

import inspect
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask

from dnk_tool.paths import templates_folder
from dnk_tool.services.uploads.virus_scan import VirusScanner, choose_scanner
from tests.support.app import World, sign_in
from tests.support.browsers import signed_in

READS_FILES = re.compile(r"\brequest\.files\.get|\buploaded_bytes\(\)")
FIELD = re.compile(r"""type=["']?file\b""")
# The view that takes a file; the pages with its form, and who may open them.
PAGES = {
    "evidence.upload": ("editor", "/erklaerungen/{0.own_declaration}/belege/"),
    "evidence.upload of an answer": ("editor", "/erklaerungen/{0.own_declaration}/belege/neu?antwort=1.1"),
    "figure_files.check": ("editor", "/erklaerungen/{0.own_declaration}/kennzahlen/import"),
    "offline.check": ("contributor", "/erklaerungen/{0.own_declaration}/fragebogen/offline"),
    "from_file.check": ("owner", "/unternehmen/{0.own}/erklaerungen/aus-datei"),
    "look.change": ("owner", "/unternehmen/{0.own}/erscheinungsbild"),
    "company_list.check": ("manager", "/cluster/{0.cluster}/mitglieder/liste"),
    "measure_list.check": ("owner", "/unternehmen/{0.own}/massnahmen/liste"),
    "origin.check": ("", "/pruefen"),
}
NEVER_KEPT = {"lists"}  # a scanner would write them to a disk; their page says so
SCANNERS = {
    "Dateien werden hier nicht auf Viren geprüft.": None,
    "außer wenn der Virenscanner gerade nicht erreichbar ist": VirusScanner("localhost:1", is_required=False),
    "": VirusScanner("localhost:1"),
}


class _Fields(HTMLParser):
    """The fields for files, each with the ids that describe it, and the text of each element with an id."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.described: list[list[str]] = []
        self.texts: dict[str, str] = {}
        self._id = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "file":
            self.described.append((given.get("aria-describedby") or "").split())
        self._id = given.get("id") or ""

    def handle_data(self, data: str) -> None:
        self.texts[self._id] = self.texts.get(self._id, "") + data


@pytest.fixture(autouse=True)
def no_scanner_afterwards() -> Iterator[None]:
    yield
    choose_scanner(None)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_with_a_file_says_whether_it_is_scanned(app: Flask, world: World, page: str) -> None:
    who, path = PAGES[page]
    client = app.test_client()
    if who:
        sign_in(client, f"{who}@example.org")
    for words, scanner in SCANNERS.items():
        choose_scanner(scanner)
        answer = client.get(path.format(world))
        assert answer.status_code == 200
        fields = _Fields(answer.text)
        assert fields.described
        for described in fields.described:
            notes = [fields.texts[name] for name in described if name.endswith("-scan")]
            assert [words in note for note in notes] == ([True] if words else [])


def test_the_page_of_lists_says_that_no_scanner_looks_at_them(app: Flask, world: World) -> None:
    client = signed_in(app, "editor")
    page = client.get(f"/erklaerungen/{world.own_declaration}/listen/lohn")
    assert "Weil nichts gespeichert wird, prüft sie auch kein Virenscanner." in page.text


def test_no_view_that_takes_a_file_is_missing_above(app: Flask) -> None:
    modules = {
        rule.endpoint: inspect.getmodule(inspect.unwrap(app.view_functions[rule.endpoint]))
        for rule in app.url_map.iter_rules()
    }
    taking = {
        endpoint.partition(".")[0]
        for endpoint, module in modules.items()
        if module and READS_FILES.search(inspect.getsource(module))
    }
    assert taking == {page.partition(".")[0] for page in PAGES} | NEVER_KEPT


def test_no_template_has_a_field_for_files_of_its_own() -> None:
    folder = templates_folder()
    with_field = {
        path.relative_to(folder).as_posix()
        for path in Path(folder).rglob("*.html")
        if FIELD.search(path.read_text("utf-8"))
    }
    assert with_field == {
        "components/forms/file_drop.html",
        "components/forms/file_upload.html",
        "evidence/photo.html",
        "figures/lists/send.html",  # see NEVER_KEPT
    }
