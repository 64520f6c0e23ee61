"""Texts, figures and preview of a criterion: three pages, of which each saves what it shows, and no more."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from dnk_tool.domain.answers.answer import Origin
from dnk_tool.domain.declarations.annex import NO_ANNEX
from dnk_tool.domain.declarations.document import canonical_json
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.permissions import SHELL, Role
from dnk_tool.services.declarations.documents import current_file, import_document
from dnk_tool.services.people.organisations import add_member
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.answers import AnswerRevision, AnswerRow
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import FigureRevision, FigureRow
from tests.support.app import (
    World,
    count_statements,
    database_session,
    fields_of_all_pages,
    form_fields,
    make_account,
    sign_in,
)
from tests.support.browsers import send, signed_in

GROSS = "ref-GRI-SRS-305-1.a"
ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / "tests/data").glob("*.json")) + sorted(
    (ROOT / "dnk_tool/cli/demo/data").glob("*.json")
)
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@pytest.fixture
def base(world: World) -> str:
    return f"/erklaerungen/{world.own_declaration}/kriterien"


def stored_entries(app: Flask) -> dict[str, str]:
    """Texts by ref, figures by datapoint."""
    with database_session(app) as session:
        texts = {row.ref: row.text for row in session.scalars(select(AnswerRow)) if row.text}
        figures = {row.datapoint: str(row.value) for row in session.scalars(select(FigureRow))}
    return texts | figures


def test_tabs_are_links_with_counts_and_say_where_one_is(editor: FlaskClient, base: str) -> None:
    words = " ".join(editor.get(f"{base}/13").text.split())
    assert (
        f'href="{base}/13" aria-current="page">Texte <span class="dnk-tabs__count" aria-hidden="true">0/5'
        in words
    )
    assert f'href="{base}/13/kennzahlen">Kennzahlen' in words
    assert f'href="{base}/13/vorschau">Vorschau' in words
    assert "ref-GRI-SRS-305-1-version" not in words
    figures = editor.get(f"{base}/12/kennzahlen/GRI-SRS-302-1").text
    assert f'href="{base}/12/kennzahlen/GRI-SRS-302-1" aria-current="page">302-1' in figures
    assert '302-1 <span class="dnk-tabs__topic">Energieverbrauch' in " ".join(figures.split())
    assert "ref-12.1-version" not in figures
    assert "Kennzahlen <span" not in editor.get(f"{base}/11").text, "no tab leads to nothing"
    assert "Kennzahlen <span" not in editor.get(f"{base}/general").text


def test_a_link_of_before_to_a_point_lands_beside_its_new_address(editor: FlaskClient, base: str) -> None:
    """The server never sees what stands behind the #; the map has the place and the way on."""
    words = editor.get(f"{base}/13").text
    assert f'<a href="{base}/13/kennzahlen#{GROSS[:-2]}" id="{GROSS[:-2]}" data-elsewhere' in words
    assert words.count('id="ref-13.1"') == 1
    figures = editor.get(f"{base}/13/kennzahlen").text
    assert f'<a href="{base}/13#ref-13.1" id="ref-13.1" data-elsewhere' in figures
    assert f'href="#{GROSS[:-2]}"' in figures
    other = editor.get(f"{base}/11/kennzahlen")
    assert (other.status_code, other.location) == (303, f"{base}/11"), "a set without figures here"


def test_a_page_saves_what_it_shows_and_leaves_the_rest(app: Flask, editor: FlaskClient, base: str) -> None:
    send(editor, f"{base}/13", **{"ref-13.1-text": "Gas."})
    send(editor, f"{base}/13/kennzahlen", **{f"{GROSS}-value": "12"})
    send(editor, f"{base}/13", **{"ref-13.2-text": "Weniger Gas."})
    kept = stored_entries(app)
    assert (kept["13.1"], kept["13.2"]) == ("Gas.", "Weniger Gas.")
    assert kept["ghg.scope1.gross"].startswith("12")


def test_a_page_of_before_saves_texts_and_figures(app: Flask, editor: FlaskClient, base: str) -> None:
    both = {"ref-13.1-text": "Gas.", f"{GROSS}-value": "12", "autosave": "1"}
    answer = editor.post(f"{base}/13", data={**fields_of_all_pages(editor, f"{base}/13"), **both})
    assert answer.get_json()["status"] == "saved"
    assert stored_entries(app)["13.1"] == "Gas."
    assert stored_entries(app)["ghg.scope1.gross"].startswith("12")
    row = {"action": "add-row:GRI-SRS-302-1.a-carriers"}
    where = editor.post(f"{base}/12", data={**form_fields(editor.get(f"{base}/12").text), **row}).location
    assert where.startswith(f"{base}/12/kennzahlen/GRI-SRS-302-1?"), "and leads to the page with the table"


def test_finished_leads_to_open_figures_and_from_there_to_the_next_criterion(
    editor: FlaskClient, base: str
) -> None:
    explained = {"disclosure": "explain", "explanation": "Kommt 2026."}
    texts = {f"ref-17.{n}-text": "Wir prüfen es." for n in (1, 2, 3, 4)}
    assert "Fertig, weiter zu den Kennzahlen" in editor.get(f"{base}/17").text
    refused = send(editor, f"{base}/17", action="done").location
    assert refused == f"{base}/17?offen=1#missing", "a gap of its own keeps one here"
    missing = editor.get(refused).text
    assert f'href="{base}/17/kennzahlen#ref-GRI-SRS-412-3"' in missing
    assert send(editor, f"{base}/17", **texts, action="done").location == f"{base}/17/kennzahlen"
    codes = ("412-3", "412-1", "414-1", "414-2")
    figures = {f"ref-GRI-SRS-{code}-{k}": v for code in codes for k, v in explained.items()}
    assert "Fertig, weiter zu 18" in editor.get(f"{base}/17/kennzahlen").text
    assert send(editor, f"{base}/17/kennzahlen", **figures, action="done").location == f"{base}/18"
    assert send(editor, f"{base}/17", action="done").location == f"{base}/18", "no figures are open any more"


def test_few_figures_stand_below_the_texts_and_their_page_of_before_leads_there(
    editor: FlaskClient, app: Flask, base: str
) -> None:
    page = editor.get(f"{base}/10").text
    assert "Texte und Kennzahlen" in page
    assert f'href="{base}/10/kennzahlen' not in page
    assert editor.get(f"{base}/10/kennzahlen").location == f"{base}/10#ref-GRI-G4-FS11"
    assert editor.get(f"{base}/10/kennzahlen/GRI-G4-FS11").location == f"{base}/10#ref-GRI-G4-FS11"
    assert "Wenn eine Zahl fehlt" in page
    assert "Wenn eine Zahl fehlt" not in editor.get(f"{base}/11").text
    opened = {**form_fields(page), "ref-10.1-text": "Wir messen es.", "action": "done"}
    told = editor.post(f"{base}/10/kennzahlen", data=opened)  # from a page opened before
    assert told.location == f"{base}/10?offen=1#missing"
    assert stored_entries(app)["10.1"] == "Wir messen es."


def test_what_nobody_has_to_say_is_folded_until_something_stands_there(
    editor: FlaskClient, base: str
) -> None:
    def fold() -> str:
        return re.findall(
            r"<details[^>]*>\s*<summary[^>]*><span[^>]*>Freiwillig", editor.get(f"{base}/general").text
        )[0]

    assert " open" not in fold()
    send(editor, f"{base}/general", **{"ref-general.foreword-name-text": "Inga Hansen"})
    assert " open" in fold()


def test_the_general_information_leads_to_the_bills_until_one_is_entered(
    editor: FlaskClient, base: str
) -> None:
    bills = base.replace("kriterien", "rechnungen") + "/"
    assert "Fertig, weiter zu den Rechnungen" in editor.get(f"{base}/general").text
    assert send(editor, f"{base}/general", action="next").location == bills
    assert f'<a href="{base}/1">Weiter zu Kriterium 1</a>' in editor.get(bills).text
    assert send(editor, bills, **{"energy-natural-gas-f-quantity": "38500"}).location == bills
    assert "Fertig, weiter zu 1<" in editor.get(f"{base}/general").text
    assert send(editor, f"{base}/general", action="next").location == f"{base}/1"


def test_what_other_pages_lack_is_folded(editor: FlaskClient, base: str) -> None:
    send(editor, f"{base}/16", **{"ref-16.1-text": "Wir bilden aus."})
    missing = re.search(r'(?s)<section class="dnk-missing".*?</section>', editor.get(f"{base}/16").text)
    assert missing
    own, folded = missing[0].split("<details")
    assert re.findall(r'href="([^"]*)"', own) == ["#ref-16.2", "#ref-16.3", "#ref-16.4"]
    assert set(re.findall(r'href="([^"#]*)', folded)) > {f"{base}/16/kennzahlen"}


def test_every_gap_leads_to_its_field_for_writers_and_readers(
    app: Flask, editor: FlaskClient, base: str
) -> None:
    send(editor, f"{base}/12/kennzahlen/GRI-SRS-306-3", **{"ref-GRI-SRS-306-3.a-value": "1"})
    send(editor, f"{base}/13/kennzahlen", **{f"{GROSS}-value": "12"})
    check = editor.get(base.replace("kriterien", "pruefen")).text
    links = {tuple(link.split("#")) for link in re.findall(rf'href="({base}/[^"]+#ref-[^"]+)"', check)}
    assert any("GRI-SRS-305-1.c-value" in anchor for _page, anchor in links), (
        "a field, not its indicator alone"
    )
    reader = signed_in(app, "viewer")
    for client in (editor, reader):
        shown = {page: client.get(page).text for page, _anchor in links}
        assert not [link for link in links if f'id="{link[1]}"' not in shown[link[0]]]


def test_the_preview_shows_what_the_report_prints(app: Flask, editor: FlaskClient, base: str) -> None:
    send(editor, f"{base}/13", **{"ref-13.1-text": "Vor allem <b>Gas</b>."})
    send(editor, f"{base}/13/kennzahlen", **{f"{GROSS}-value": "12"})
    with count_statements(app) as statements:
        page = editor.get(f"{base}/13/vorschau").text
    assert "Vor allem &lt;b&gt;Gas&lt;/b&gt;." in page
    assert re.search(r"numeric\">\s*12\s", page), "the figure stands in its table"
    assert 'aria-current="page">Vorschau' in page
    assert "<style" not in page
    assert 'style="' not in page
    assert len(statements) <= 15
    assert "Allgemeine Informationen" in editor.get(f"{base}/general/vorschau").text


def test_figures_of_years_before_are_read_only_where_a_page_needs_them(
    app: Flask, editor: FlaskClient, base: str
) -> None:
    since = dict[str, int]()

    def note(_connection: Any, _cursor: Any, statement: str, asked: Any, *_rest: Any) -> None:
        if "figure.year >=" in statement:
            since[path] = max(value for value in asked if value == 0 or value > 2000)

    event.listen(app.extensions["dnk_engine"], "before_cursor_execute", note)
    for path in ("1", "13", "13/kennzahlen", "13/rechenweg"):
        editor.get(f"{base}/{path}")
    event.remove(app.extensions["dnk_engine"], "before_cursor_execute", note)
    with database_session(app) as session:
        year = session.scalars(select(Declaration.reporting_year)).first()
    assert since == {"1": year, "13": 0, "13/kennzahlen": 0, "13/rechenweg": 0}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_saving_every_page_untouched_changes_nothing(app: Flask, client: FlaskClient, path: Path) -> None:
    document = read_document(path.read_bytes())
    typed = {key: replace(figure, origin=Origin.ENTERED) for key, figure in document.figures.items()}
    expected = canonical_json(replace(document, figures=typed, annex=NO_ANNEX, names_schema=True))
    with database_session(app) as session:
        declaration = import_document(Work(session, SHELL, NOW), document)
        account = make_account(session, "petra@example.org")
        session.flush()
        add_member(session, declaration.organisation, account.id, Role.OWNER, now=NOW)
        declaration_id, organisation_id = declaration.id, declaration.organisation_id
        before = count_revisions(session)
    sign_in(client, "petra@example.org")
    pages = [
        f"/erklaerungen/{declaration_id}/kriterien/{section.ref}" for section in document.selection.sections
    ]
    for page in [
        *pages,
        f"/erklaerungen/{declaration_id}/einstellungen",
        f"/unternehmen/{organisation_id}/profil",
    ]:
        answer = client.post(page, data=form_fields(client.get(page).text))
        assert answer.status_code == 303, (page, answer.text)
    with database_session(app) as session:
        kept = declarations.by_id(session, declaration_id)
        assert kept is not None
        assert current_file(session, kept) == expected
        assert count_revisions(session) == before


def count_revisions(session: object) -> int:
    return sum(
        session.scalar(select(func.count()).select_from(table))  # type: ignore[attr-defined]
        for table in (AnswerRevision, FigureRevision)
    )
