"""No number over members leaves the tool in a file without how many companies it comes from, or its rule."""

import io
import re
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from dnk_tool.catalogue.aggregation_rules import load_aggregation_rules
from dnk_tool.domain.aggregates.model import ALL_MEMBERS, ReleasedNumber
from dnk_tool.domain.permissions import SHELL
from dnk_tool.services.aggregates import joint_goals
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.web.aggregates.releases import words
from tests.contract.test_released_numbers import ROOM, released, signed_in
from tests.integration.aggregates.joint_goal_members import GOAL, add_members
from tests.integration.aggregates.release_members import YEAR, usual_figures
from tests.support.app import database_session

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FILES = {
    "cluster_report.pdf": "/cluster/{cluster}/bericht/{year}.pdf",
    "cluster_report.file": "/cluster/{cluster}/bericht/{year}.{format}",
    "joint_goal.xlsx": "/cluster/{cluster}/ziel/monitoring.xlsx",
}
MEMBERS, FEW, WATER = 8, 4, "water.withdrawal.total"
SAVED = "1.100 MWh"  # what their measures save together


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
        joint_goals.save_goal(session, cluster, GOAL, seen=0, actor=SHELL, now=now)
        add_members(session, cluster.id, MEMBERS)
        joint_goals.make_sum(session, cluster, actor=SHELL, now=now)
    return signed_in(app), release.cluster_id, list(release.content.numbers)


def report(given: tuple[FlaskClient, int, list[ReleasedNumber]], extension: str) -> bytes:
    client, cluster, _numbers = given
    client.application.extensions["dnk_printing"].patience_seconds = 120  # type: ignore[attr-defined]
    answer = client.get(f"/cluster/{cluster}/bericht/{YEAR}.{extension}")
    assert answer.status_code == 200, answer.text[:300]
    return answer.data


def spaced(text: str) -> str:
    return " ".join(text.replace("\N{SOFT HYPHEN}", "").split())


def amount(number: ReleasedNumber) -> str:
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
        stated = re.compile(rf"(?<![\d.,]){re.escape(amount(number))}(?!\w)")
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


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_each_row_of_the_workbooks_has_its_companies_or_its_rule(
    given: tuple[FlaskClient, int, list[ReleasedNumber]],
) -> None:
    found = sheets(report(given, "xlsx"))
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
    found = sheets(client.get(FILES["joint_goal.xlsx"].format(cluster=cluster)).data)
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
