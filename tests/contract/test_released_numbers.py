"""No number over members leaves the tool, on a page or in a file, without its companies or its rule."""

import io
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.catalogue.aggregation_rules import load_aggregation_rules
from dnk_tool.domain.aggregates.model import ALL_MEMBERS, Release, ReleasedNumber, Rule
from dnk_tool.domain.permissions import SHELL, ClusterRole
from dnk_tool.services.aggregates import joint_goals, preparation, releases
from dnk_tool.services.work import Work
from dnk_tool.store.aggregates import releases as stored
from dnk_tool.store.tables.aggregates import ReleaseRow
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.web.aggregates.releases import words
from tests.integration.aggregates.joint_goal_members import GOAL, add_members
from tests.integration.aggregates.release_members import LONG_AGO, YEAR, add_firm, add_version, usual_figures
from tests.support.app import database_session, make_cluster
from tests.support.browsers import signed_in
from tests.support.tables import sheets_of

ROOM = "dnk_tool.web.aggregates."
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FILES = {
    "cluster_report.pdf": "/cluster/{cluster}/bericht/{year}.pdf",
    "cluster_report.file": "/cluster/{cluster}/bericht/{year}.{format}",
    "joint_goal.xlsx": "/cluster/{cluster}/ziel/monitoring.xlsx",
}
MEMBERS, FEW, WATER = 8, 4, "water.withdrawal.total"
SAVED = "1.100 MWh"  # what their measures save together


def released(app: Flask, figures_of: Callable[[int], Mapping[str, int]] = usual_figures) -> Release:
    """A release over eight members of a cluster, each with the figures of its place."""
    with database_session(app) as session:
        cluster = make_cluster(session, "Cluster Nord", manager=ClusterRole.MANAGER)
        for place in range(8):
            add_version(session, add_firm(session, cluster.id, f"Firma {place}"), figures_of(place))
        key = releases.order_release(Work(session, SHELL, LONG_AGO), cluster, YEAR).id
    preparation.prepare_ordered(app.extensions["dnk_session_factory"])
    with database_session(app) as session:
        row = session.get_one(ReleaseRow, key)
        cluster = session.get_one(Cluster, row.cluster_id)
        releases.make_release(Work(session, SHELL, LONG_AGO), cluster, key, row.sha256)
        release = stored.shown_release(session, cluster.id, YEAR)
    assert release is not None
    return release


def plain(html: str) -> str:
    """The words of a page, with single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).replace("\xad", "").split())


def pages_of_the_room(app: Flask, cluster_id: int) -> dict[str, str]:
    """The address of every page of the room that a cluster's manager reads, by endpoint."""
    found = {}
    for rule in app.url_map.iter_rules():
        is_own = app.view_functions[rule.endpoint].__module__.startswith(ROOM)
        if is_own and "GET" in (rule.methods or ()) and rule.arguments == {"cluster_id"}:
            found[rule.endpoint] = f"{rule.rule.replace('<int:cluster_id>', str(cluster_id))}?jahr={YEAR}"
    return found


def test_no_page_of_the_room_shows_a_released_number_without_its_companies(app: Flask) -> None:
    release, client = released(app), signed_in(app, "manager")
    pages = pages_of_the_room(app, release.cluster_id)
    assert "aggregate_releases.show" in pages
    shown = [number for number in release.content.numbers if number.is_shown]
    assert len(shown) > 5
    for endpoint, path in pages.items():
        answer = client.get(path)
        text = plain(answer.text) if answer.mimetype == "text/html" else ""
        for number in shown:
            if re.search(
                rf"(?<![\d.]){re.escape(words.number_text(number, 'de'))}", text.replace(" ", "\xa0")
            ):
                assert f"{number.companies} Unternehmen" in text, (endpoint, number)


def test_the_page_of_numbers_names_each_number_with_its_companies_or_its_rule(app: Flask) -> None:
    release = released(app)
    html = signed_in(app, "manager").get(f"/cluster/{release.cluster_id}/zahlen?jahr={YEAR}").text
    rows = [plain(row) for row in re.findall(r"<tr.*?</tr>", html, re.S)]
    rules = plain(html.split("Nicht gezeigt")[1].split("</dl>")[0])
    assert {number.group for number in release.content.numbers} == {ALL_MEMBERS}
    for number in release.content.numbers:
        name, companies = words.figure_name(number.figure, "de"), f"aus {number.companies} Unternehmen"
        if number.is_shown:
            amount = words.number_text(number, "de").replace("\xa0", " ")
            assert any(row.startswith(name) and amount in row and companies in row for row in rows), number
        elif release.content.is_reported(number.figure):
            assert number.rule is not Rule.PASSED
            assert re.search(rf"{re.escape(words.rule_title(number.rule, 'de'))}.*{re.escape(name)}", rules)
            assert (companies if number.companies else "kein vergleichbares Unternehmen") in rules
        else:
            assert re.search(rf"Berichtet niemand.*{re.escape(name)}", rules), number


def with_little_water(place: int) -> dict[str, int]:
    """The usual figures; too few companies report their water."""
    figures = usual_figures(place)
    return figures if place < FEW else {key: value for key, value in figures.items() if key != WATER}


@pytest.fixture
def given(app: Flask) -> tuple[FlaskClient, int, list[ReleasedNumber]]:
    """A manager, and a cluster with a release and a joint sum over eight members each."""
    release = released(app, with_little_water)
    with database_session(app) as session:
        cluster, now = session.get_one(Cluster, release.cluster_id), datetime.now(UTC)
        joint_goals.save_goal(Work(session, SHELL, now), cluster, GOAL, seen=0)
        add_members(session, cluster.id, MEMBERS)
        joint_goals.make_sum(Work(session, SHELL, now), cluster)
    return signed_in(app, "manager"), release.cluster_id, list(release.content.numbers)


def report(given: tuple[FlaskClient, int, list[ReleasedNumber]], extension: str) -> bytes:
    client, cluster, _numbers = given
    client.application.extensions["dnk_printing"].patience_seconds = 120  # type: ignore[attr-defined]
    answer = client.get(f"/cluster/{cluster}/bericht/{YEAR}.{extension}")
    assert answer.status_code == 200, answer.text[:300]
    return answer.data


def spaced(text: str) -> str:
    return " ".join(text.replace("\N{SOFT HYPHEN}", "").split())


def spaced_number(number: ReleasedNumber) -> str:
    return spaced(words.number_text(number, "de"))


def pdf_text(content: bytes, folder: Path) -> str:
    """All words in the order in which they are read."""
    path = folder / "report.pdf"
    path.write_bytes(content)
    read = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, check=True)
    return spaced(read.stdout.decode())


def test_every_file_of_the_room_is_read_here(app: Flask) -> None:
    of_room = [
        rule
        for rule in app.url_map.iter_rules()
        if app.view_functions[rule.endpoint].__module__.startswith(ROOM) and "GET" in (rule.methods or ())
    ]
    is_file = re.compile(r"\.(\w+|<any\([\w, ]+\):\w+>)$")
    found = {rule.endpoint for rule in of_room if is_file.search(rule.rule)}
    assert found == set(FILES)


def word_lines(content: bytes) -> Iterator[str]:
    """Each row of a table and each paragraph outside of tables."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        body = ET.fromstring(packed.read("word/document.xml"))  # noqa: S314 -- we wrote it
    rows = list(body.iter(f"{W}tr"))
    inside = {id(paragraph) for row in rows for paragraph in row.iter(f"{W}p")}
    lines = [*rows, *(each for each in body.iter(f"{W}p") if id(each) not in inside)]
    for line in lines:
        yield spaced(" ".join(text.text or "" for text in line.iter(f"{W}t")))


def test_word_and_pdf_name_companies_beside_each_number_and_the_rule_of_each_that_is_missing(
    given: tuple[FlaskClient, int, list[ReleasedNumber]], tmp_path: Path
) -> None:
    numbers = [each for each in given[2] if each.group == ALL_MEMBERS]
    shown = [each for each in numbers if each.is_shown]
    withheld = [each for each in numbers if not each.is_shown and each.companies]
    assert len(shown) > 5
    assert withheld
    lines, pdf = list(word_lines(report(given, "docx"))), pdf_text(report(given, "pdf"), tmp_path)
    for number in shown:
        stated = re.compile(rf"(?<![\d.,]){re.escape(spaced_number(number))}(?!\w)")
        in_word = [line for line in lines if stated.search(line)]
        assert in_word, number
        for line in in_word:
            assert re.search(rf"\b{number.companies}\b", stated.sub("", line)), (number, line)
        counted = re.compile(rf"{stated.pattern},? \(?(aus )?{number.companies}\b")
        assert len(stated.findall(pdf)) == len(counted.findall(pdf)) > 0, number
    for number in withheld:
        name, rule = words.figure_name(number.figure, "de"), words.rule_title(number.rule, "de")
        assert any(name in line and rule in line for line in lines), number
        assert re.search(rf"{re.escape(name)}.{{,60}}{number.companies}\b.{{,20}}{re.escape(rule)}", pdf), (
            number
        )
    for found in (text for text in [*lines, pdf] if SAVED in text):
        assert re.search(
            rf"{re.escape(SAVED)}.*\b{MEMBERS} Unternehmen|\b{MEMBERS} \d+ {re.escape(SAVED)}", found
        )
    assert SAVED in pdf


def test_each_row_of_the_workbooks_has_its_companies_or_its_rule(
    given: tuple[FlaskClient, int, list[ReleasedNumber]],
) -> None:
    found = sheets_of(report(given, "xlsx"))
    heads, *rows = found["Zahlen"]
    value, companies, rule = (heads.index(name) for name in ("Wert", "aus Unternehmen", "Regel"))
    titles = {rule.title.de for rule in load_aggregation_rules().explanations.values()}
    assert len(rows) == len(given[2])
    for row in rows:
        assert row[rule] in titles, row
        assert row[value] == "" or row[companies] >= load_aggregation_rules().sum_companies, row
        assert (row[rule] == "Gezeigt") == (row[value] != ""), row
    heads, *rows = found["Maßnahmen"]
    split, value, companies, rule = (
        heads.index(name) for name in ("Aufteilung", "Wert", "Anzahl Unternehmen", "Regel")
    )
    summed = [row for row in rows if row[split] != "Ziel"]
    assert any(row[value] != "" for row in summed)
    for row in summed:
        assert row[companies] == MEMBERS if row[value] != "" else row[rule] in titles, row


def test_the_monitoring_has_companies_in_each_row_and_says_why_numbers_are_missing(
    given: tuple[FlaskClient, int, list[ReleasedNumber]],
) -> None:
    client, cluster, _numbers = given
    found = sheets_of(client.get(FILES["joint_goal.xlsx"].format(cluster=cluster)).data)
    for name in ("Maßnahmen nach Art", "Stand der Umsetzung"):
        heads, *rows = found[name]
        companies, first = heads.index("Zahl der Unternehmen"), heads.index("MWh im Jahr")
        summed = [row for row in rows if row[0] != "Ziel"]
        assert any(any(cell != "" for cell in row[first:]) for row in summed)
        assert all(row[companies] == MEMBERS for row in summed)
    about = [str(row[1]) for row in found["Rechnung"]]
    has_gap = any(cell == "" for row in found["Maßnahmen nach Art"][1:] for cell in row)
    assert has_gap == any(text.startswith("Nicht gezeigt: ") for text in about)
    assert any("mindestens 5 Unternehmen" in text for text in about)
