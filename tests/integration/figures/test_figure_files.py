"""Figures by file: handed out, looked at row by row, taken in wholly or not at all."""

import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from dnk_tool.cli.main import cli
from dnk_tool.domain.answers.answer import Figure, Origin, Quality
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.figures.file_changes import FigureFilePreview
from dnk_tool.domain.permissions import SHELL, Actor, NotPermitted
from dnk_tool.services.declarations import start as declaration_start
from dnk_tool.services.figures import files as figure_files
from dnk_tool.services.figures.files import FigureImportConflict, FigureImportSummary
from dnk_tool.services.figures.save import save_figure
from dnk_tool.services.uploads.csv_tables import MAX_FILE_BYTES
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.figures import queries as figures
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.figures import FigureRevision
from tests.contract.test_routes import table_digests
from tests.integration.conftest import GRI, NOW
from tests.integration.figures.stored_figures import only_row
from tests.support.app import World, count_statements, database_session, form_fields, post, sign_in, token_of
from tests.support.browsers import signed_in

POWER, WATER, SCOPE1 = "energy.electricity.consumption", "water.withdrawal.total", "ghg.scope1.gross"
HEAD = "Jahr;Kennzahl;Wert;Einheit;Qualität;Anmerkung;Quelle;Zuständig\n"
TWO = HEAD + f"2025;{POWER};1.234,5;MWh;gemessen;;Rechnung;Anna\n2024;{SCOPE1};0;t CO2e;berechnet;;;\n"


def preview(session: Session, declaration: Declaration, text: str, actor: Actor) -> FigureFilePreview:
    figure_file = figure_files.read_figure_file(text.encode(), declaration, language="de")
    return figure_files.preview_figure_import(session, declaration, figure_file, actor=actor)


def take(
    session: Session, declaration: Declaration, sifted: FigureFilePreview, actor: Actor
) -> FigureImportSummary:
    wishes = [(change.update, change.seen) for change in sifted.changes]
    done = figure_files.import_figures(
        Work(session, actor, NOW), declaration, wishes, language=sifted.language
    )
    session.flush()
    return done


def kept_figures(session: Session, declaration: Declaration) -> dict[tuple[int, str], Figure]:
    return figures.of_organisation(session, declaration.organisation_id)


def test_a_file_is_taken_in_with_revisions_and_events(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    sifted = preview(session, declaration, TWO, actor)
    assert [change.is_new for change in sifted.changes] == [True, True]
    assert kept_figures(session, declaration) == {}
    assert take(session, declaration, sifted, actor).years == {2025: 1, 2024: 1}
    power = Figure(Decimal("1234.5"), "MWh", Quality.MEASURED, "", "Rechnung", "Anna")
    zero = Figure(Decimal(0), "t-co2e", Quality.CALCULATED)
    assert kept_figures(session, declaration) == {(2025, POWER): power, (2024, SCOPE1): zero}
    revisions = session.scalars(select(FigureRevision).order_by(FigureRevision.id))
    assert [
        (revision.year, revision.version, revision.saved_by, revision.kept_aside) for revision in revisions
    ] == [
        (2025, 1, 1, False),
        (2024, 1, 1, False),
    ]
    events = session.scalars(select(Event).where(Event.kind == EventKind.FIGURES_IMPORTED))
    assert sorted(json.dumps(event.detail, sort_keys=True) for event in events) == [
        '{"figures": 1, "years": [2024]}',
        f'{{"versions": {{"{POWER}": 1}}}}',
    ]
    assert declaration.progress is not None
    again = preview(session, declaration, TWO, actor)
    assert (again.same, again.changes) == (2, ())
    assert take(session, declaration, again, actor).figures == 0


def test_what_was_changed_meanwhile_is_reported_and_nothing_written(
    session: Session, declaration: Declaration, actor: Actor, colleague: Actor
) -> None:
    seen = preview(session, declaration, TWO, actor)
    save_figure(
        Work(session, colleague, NOW), declaration, POWER, Figure(Decimal(7), "kWh", note="Zähler"), seen=0
    )
    session.flush()
    with pytest.raises(FigureImportConflict) as caught:
        take(session, declaration, seen, actor)
    assert [change.place for change in caught.value.changed] == [(2025, POWER)]
    assert set(kept_figures(session, declaration)) == {(2025, POWER)}
    fresh = caught.value.sifted
    assert fresh.changes[0].after.note == "Zähler"  # what the row does not say stays
    take(session, declaration, fresh, actor)
    assert kept_figures(session, declaration)[2025, POWER].note == "Zähler"
    assert kept_figures(session, declaration)[2025, POWER].value == Decimal("1234.5")
    row = only_row(session, POWER)
    assert (row.version, row.changed_by) == (2, 1)


def test_whoever_brought_the_same_meanwhile_is_not_in_the_way(
    session: Session, declaration: Declaration, actor: Actor, colleague: Actor
) -> None:
    seen = preview(session, declaration, TWO, actor)
    take(session, declaration, preview(session, declaration, TWO, colleague), colleague)
    assert take(session, declaration, seen, actor).figures == 0


def test_frozen_years_are_left_out_and_freezing_meanwhile_stops_all(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    earlier = declaration_start.start_declaration(
        Work(session, SHELL, NOW),
        declaration.organisation,
        edition="dnk-2017",
        reporting_year=2024,
        settings=GRI,
    )
    session.flush()
    both = preview(session, declaration, TWO, actor)
    assert len(both.changes) == 2
    earlier.state = State.FINISHED
    session.flush()
    sifted = preview(session, declaration, TWO, actor)
    assert [(row.number, row.fault.value) for row in sifted.bad] == [(3, "locked")]
    with pytest.raises(FigureImportConflict) as caught:
        take(session, declaration, both, actor)
    assert caught.value.locked == 1
    assert kept_figures(session, declaration) == {}
    assert take(session, declaration, sifted, actor).years == {2025: 1}
    earlier.state = State.DRAFT
    session.flush()
    take(session, declaration, preview(session, declaration, TWO, actor), actor)
    events = session.scalars(select(Event).where(Event.kind == EventKind.FIGURES_IMPORTED).order_by(Event.id))
    assert [(event.declaration_id, event.detail) for event in events] == [
        (declaration.id, {"versions": {POWER: 1}}),
        (earlier.id, {"versions": {SCOPE1: 1}}),
    ]


def test_a_value_of_lines_becomes_ones_own_and_words_beside_it_do_not_change_that(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    lines = Figure(Decimal(5), "kWh", Quality.CALCULATED, origin=Origin.LINES)
    figures.add_if_missing(session, declaration.organisation_id, 2025, POWER, lines, by=None, now=NOW)
    session.flush()
    note = preview(session, declaration, HEAD + f"2025;{POWER};;;;Nur ein Wort;;\n", actor)
    take(session, declaration, note, actor)
    assert kept_figures(session, declaration)[2025, POWER].origin is Origin.LINES
    value = preview(session, declaration, HEAD + f"2025;{POWER};6;;;;;\n", actor)
    assert [hint.kind.value for hint in value.hints] == ["by-hand"]
    take(session, declaration, value, actor)
    assert kept_figures(session, declaration)[2025, POWER].origin is Origin.ENTERED


def test_only_who_writes_for_the_company_may(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    sifted = preview(session, declaration, TWO, actor)
    with pytest.raises(NotPermitted):
        preview(session, declaration, TWO, Actor(9))
    with pytest.raises(NotPermitted):
        take(session, declaration, sifted, Actor(9))


# ---- Pages


Upload = Callable[..., TestResponse]


@pytest.fixture
def upload(editor: FlaskClient, world: World) -> Upload:
    def send(content: str | bytes, name: str = "zahlen.csv") -> TestResponse:
        # Written out by hand: the test client would leave a large body's temporary file open.
        raw = content.encode() if isinstance(content, str) else content
        parts = f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token_of(editor)}\r\n'
        head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = (parts + head).encode() + raw + b"\r\n--x--\r\n"
        return editor.post(
            figures_path(world, "import"), data=body, content_type="multipart/form-data; boundary=x"
        )

    return send


def figures_path(world: World, end: str) -> str:
    return f"/erklaerungen/{world.own_declaration}/kennzahlen/{end}"


def take_figures(editor: FlaskClient, world: World, page: str) -> TestResponse:
    return editor.post(figures_path(world, "import/uebernehmen"), data=form_fields(page))


def stored_figures(app: Flask, world: World) -> dict[tuple[int, str], Figure]:
    with database_session(app) as session:
        return figures.of_organisation(session, world.own)


def test_the_preview_says_row_by_row_what_would_be_and_keeps_nothing(
    app: Flask, editor: FlaskClient, upload: Upload, world: World
) -> None:
    before = table_digests(app)
    faulty = f"2025;{WATER};1.234;m3;geraten;;;\n2026;{WATER};1;m3;;;;\n;quatsch;1;;;;;\n"
    page = upload(TWO + faulty + f"2023;{WATER};1.234;m3;;;;\n")
    assert page.status_code == 200
    assert "3 Kennzahlen würden sich ändern." in page.text
    assert "3 Zeilen werden ausgelassen." in page.text
    for number, text in (
        (4, "Die Qualität „geraten“ gibt es nicht."),
        (5, "2026 ist später als das Berichtsjahr."),
        (6, "Nach „quatsch“ fragt diese Erklärung nicht."),
        (7, "„1.234“ wurde als 1234 gelesen und nicht als 1,234."),
    ):
        assert f"<strong>Zeile {number}:</strong> {text}" in page.text
    assert "<strong>1.234,5 MWh</strong>" in page.text
    changed = {name for name, rows in table_digests(app).items() if rows != before[name]}
    assert changed <= {"sign_in"}
    answer = take_figures(editor, world, page.text)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/kennzahlen")
    assert set(stored_figures(app, world)) == {(2025, POWER), (2024, SCOPE1), (2023, WATER)}


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_an_export_changes_nothing_and_an_edit_comes_back(
    app: Flask, editor: FlaskClient, upload: Upload, world: World, ending: str
) -> None:
    take_figures(editor, world, upload(TWO).text)
    file = editor.get(figures_path(world, f"export.{ending}"))
    assert file.headers["Content-Disposition"] == f"attachment; filename=Kennzahlen-2025-A-GmbH.{ending}"
    editor.get("/sprache/en")  # the file says itself how its numbers are written
    page = upload(file.data, f"x.{ending}").text
    assert "This file changes nothing." in page
    assert "2 rows say what is stored already." in page
    assert 'name="rows"' not in page
    edited = TWO.replace("1.234,5", "2.000").replace("gemessen", "geschätzt").replace("Rechnung", "-")
    page = upload(edited).text
    assert "1 figure would change." in page
    assert "1,234.5 MWh" in page
    assert re.search(r"Quality: .*<del>measured</del>.* estimated", page)
    take_figures(editor, world, page)
    assert stored_figures(app, world)[2025, POWER] == Figure(
        Decimal(2000), "MWh", Quality.ESTIMATED, "", "", "Anna"
    )


def test_the_template_reads_as_no_change(editor: FlaskClient, upload: Upload, world: World) -> None:
    file = editor.get(figures_path(world, "vorlage.xlsx"))
    assert file.headers["Content-Disposition"].startswith("attachment; filename=Kennzahlen-Vorlage-2025")
    assert "Diese Datei ändert nichts." in upload(file.data, "x.xlsx").text
    assert editor.get(figures_path(world, "export.pdf")).status_code == 404


def test_what_changed_between_preview_and_confirmation_is_shown_again(
    app: Flask, editor: FlaskClient, upload: Upload, world: World
) -> None:
    page = upload(TWO).text
    with database_session(app) as session:
        declaration = declarations.by_id(session, world.own_declaration)
        assert declaration is not None
        mine = Figure(Decimal(7), "kWh", note="von <b>Kollegin</b>")
        save_figure(Work(session, SHELL, datetime.now(UTC)), declaration, POWER, mine, seen=0)
    answer = take_figures(editor, world, page)
    assert answer.status_code == 409
    assert "Es ist nichts gespeichert" in answer.text
    assert "inzwischen geändert" in answer.text
    assert "<b>Kollegin" not in answer.text
    assert set(stored_figures(app, world)) == {(2025, POWER)}
    assert take_figures(editor, world, answer.text).status_code == 303
    assert stored_figures(app, world)[2025, POWER].note == "von <b>Kollegin</b>"


def test_only_what_was_looked_at_here_can_be_taken(
    app: Flask, editor: FlaskClient, upload: Upload, world: World
) -> None:
    rows = form_fields(upload(TWO).text)["rows"][0]
    for forged in ("", "x", rows[:-3] + "abc"):
        answer = post(editor, figures_path(world, "import/uebernehmen"), {"rows": forged})
        assert answer.status_code == 422
        assert "Diese Vorschau gilt nicht mehr." in answer.text
    stranger = signed_in(app, "stranger")
    theirs = f"/erklaerungen/{world.foreign_declaration}/kennzahlen/import/uebernehmen"
    assert post(stranger, theirs, {"rows": rows}).status_code == 422
    assert stored_figures(app, world) == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Wählen Sie eine Datei aus, in der etwas steht."),
        (b"Firma;E-Mail\nBeck;a@b.example\n", "In dieser Datei fehlen die Überschriften"),
        (b"\x89PNG\r\n\x00\x00", "Das ist ein Bild, keine Tabelle."),
        (b"\xd0\xcf\x11\xe0old", "Das ist eine alte Excel-Datei oder eine mit Passwort."),
        (b"PK\x03\x04broken", "Diese Excel-Datei lässt sich nicht lesen."),
        (b"x" * (MAX_FILE_BYTES + 1), "Diese Datei ist zu groß."),
        (HEAD.encode() + f"2025;{POWER};1;kWh;;;;\n".encode() * 2_001, "hat zu viele Zeilen"),
        (
            HEAD.encode() + f'2025;{POWER};1;kWh;;"offen;;\n2024;{WATER};2;m3;;;;\n'.encode(),
            "In Zeile 2 beginnt ein Anführungszeichen",
        ),
    ],
)
def test_a_file_that_holds_no_figures_is_refused_with_a_reason(
    app: Flask, upload: Upload, world: World, content: bytes, message: str
) -> None:
    answer = upload(content)
    assert answer.status_code == 422
    assert answer.text.count(message) == 2
    assert stored_figures(app, world) == {}


def test_hostile_cells_stay_words(upload: Upload) -> None:
    rows = f'2025;{POWER};1;kWh;;"<script>alert(1)</script>";=cmd();{{{{7*7}}}}\n;<img src=x>;1;;;;;\n'
    page = upload(HEAD + rows).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{7*7}}" in page


def test_a_note_with_lines_and_an_address_is_no_open_quote(
    app: Flask, editor: FlaskClient, upload: Upload, world: World
) -> None:
    note = "Zeile eins\nFragen an anna@beck.example; danke"
    page = upload(HEAD + f'2025;{POWER};1;kWh;;"{note}";;\n').text
    take_figures(editor, world, page)
    assert stored_figures(app, world)[2025, POWER].note == note


def big_file(app: Flask, world: World, rows: int) -> str:
    with database_session(app) as session:
        declaration = declarations.by_id(session, world.own_declaration)
        assert declaration is not None
        selection = declarations.selection_of(declaration)
    points = [selection.catalogue.datapoints[key] for key in sorted(selection.datapoints)]
    lines = [
        f"{2025 - number // len(points)};{points[number % len(points)].key};{number + 1};"
        f"{points[number % len(points)].default_unit};gemessen;Anmerkung {number};;\n"
        for number in range(rows)
    ]
    return HEAD + "".join(lines)


def test_two_thousand_rows_take_no_more_statements_than_two_hundred(
    app: Flask, editor: FlaskClient, upload: Upload, world: World
) -> None:
    statement_counts = {}
    for rows in (200, 2_000):  # several years, of which one has a declaration
        content = big_file(app, world, rows)
        for again in ("new", "changed"):
            content = content.replace(";gemessen;", ";geschätzt;") if again == "changed" else content
            with count_statements(app) as looked:
                page = upload(content).text
            with count_statements(app) as taken:
                assert take_figures(editor, world, page).status_code == 303
            statement_counts[rows, again] = (len(looked), len(taken))
    # Whoever sends a large body is looked up before it is read.
    for again in ("new", "changed"):
        assert statement_counts[2_000, again][0] <= statement_counts[200, again][0] + 4
    assert statement_counts[200, "changed"][1] == statement_counts[2_000, "changed"][1]
    # Of 2,000 rows 200 were there already, so that there are new figures and changed ones.
    assert statement_counts[2_000, "new"][1] <= statement_counts[200, "new"][1] + 1
    assert max(max(counts) for counts in statement_counts.values()) <= 20, statement_counts
    assert len(stored_figures(app, world)) == 2_000


# ---- Command line


def run_figures(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["figures", *arguments])


@pytest.fixture
def instance(tmp_path: Path, command_instance: Path) -> Path:
    data = Path(__file__).parents[2] / "data/sole.json"
    assert CliRunner().invoke(cli, ["declaration", "import", str(data)]).exit_code == 0
    return tmp_path


def test_the_command_line_hands_out_and_takes_in(instance: Path) -> None:
    file = instance / "figures.csv"
    assert run_figures("export", "1", "-o", str(file), "--language", "en").exit_code == 0
    text = file.read_text("utf-8-sig")
    assert text.startswith("Year;Key;Topic;Figure;Asked in;Value;")
    done = run_figures("import", "1", str(file), "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["changes"], said["problems"], said["stored"]) == ([], [], 0)
    assert said["same"] > 0
    year = text.splitlines()[1].split(";")[0]
    rows = f"Year;Key;Value;Unit\n{year};{WATER};77;m3\n{year};{POWER};many;kWh\n"
    file.write_text(rows)
    refused = run_figures("import", "1", str(file))
    assert refused.exit_code == 1
    assert f"row 3: Electricity consumption, {year}: 'many' is not a number" in refused.stdout
    assert "0 stored." in refused.stdout
    assert "0 stored." in run_figures("import", "1", str(file), "--skip-problems", "--dry-run").stdout
    taken = run_figures("import", "1", str(file), "--skip-problems")
    assert taken.exit_code == 0
    assert f"{year} {WATER}: " in taken.stdout
    assert "-> 77 m3" in taken.stdout
    assert "1 stored." in taken.stdout


@pytest.mark.parametrize(("kind", "start"), [("xlsx", b"PK"), ("csv", "\ufeffJahr;".encode())])
def test_the_command_line_takes_the_format_before_the_ending(instance: Path, kind: str, start: bytes) -> None:
    file = instance / "figures.out"
    done = run_figures("export", "1", "-o", str(file), "--format", kind)
    assert done.exit_code == 0, done.output
    assert file.read_bytes().startswith(start)


def test_the_command_line_makes_a_workbook_and_names_what_it_cannot_read(instance: Path) -> None:
    book = instance / "figures.xlsx"
    assert run_figures("export", "1", "-o", str(book), "--template").exit_code == 0
    assert book.read_bytes().startswith(b"PK")
    assert run_figures("import", "1", str(book), "--dry-run").stdout.startswith("0 changes, ")
    piped = run_figures("export", "1")
    assert io.StringIO(piped.stdout).readline().startswith("\ufeffJahr;")
    wrong = instance / "x.txt"
    wrong.write_text("nothing;here\n")
    for arguments, message in (
        (("import", "1", str(wrong)), "has no heads such as 'Key' and 'Value'"),
        (("export", "9"), "There is no declaration 9."),
        (("export", "1", "-o", str(instance / "x.ods")), "'ods' is neither xlsx nor csv"),
    ):
        failed: Any = run_figures(*arguments)
        assert failed.exit_code == 1
        assert message in failed.output


def test_nobody_has_the_server_read_files_all_day(client: FlaskClient, world: World) -> None:
    sign_in(client, "editor@example.org")
    path = f"/erklaerungen/{world.own_declaration}/kennzahlen/import"
    statuses = [post(client, path).status_code for _attempt in range(61)]
    assert statuses == [422] * 60 + [429]
