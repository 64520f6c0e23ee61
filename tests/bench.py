"""Measures what a user waits for: `make bench` prints JSON. Ratios within one run are what counts."""

import argparse
import io
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pikepdf
from flask import current_app, render_template_string
from sqlalchemy import select

from dnk_tool import config
from dnk_tool.app import create_app
from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.domain.declarations.document import Document, canonical_json, fingerprint
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.figures.calculators import CalculatorLine, line_to_json, with_proposed_factors
from dnk_tool.domain.figures.file_columns import COLUMN_HEADINGS, FigureColumn
from dnk_tool.domain.permissions import SHELL, ClusterRole, Permission, Role
from dnk_tool.domain.quantities import Quantity
from dnk_tool.report.files.spreadsheet import to_xlsx
from dnk_tool.report.renderer import render_pdf
from dnk_tool.report.view.model import Issue
from dnk_tool.services.declarations.documents import import_document
from dnk_tool.services.people.organisations import add_member
from dnk_tool.services.work import Work
from dnk_tool.store import schema
from dnk_tool.store.database import write_session
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.figures import FigureRow, LineRow
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.http.access import permit
from tests.bench_aggregates import aggregates, joint_goals
from tests.bench_ahead import ready_before_the_click
from tests.bench_cohorts import cohorts
from tests.bench_evidence import evidence_pages
from tests.bench_pdf import pdf_beside_others
from tests.load.polls import polls
from tests.load.saves import saves
from tests.support.app import count_statements, form_fields, make_account, make_cluster, sign_in, token_of
from tests.support.browsers import signed_in
from tests.support.cockpit_members import add_many, add_published

DATA = Path(__file__).parent / "data"
DECLARATIONS = 500
ROUNDS = 30
FIGURE_ROWS = 2_000
ADVISED = 120  # as many declarations as 40 companies have in three years


def main() -> None:
    """Print the figures as one JSON object."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--against", default="", metavar="DIR", help="a checkout to compare saves with")
    against = parser.parse_args().against
    with tempfile.TemporaryDirectory() as folder:
        app = make_app(Path(folder))
        few = page_measurements(app, declarations=1)
        add_declarations(app, DECLARATIONS - 1)
        many = page_measurements(app, declarations=DECLARATIONS)
        searched = searches(app)
        cockpits = [cockpit(app, members) for members in (3, 1_000)]
        few_numbers = measure_numbers(app, figures=30, lines=4)
        many_numbers = measure_numbers(app, figures=300, lines=400)
        files = [figure_file(app, rows) for rows in (200, FIGURE_ROWS)]
        of_cohorts = [cohorts(app, *size, measure_request) for size in ((3, 1), (1_000, 20))]
        of_releases = [aggregates(app, members, measure_request) for members in (12, 1_000)]
        of_goals = [joint_goals(app, members, measure_request) for members in (12, 1_000)]
        of_polls = polls(app, 200, measure_request)
        lists = [public_list(app, published) for published in (3, 1_000)]
    measurements = {
        "pages": [few, many],
        "searches": searched,
        "cockpit": cockpits,
        "numbers": [few_numbers, many_numbers],
        "figure_file": files,
        "public_list": lists,
        "cohorts": of_cohorts,
        "aggregates": of_releases,
        "joint_goals": of_goals,
        "polls": of_polls,
        "saves": saves(against),
        "evidence_pages": evidence_pages(),
        "pdf": measure_pdfs(),
        "pdf_beside_others": pdf_beside_others(),
        "pdf_ahead": ready_before_the_click(make_app),
        "start": measure_start(),
    }
    print(json.dumps(measurements, indent=2))


def make_app(folder: Path) -> Any:
    """An application on SQLite with the first declaration and its editor."""
    settings = config.load_settings(instance=folder, secret_key="only for tests " * 4, second_factor_for=())
    app = create_app(settings)
    app.add_url_rule("/bench/static", view_func=static_page)
    schema.upgrade(app.extensions["dnk_engine"])
    add_declarations(app, 1)
    return app


def add_declarations(app: Any, count: int) -> None:
    """Add companies with a declaration each; the first one belongs to the editor."""
    document = read_document((DATA / "craft.json").read_bytes())
    factory = app.extensions["dnk_session_factory"]
    now = datetime.now(UTC)
    for _ in range(count):
        with write_session(factory) as session:
            stored = import_document(Work(session, SHELL, now), document)
            if stored.id == 1:
                account = make_account(session, "bench@example.org")
                add_member(session, stored.organisation, account.id, Role.OWNER, now=now)
            session.commit()


def page_measurements(app: Any, *, declarations: int) -> dict[str, Any]:
    """Median milliseconds and number of SQL statements of the three pages that everyone uses."""
    client = signed_in(app, "bench")
    paths = {"overview": "/erklaerungen/1/", "criterion": "/erklaerungen/1/kriterien/12"}
    measurements: dict[str, Any] = {"declarations": declarations}
    for name, path in paths.items():
        measurements[name] = measure_request(app, lambda path=path: client.get(path))
    form = form_fields(client.get(paths["criterion"]).text)
    measurements["save"] = measure_request(
        app, lambda: client.post(paths["criterion"], data=change_form(form))
    )
    app.static_words = client.get(paths["criterion"]).text.split(" ")
    measurements["criterion_to_static"] = ratio(
        lambda: client.get(paths["criterion"]), lambda: client.get("/bench/static")
    )
    return measurements


def searches(app: Any) -> dict[str, Any]:
    """The search of somebody with one declaration, and of somebody who advises many companies."""
    with write_session(app.extensions["dnk_session_factory"]) as session:
        adviser, now = make_account(session, "adviser@example.org"), datetime.now(UTC)
        for company in session.scalars(select(Organisation).order_by(Organisation.id).limit(ADVISED)):
            add_member(session, company, adviser.id, Role.EDITOR, now=now)
        session.commit()
    measurements: dict[str, Any] = {}
    for who in ("bench", "adviser"):
        client = signed_in(app, who)
        for words in ("wasserverbrauch", "strom verbrauch", "der"):
            look = partial(client.get, f"/suche?q={words}")
            measurements[f"{who}: {words}"] = measure_request(app, look)
    return measurements


def cockpit(app: Any, members: int) -> dict[str, Any]:
    """The pages of a cluster with so many members: milliseconds, statements, ratio to a page of its words."""
    who, now = f"cluster{members}", datetime.now(UTC)
    with write_session(app.extensions["dnk_session_factory"]) as session, session.begin():
        cluster = make_cluster(session, f"Cluster {members}", **{who: ClusterRole.MANAGER})
        add_many(session, cluster.id, members, now=now, first=100_000 * members)
    client = signed_in(app, who)
    measurements: dict[str, Any] = {"members": members}
    selected = "kriterium=11&zeichen=missing"
    for name in (
        "",
        f"?{selected}",
        "waermebild",
        "waermebild?kriterium=11",
        f"nachricht?{selected}",
        "uebersicht.csv",
        "uebersicht.xlsx",
    ):
        path = f"/cluster/{cluster.id}/{name}"
        measurements[name or "cockpit"] = measure_request(app, lambda path=path: client.get(path))
        if not name.startswith("uebersicht."):
            app.static_words = client.get(path).text.split(" ")
            call = partial(client.get, path)
            measurements[name or "cockpit"]["to_static"] = ratio(call, lambda: client.get("/bench/static"))
    return measurements


def public_list(app: Any, published: int) -> dict[str, Any]:
    """What everybody can read of a cluster with so many published declarations: list, filter, feed."""
    now = datetime.now(UTC)
    with write_session(app.extensions["dnk_session_factory"]) as session, session.begin():
        cluster = make_cluster(session, f"Liste {published}")
        cluster.has_public_list = True
        add_published(session, cluster.id, published, now=now, first=1_000_000 * published)
    client, measurements = app.test_client(), {"published": published}
    paths = {
        "list": f"/berichte/cluster/{cluster.id}-liste-{published}",
        "filtered": f"/berichte/cluster/{cluster.id}-liste-{published}?suche=gmbh&jahr=2025&groesse=small",
        "feed": f"/berichte/cluster/{cluster.id}/feed.atom",
    }
    for name, path in paths.items():
        measurements[name] = measure_request(app, partial(client.get, path))
    return measurements


def measure_numbers(app: Any, *, figures: int, lines: int) -> dict[str, Any]:
    """The list of figures and one calculator with so many rows: milliseconds, statements, saving a line.

    `to_static` is the ratio to a page of as many words that asks the database for nothing.
    """
    add_figures_and_lines(app, figures=figures, lines=lines)
    client = signed_in(app, "bench")
    measurements: dict[str, Any] = {"rows": {"figures": figures, "lines": lines}}
    paths = {
        "figures": "/erklaerungen/1/kennzahlen",
        "figure": "/erklaerungen/1/kennzahlen/ghg.scope1.gross",
        "calculator": "/erklaerungen/1/rechner/energy",
        "trace": "/erklaerungen/1/rechner/spur/ghg.scope1.gross",
    }
    for name, path in paths.items():
        measurements[name] = measure_request(app, lambda path=path: client.get(path))
        app.static_words = client.get(path).text.split(" ")
        measurements[name]["to_static"] = ratio(
            partial(client.get, path), lambda: client.get("/bench/static")
        )
    path = "/erklaerungen/1/rechner/energy/zeilen/neu?art=diesel"
    form = form_fields(client.get(path).text) | {"f-quantity": ["1,5"]}
    measurements["save_line"] = measure_request(app, lambda: client.post(path, data=form))
    content = client.get("/erklaerungen/1/erklaerung.json").data
    return measurements | {
        "document_kib": len(content) // 1024,
        "pdf": measure_render(read_document(content)),
    }


def add_figures_and_lines(app: Any, *, figures: int, lines: int) -> None:
    """Figures of the first company in its reporting year and those before, and lines of fuel bills."""
    now = datetime.now(UTC)
    with app.extensions["dnk_session_factory"]() as session:
        declaration = declarations.by_id(session, 1)
        known = declarations.selection_of(declaration).catalogue.datapoints
        company, year = declaration.organisation_id, declaration.reporting_year
        kept = {
            (row.year, row.datapoint) for row in session.query(FigureRow).filter_by(organisation_id=company)
        }
    wanted = [(year - n // len(known), key) for n in range(figures) for key in [list(known)[n % len(known)]]]
    diesel = load_calculators()["energy"].activity("diesel")
    line = CalculatorLine(0, "energy", "diesel", quantities={"quantity": Quantity(Decimal(50), "l")})
    content = line_to_json(with_proposed_factors(line, diesel, load_factors(), year))
    with write_session(app.extensions["dnk_session_factory"]) as session, session.begin():
        for of, key in wanted:
            if (of, key) not in kept and not known[key].computed:
                unit = known[key].default_unit
                row = {"organisation_id": company, "year": of, "datapoint": key, "value": Decimal(7)}
                session.add(FigureRow(**row, unit=unit, changed_at=now))
        for number in range(lines):
            row = {"organisation_id": company, "year": year, "calculator": "energy", "changed_at": now}
            session.add(LineRow(**row, content=content | {"label": f"Tankbeleg {number}"}))


def figure_file(app: Any, rows: int) -> dict[str, Any]:
    """Seconds and statements of taking in a workbook of so many figures: preview and confirmation, once each.

    Half of the figures are new and half of them changed.
    """
    client, path = app.test_client(), "/erklaerungen/1/kennzahlen/import"
    sign_in(client, "bench@example.org")
    measurements: dict[str, Any] = {"rows": rows}
    for round_, part in enumerate((rows // 2, rows)):
        book = figure_workbook(app, part, round_)
        file = {"file": (io.BytesIO(book), "figures.xlsx"), "csrf_token": token_of(client)}
        measurements["kib"] = len(book) // 1024
        page = time_request(app, measurements, "preview", partial(client.post, path, data=file))
        time_request(
            app,
            measurements,
            "confirm",
            partial(client.post, f"{path}/uebernehmen", data=form_fields(page.text)),
        )
    return measurements


def figure_workbook(app: Any, rows: int, round_: int) -> bytes:
    """A workbook with figures of the first declaration and of the years before it."""
    with app.extensions["dnk_session_factory"]() as session:
        declaration = declarations.by_id(session, 1)
        points = sorted(declarations.selection_of(declaration).datapoints)
        known, year = declarations.selection_of(declaration).catalogue.datapoints, declaration.reporting_year
    heads = [
        COLUMN_HEADINGS[column].de
        for column in (
            FigureColumn.YEAR,
            FigureColumn.KEY,
            FigureColumn.VALUE,
            FigureColumn.UNIT,
            FigureColumn.NOTE,
        )
    ]
    cells = [
        [year - n // len(points), key, 1000 * round_ + n, known[key].default_unit, f"Anmerkung {round_}"]
        for n in range(rows)
        for key in [points[n % len(points)]]
    ]
    return to_xlsx("Kennzahlen", heads, cells, language="de")


def time_request(app: Any, measurements: dict[str, Any], name: str, call: Callable[[], Any]) -> Any:
    """The answer to one request that cannot be repeated; how long it took and its statements are noted."""
    with count_statements(app) as statements:
        begin = time.perf_counter()
        answer = call()
        seconds = time.perf_counter() - begin
    assert answer.status_code in (200, 303), answer.status_code
    measurements[name] = {"seconds": round(seconds, 2), "statements": len(statements)}
    return answer


def change_form(form: dict[str, list[str]]) -> dict[str, list[str]]:
    """The form as a person sends it after changing one text; the next call builds upon its version."""
    form["ref-12.2-text"] = [f"Neuer Text {time.monotonic_ns()}"]
    sent = dict(form)
    form["ref-12.2-version"] = [str(int(form["ref-12.2-version"][0]) + 1)]
    return sent


def measure_request(app: Any, call: Callable[[], Any]) -> dict[str, Any]:
    """Median time of a request and the statements it takes."""
    assert call().status_code in (200, 303)
    with count_statements(app) as statements:
        call()
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        call()
        times.append((time.perf_counter() - begin) * 1000)
    return {"ms": round(statistics.median(times), 1), "statements": len(statements)}


def ratio(request: Callable[[], Any], other: Callable[[], Any]) -> float:
    """How many times longer one request takes than the other: the median of pairs, one after the other."""
    pairs = []
    for _ in range(ROUNDS):
        times = []
        for call in (request, other):
            begin = time.perf_counter()
            call()
            times.append(time.perf_counter() - begin)
        pairs.append(times[0] / times[1])
    return round(statistics.median(pairs), 1)


@permit(Permission.ACCOUNT)
def static_page() -> str:
    """A page as long as the criterion's whose template only writes its words out, escaped, one by one."""
    template = "{% for word in words %}{{ word }} {% endfor %}"
    return render_template_string(template, words=current_app.static_words)  # type: ignore[attr-defined]


def measure_pdfs() -> dict[str, Any]:
    """Seconds, pages and memory of rendering each declaration of tests/data in a fresh child process."""
    return {
        path.stem: measure_render(read_document(path.read_bytes())) for path in sorted(DATA.glob("*.json"))
    }


def measure_render(document: Document) -> dict[str, Any]:
    """Seconds and pages of one declaration in a fresh child process."""
    issue = Issue(
        version=1,
        issued_on=datetime.now(UTC).date(),
        is_draft=False,
        fingerprint=fingerprint(canonical_json(document)),
    )
    begin, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    content = render_pdf(document, issue)
    seconds, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    with pikepdf.open(io.BytesIO(content)) as opened:
        count = len(opened.pages)
    return {
        "pages": count,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2),
        "kib": len(content) // 1024,
    }


def measure_start() -> dict[str, Any]:
    """Seconds from `dnk serve` to the first page: in an empty folder, and a second time."""
    with tempfile.TemporaryDirectory() as folder:
        return {"first_seconds": _start(folder), "second_seconds": _start(folder)}


def _start(folder: str) -> float:
    port = 8997
    begin = time.perf_counter()
    with subprocess.Popen(
        [Path(sys.executable).parent / "dnk", "serve", "--port", str(port)],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            while time.perf_counter() - begin < 60:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/hilfe") as answer:
                        answer.read()
                    return round(time.perf_counter() - begin, 2)
                except OSError:
                    time.sleep(0.02)
            raise TimeoutError("dnk serve did not answer")
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
