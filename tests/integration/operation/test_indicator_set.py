"""A further indicator set is a file: settings, wizard, review, print, workbook and help take it as it is."""

import io
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from dnk_tool import paths
from dnk_tool.catalogue import load_catalogue
from dnk_tool.catalogue.check import check_edition, check_shared_data
from dnk_tool.domain.permissions import SHELL, Actor, ClusterRole, Role
from dnk_tool.services.declarations import submission
from dnk_tool.services.declarations.documents import import_document
from dnk_tool.services.work import Work
from dnk_tool.store.tables.declarations import Declaration
from tests.integration.figures.stored_figures import stored_value
from tests.support.app import add_consent, add_member, database_session, form_fields, make_cluster
from tests.support.browsers import signed_in
from tests.support.documents import full_document
from tests.support.review_scenario import NOW

EDITION = "dnk-2017"
REASONS = """\
  reasons:
  - key: not-collected
    text: {{de: '{code}: Wir zählen das noch nicht.', en: '{code}: We do not count this yet.'}}
  verified: false
  fields_verified: false
"""
NOISE_SET = (
    """\
# yaml-language-server: $schema=../../schema/indicators.schema.json
key: noise
position: 3
abbreviation: LMS
title: {de: LMS – Lärm-Musterset, en: LMS – Sample set on noise}
explains: {de: Für Betriebe mit lauten Maschinen., en: For businesses with loud machines.}
key_figures:
  core:
  - first_of: [{figure: noise.complaints, detail: noise.night-share}]
glossary:
- name: {de: Dezibel, en: Decibel}
  pattern: dB\\(A\\)|[Dd]ezibel|[Dd]ecibel
  meaning: {de: Das Maß der Lautstärke., en: The measure of loudness.}
indicators:
- ref: LMS-1
  block: L11-12
  code: LMS 1
  title: {de: Beschwerden über Lärm, en: Complaints about noise}
  hint: {de: Wie oft sich jemand über Lärm beschwert., en: How often somebody complains about noise.}
"""
    + REASONS.format(code="LMS 1")
    + """\
  charts:
  - kind: parts
    title: {de: Beschwerden nach Tageszeit, en: Complaints by time of day}
    datapoint: noise.complaints
    parts:
    - {datapoint: noise.complaints.day}
    - {datapoint: noise.complaints.night}
  fields:
  - key: a
    label: {de: Beschwerden gesamt, en: All complaints}
    kind: quantity
    datapoint: noise.complaints
    required: true
  - key: b
    label: {de: Davon am Tag, en: Of which by day}
    kind: quantity
    datapoint: noise.complaints.day
    required: true
  - key: c
    label: {de: Davon in der Nacht, en: Of which by night}
    kind: quantity
    datapoint: noise.complaints.night
    required: true
  - key: d
    label: {de: Anteil in der Nacht, en: Share by night}
    kind: quantity
    datapoint: noise.night-share
    required: false
  - key: e
    label: {de: Messverfahren, en: Measuring method}
    kind: text
    required: true
- ref: LMS-2
  block: L20
  code: LMS 2
  title: {de: Verstöße gegen Ruhezeiten, en: Breaches of quiet hours}
  hint: {de: Was die Behörde beanstandet hat., en: What the authority objected to.}
"""
    + REASONS.format(code="LMS 2")
    + """\
  fields:
  - key: a
    label: {de: Verstöße, en: Breaches}
    kind: text
    required: true
"""
)
DATAPOINTS = "".join(
    f"""\
- key: {key}
  topic: noise
  family: {family}
  default_unit: '{unit}'
  label: {{de: {german}, en: {english}}}
  meaning: {{de: '{german} im Jahr.', en: '{english} in the year.'}}
  additive: {"true" if family == "count" else "false"}
  aggregate: {"sum" if family == "count" else "none"}
  verified: false
"""
    for key, family, unit, german, english in (
        ("noise.complaints", "count", "1", "Beschwerden über Lärm", "Complaints about noise"),
        ("noise.complaints.day", "count", "1", "Beschwerden am Tag", "Complaints by day"),
        ("noise.complaints.night", "count", "1", "Beschwerden in der Nacht", "Complaints by night"),
        ("noise.night-share", "percent", "percent", "Anteil in der Nacht", "Share by night"),
    )
)


@pytest.fixture
def criteria(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of `criteria/` with a third set, which the whole program reads while the test runs."""
    folder, find = tmp_path / "criteria", paths._data_folder
    shutil.copytree(find("criteria"), folder)
    (folder / EDITION / "indicators/noise.yaml").write_text(NOISE_SET, "utf-8")
    with (folder / "datapoints.yaml").open("a", encoding="utf-8") as file:
        file.write(DATAPOINTS)
    monkeypatch.setattr(paths, "_data_folder", lambda name: folder if name == "criteria" else find(name))
    forget_what_was_read()
    yield folder
    monkeypatch.undo()
    forget_what_was_read()


def forget_what_was_read() -> None:
    """Everything that is kept for the life of a process, as it follows from the catalogue."""
    for name, module in list(sys.modules.items()):
        for value in vars(module).values() if name.startswith("dnk_tool.") else ():
            if type(value) is type(load_catalogue):
                value.cache_clear()


@pytest.fixture
def declaration(criteria: Path, app: Flask) -> Declaration:
    """A declaration without gaps that uses the new set, and the people who work on it."""
    document = full_document(indicator_set="noise", options=frozenset(), earlier_years=0)
    with database_session(app) as session:
        made = import_document(Work(session, SHELL, NOW), document)
        made.organisation.requires_sign_off = False
        add_member(session, made.organisation_id, "petra", Role.OWNER)
        cluster = make_cluster(session, "Cluster Nord", karin=ClusterRole.MANAGER)
        add_consent(session, made.organisation_id, cluster.id)
        made.cluster_id = cluster.id
        session.flush()
        session.expunge_all()
    return made


@pytest.fixture
def petra(declaration: Declaration, app: Flask) -> FlaskClient:
    """She owns the company."""
    return signed_in(app, "petra")


def report_first_figure(client: FlaskClient, path: str) -> None:
    """Report the first indicator of the set on the page of its criterion, as a person would."""
    page = client.get(path)
    assert "Beschwerden über Lärm" in page.text
    assert "Energieverbrauch gesamt" not in page.text, "another set asks for it"
    fields: dict[str, Any] = dict(form_fields(page.text))
    fields |= {
        "ref-LMS-1-disclosure": "comply",
        "ref-LMS-1.a-value": "13",
        "ref-LMS-1.b-value": "9",
        "ref-LMS-1.c-value": "4",
        "ref-LMS-1.d-value": "30,8",
        "ref-LMS-1.e-text": "Gemessen wird in dB(A) an der Grenze des Grundstücks.",
    }
    saved = client.post(path, data=fields)
    assert saved.status_code == 303, saved.text


def words_of_pdf(content: bytes) -> str:
    command = ["pdftotext", "-raw", "-", "-"]
    done = subprocess.run(command, input=content, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def cells_of(workbook: bytes) -> set[str]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    return {str(cell) for rows in sheets for row in rows for cell in row}


def submit_declaration(app: Flask, declaration_id: int) -> str:
    """Submit the declaration to its cluster; the address of the review."""
    with database_session(app) as session:
        mine = session.get_one(Declaration, declaration_id)
        owner = Actor(None, {mine.organisation_id: Role.OWNER})
        submission.submit(Work(session, owner, NOW), mine, cluster_id=mine.cluster_id)
        return f"/cluster/{mine.cluster_id}/pruefung/{declaration_id}"


def test_the_files_of_a_further_set_have_no_fault(criteria: Path) -> None:
    assert [str(problem) for problem in check_edition(criteria, EDITION).problems] == []
    assert [str(problem) for problem in check_shared_data(criteria)] == []


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_a_further_set_needs_no_line_of_the_program(
    declaration: Declaration, app: Flask, petra: FlaskClient
) -> None:
    path = f"/erklaerungen/{declaration.id}"
    assert "aus einem von 3 Indikatorensets: GRI, EFFAS oder LMS." in petra.get("/hilfe").text
    offered = petra.get(f"/unternehmen/{declaration.organisation_id}/erklaerungen/neu").text
    assert "LMS – Lärm-Musterset" in offered
    assert "Für Betriebe mit lauten Maschinen." in petra.get(f"{path}/einstellungen").text

    report_first_figure(petra, f"{path}/kriterien/12/kennzahlen")
    assert str(stored_value(app, "noise.complaints")) == "13"

    printed = words_of_pdf(petra.get(f"{path}/entwurf.pdf").data)
    assert "LMS – Lärm-Musterset" in printed
    assert "Anteil in der Nacht: 30,8" in printed, "below the key figure"
    assert "Beschwerden nach Tageszeit 2025" in printed, "the chart"
    assert "Dezibel Das Maß der Lautstärke." in printed, "the glossary"
    cells = cells_of(petra.get(f"{path}/entwurf.xlsx").data)
    assert {"LMS – Lärm-Musterset", "Beschwerden über Lärm", "Beschwerden am Tag"} <= cells

    review = submit_declaration(app, declaration.id)
    assert "Beschwerden über Lärm" in signed_in(app, "karin").get(f"{review}/12").text
