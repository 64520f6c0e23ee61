"""A new format is a writer and an entry in the registry: every page, address and command offers it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.cli.declarations.group import declaration
from dnk_tool.domain.declarations.document import Document
from dnk_tool.report.formats import ALL_VARIANTS, FORMATS, ExportAudience, ExportFormat, from_view
from dnk_tool.report.view.model import DeclarationView
from dnk_tool.services.publication import publish
from dnk_tool.services.work import Work
from tests.support.app import database_session
from tests.support.browsers import signed_in
from tests.support.declaration_scenario import (
    NOW,
    DeclarationScenario,
    declaration_path,
    make_scenario,
    scenario_session,
)

pytestmark = pytest.mark.own_app  # a format is registered before its addresses are

DATA = Path(__file__).parents[2] / "data"
CONTENT = "Nachhaltigkeitserklärung von "

MakeApp = Callable[[frozenset[ExportAudience]], Flask]


def to_text(document: Document, view: DeclarationView) -> bytes:
    return f"{CONTENT}{document.organisation.name}, {view.cover.year}\n".encode()


def register_text(patch: pytest.MonkeyPatch, audiences: frozenset[ExportAudience]) -> None:
    """The whole of what a new format needs."""
    patch.setitem(
        FORMATS,
        "txt",
        ExportFormat(
            extension="txt",
            label="Reiner Text",
            file_label="Textdatei",
            media_type="text/plain",
            write=from_view(to_text),
            variants=ALL_VARIANTS,
            audiences=audiences,
            purpose="Zum Lesen ohne Programm.",
        ),
    )


@pytest.fixture
def make_app(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> MakeApp:
    """Starts the application with the made-up format, as after its entry was written."""

    def start(audiences: frozenset[ExportAudience]) -> Flask:
        register_text(monkeypatch, audiences)
        app: Flask = request.getfixturevalue("app")
        return app

    return start


def scenario(app: Flask) -> DeclarationScenario:
    with database_session(app) as session:
        return make_scenario(session)


def published(app: Flask, play: DeclarationScenario) -> str:
    """The path of the published declaration."""
    with scenario_session(app, play) as now:
        now.submit(to=False)
        slug = publish.publish(Work(now.session, play.actor("owner"), NOW), now.declaration).slug
    return f"/berichte/{slug}"


def check_file(client: FlaskClient, address: str, name_end: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert answer.text.startswith(CONTENT)
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert name_end in disposition


def test_the_company_is_offered_it(make_app: MakeApp) -> None:
    app = make_app(frozenset({ExportAudience.COMPANY}))
    play = scenario(app)
    path, editor = declaration_path(play), signed_in(app, "editor")
    page = editor.get(f"{path}/dateien").text
    assert "Reiner Text" in page
    assert "Zum Lesen ohne Programm." in page
    assert " als Textdatei" in page
    for address, name_end in (
        ("entwurf.txt", "-Entwurf.txt"),
        ("entwurf.txt?fassung=kurz", "-Entwurf-Kurzfassung.txt"),
        ("intern.txt", "-Intern.txt"),
    ):
        assert f'href="{path}/{address}"' in page
        check_file(editor, f"{path}/{address}", name_end)


@pytest.mark.parametrize("is_public", [True, False])
def test_the_public_page_offers_it_if_its_audiences_say_so(make_app: MakeApp, is_public: bool) -> None:
    audiences = frozenset({ExportAudience.PUBLIC} if is_public else {ExportAudience.COMPANY})
    app = make_app(audiences)
    path, visitor = published(app, scenario(app)), app.test_client()
    page = visitor.get(path).text
    assert (f'href="{path}/erklaerung.txt"' in page) is is_public
    assert ("Textdatei" in page) is is_public
    assert ('"encodingFormat": "text/plain"' in page) is is_public
    if is_public:
        check_file(visitor, f"{path}/erklaerung.txt", "-V1.txt")
    else:
        assert visitor.get(f"{path}/erklaerung.txt").status_code == 404


def test_reviewers_are_offered_it(make_app: MakeApp) -> None:
    app = make_app(frozenset({ExportAudience.REVIEWERS}))
    play = scenario(app)
    with scenario_session(app, play) as now:
        now.submit()
    reviewer = signed_in(app, "reviewer")
    path = f"/cluster/{play.cluster}/pruefung/{play.declaration.id}"
    page = reviewer.get(f"{path}/").text
    assert f'href="{path}/versionen/1.txt"' in page
    check_file(reviewer, f"{path}/versionen/1.txt", "-V1.txt")
    editor = signed_in(app, "editor")
    assert editor.get(f"{declaration_path(play)}/versionen/1.txt").status_code == 404


def test_the_command_line_makes_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    arguments = ["render", str(DATA / "craft.json"), "-o", str(out)]
    assert CliRunner().invoke(declaration, arguments).exit_code != 0
    register_text(monkeypatch, frozenset())
    assert CliRunner().invoke(declaration, arguments).exit_code == 0
    assert out.read_text("utf-8").startswith(CONTENT)
