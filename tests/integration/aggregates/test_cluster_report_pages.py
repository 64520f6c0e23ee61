"""The page of a cluster's report and its files: who, what, how many statements, and no word of a company."""

import io
import re
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from dnk_tool.domain.aggregates.entering_versions import ReleaseState
from dnk_tool.domain.aggregates.json_format import release_to_json
from dnk_tool.domain.clusters.consent_editions import NEWEST_EDITION, ConsentChoice
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.organisation import CompanySize
from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.language import Language
from dnk_tool.report.view.cluster.content import ClusterReportContent
from dnk_tool.services.aggregates.report import report_pdf_request
from dnk_tool.services.exports import pdf_cache
from dnk_tool.store.aggregates.joint_goals import write_goal
from dnk_tool.store.aggregates.joint_sums import add_sum
from dnk_tool.store.aggregates.participation import members_taking_part
from dnk_tool.store.clusters import choices
from dnk_tool.store.clusters.cockpit_sql import ClusterYear
from dnk_tool.store.tables.aggregates import ReleaseRow
from dnk_tool.store.tables.clusters import CohortAssignment, Consent
from dnk_tool.store.tables.joint_goals import JointSumCompany
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.exports import pending_pdfs
from tests.integration.aggregates.cluster_reports import (
    GOAL,
    RELEASE,
    SAVED,
    draft_content,
    report_content,
)
from tests.support.app import count_statements, database_session, make_cluster
from tests.support.browsers import signed_in
from tests.support.cockpit_members import YEAR, add_company, add_declaration, add_many, publish_member
from tests.support.files.pdf_accessibility import accessibility_failures

SECRET = "Geheimwerk Zaunkönig"


@pytest.fixture
def cluster_id(app: Flask) -> int:
    with database_session(app) as session:
        staff = {"manager": ClusterRole.MANAGER, "reviewer": ClusterRole.REVIEWER}
        return make_cluster(session, "Cluster Nord", **staff).id


@pytest.fixture
def manager(app: Flask, cluster_id: int) -> FlaskClient:
    return signed_in(app, "manager")


def printed_report(client: FlaskClient, address: str) -> TestResponse:
    """The PDF, waiting for the queue."""
    client.application.extensions["dnk_printing"].patience_seconds = 60  # type: ignore[attr-defined]
    return client.get(address)


@pytest.mark.parametrize(("language", "content"), [("de", report_content()), ("en", draft_content())])
def test_the_pdf_is_accessible_archival_and_holds_its_numbers(
    language: Language, content: ClusterReportContent, tmp_path: Path
) -> None:
    path = tmp_path / "report.pdf"
    request = report_pdf_request(content, language)
    path.write_bytes(request.render())
    assert accessibility_failures(path) == []
    with pikepdf.open(path) as pdf:
        assert list(pdf.attachments) == ["kennzahlen-2025.xlsx"]
        assert str(pdf.Root.Lang) == {"de": "de-DE", "en": "en-GB"}[language]
        assert len(pdf.pages) >= 6
    assert re.fullmatch(r"[0-9a-f]{64}(-[0-9a-z]+){4}\.pdf", request.name)
    first = subprocess.run(
        ["pdftotext", "-f", "2", "-l", "2", "-layout", str(path), "-"], capture_output=True, check=True
    ).stdout.decode()
    last = {"de": "Was wissen wir nicht?", "en": "What do we not know?"}[language]
    assert last in first, "all that a reader needs stands on one page"


def test_a_draft_says_so_on_each_page_and_is_another_file() -> None:
    draft, final = report_pdf_request(draft_content(), "de"), report_pdf_request(report_content(), "de")
    assert 'data-draft="Entwurf: ohne freigegebene Zahlen"' in draft.html
    assert 'data-draft=""' in final.html
    assert draft.name != final.name


def test_without_numbers_the_page_says_what_is_missing_and_where(
    app: Flask, manager: FlaskClient, cluster_id: int
) -> None:
    with database_session(app) as session:
        company = add_company(session, cluster_id, SECRET, joined_at=datetime.now(UTC) - timedelta(days=300))
        add_declaration(session, company, changed_at=datetime.now(UTC), progress={"1": "answered"})
    page = manager.get(f"/cluster/{cluster_id}/bericht")
    assert page.status_code == 200
    assert f"Für {YEAR} sind noch keine Zahlen freigegeben." in page.text
    assert f"/cluster/{cluster_id}/zahlen?jahr={YEAR}" in page.text
    assert "1 Unternehmen schreibt seine Erklärung" in page.text.replace("\xa0", " ")
    assert SECRET not in page.text
    for unknown in (1066, 10**30):
        assert manager.get(f"/cluster/{cluster_id}/bericht/{unknown}.xlsx").status_code == 404
    assert manager.get(f"/cluster/{cluster_id}/bericht?jahr=x&sprache=fr").status_code == 200
    english = manager.get(f"/cluster/{cluster_id}/bericht?sprache=en")
    assert f"/cluster/{cluster_id}/bericht/{YEAR}.pdf?sprache=en" in english.text


def add_numbers(session: Session, cluster_id: int) -> ReleaseRow:
    """A release and a joint sum over members of the cluster, as the report's values have them."""
    now = datetime.now(UTC)
    add_many(session, cluster_id, SAVED.progress.companies, now=now, first=300_000)
    text, digest = release_to_json(RELEASE.content)
    row = ReleaseRow(
        cluster_id=cluster_id,
        reporting_year=YEAR,
        number=1,
        state=ReleaseState.MADE,
        content=text,
        sha256=digest,
        ordered_at=now,
        made_at=now,
        companies=14,
    )
    write_goal(session, cluster_id, GOAL, by=None, now=now)
    summed = add_sum(session, cluster_id, SAVED.progress, (), by=None, now=now)
    session.add(row)
    session.add_all(
        JointSumCompany(joint_sum_id=summed.id, organisation_id=300_000 + at, savings=[])
        for at in range(SAVED.progress.companies)
    )
    return row


def report_text(manager: FlaskClient, cluster_id: int) -> str:
    """The page with plain spaces."""
    return unescape(manager.get(f"/cluster/{cluster_id}/bericht").text).replace("\xa0", " ")


def test_what_is_released_stands_on_the_page_until_it_is_withdrawn(
    app: Flask, manager: FlaskClient, cluster_id: int
) -> None:
    with database_session(app) as session:
        add_numbers(session, cluster_id)
    with count_statements(app) as statements:
        page = report_text(manager, cluster_id)
    assert len(statements) <= 15
    assert "9.400 MWh" in page
    assert "aus 12 Unternehmen" in page
    assert "30 Maßnahmen" in page
    assert "Ein Bericht für Ministerium" in page
    with database_session(app) as session:
        row = session.scalars(select(ReleaseRow)).one()
        row.withdrawn_at, row.reason = datetime.now(UTC), "Ein Fehler."
    page = report_text(manager, cluster_id)
    assert "9.400 MWh" not in page
    assert f"Für {YEAR} sind noch keine Zahlen freigegeben." in page


def test_a_file_ordered_before_numbers_were_withdrawn_is_not_given_out(
    app: Flask, manager: FlaskClient, cluster_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dnk_tool.web.exports.responses._enqueue", lambda _wanted: None)
    with database_session(app) as session:
        add_numbers(session, cluster_id)
    ordered = manager.get(f"/cluster/{cluster_id}/bericht/{YEAR}.pdf")
    found = re.search(rf"/cluster/{cluster_id}/bericht/{YEAR}\.pdf\?auftrag=\w+", unescape(ordered.text))
    assert ordered.status_code == 202
    assert found
    with manager.session_transaction() as cookie:
        file = cookie["prints"][0][2]
    with app.app_context():
        pdf_cache.store(pending_pdfs.pdf_cache_folder(), file, b"%PDF with numbers")
    assert manager.get(found[0]).data == b"%PDF with numbers"
    with database_session(app) as session:
        session.execute(delete(JointSumCompany))  # who let its measures count takes that back
    after = manager.get(found[0])
    assert after.status_code == 202
    assert b"with numbers" not in after.data


def test_no_file_holds_a_word_of_a_company(app: Flask, manager: FlaskClient, cluster_id: int) -> None:
    with database_session(app) as session:
        company = add_company(session, cluster_id, SECRET, joined_at=datetime.now(UTC) - timedelta(days=300))
        declaration = add_declaration(
            session, company, changed_at=datetime.now(UTC), state=State.APPROVED, cluster_id=cluster_id
        )
        publish_member(session, declaration, now=datetime.now(UTC))
    base = f"/cluster/{cluster_id}/bericht/{YEAR}"
    for extension in ("docx", "xlsx"):
        answer = manager.get(f"{base}.{extension}")
        assert answer.status_code == 200
        with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
            text = "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
        assert "Cluster Nord" in text
        assert SECRET not in text
    pdf = printed_report(manager, f"{base}.pdf")
    assert pdf.mimetype == "application/pdf"
    assert "Bericht-2025-Cluster-Nord.pdf" in pdf.headers["Content-Disposition"]
    text = subprocess.run(
        ["pdftotext", "-", "-"], input=pdf.data, capture_output=True, check=True
    ).stdout.decode()
    assert "Cluster Nord" in text
    assert SECRET not in text


def test_only_managers_see_it(app: Flask, cluster_id: int) -> None:
    reviewer = signed_in(app, "reviewer")
    for rest in ("", f"/{YEAR}.pdf", f"/{YEAR}.docx", f"/{YEAR}.xlsx"):
        assert reviewer.get(f"/cluster/{cluster_id}/bericht{rest}").status_code == 403
    assert "/bericht" not in reviewer.get(f"/cluster/{cluster_id}/").text


def test_the_number_of_statements_does_not_depend_on_the_members(
    app: Flask, manager: FlaskClient, cluster_id: int
) -> None:
    counts = []
    for first, more in ((100_000, 3), (200_000, 57)):
        with database_session(app) as session:
            add_many(session, cluster_id, more, now=datetime.now(UTC), first=first)
        manager.get(f"/cluster/{cluster_id}/bericht")
        with count_statements(app) as statements:
            assert manager.get(f"/cluster/{cluster_id}/bericht").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 15


def test_a_profile_that_is_not_shown_and_who_takes_no_part_are_not_told_apart(
    app: Flask, cluster_id: int
) -> None:
    now = datetime.now(UTC)
    with database_session(app) as session:
        for name, allowed in (("Offen", [ConsentChoice.PROFILE]), ("Zu", []), ("Pause", [])):
            company = add_company(
                session, cluster_id, name, joined_at=now - timedelta(days=300), edition=NEWEST_EDITION
            )
            row = session.get_one(Organisation, company)
            row.sector, row.employees = "25", 30
            consent = session.scalars(select(Consent).where(Consent.organisation_id == company)).one()
            choices.replace_choices(session, consent.id, allowed)
            if name == "Pause":
                absent = CohortAssignment(
                    cluster_id=cluster_id, organisation_id=company, reporting_year=YEAR, assigned_at=now
                )
                session.add(absent)
        session.flush()
        found = members_taking_part(session, ClusterYear(cluster_id, YEAR, None, now))
    assert {(each.section, each.size) for each in found} == {("C", CompanySize.SMALL), ("", None)}
    assert len(found) == 2
