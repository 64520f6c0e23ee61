"""Reviewers read evidence beside what it belongs to: a page as a picture, or a sentence and the download."""

import hashlib
import io
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import update

from dnk_tool.domain.evidence import EvidenceFileType, EvidenceTarget
from dnk_tool.domain.permissions import Actor, ClusterRole, Role
from dnk_tool.services.declarations import submission
from dnk_tool.services.evidence.files import EvidenceDetails
from dnk_tool.services.uploads import page_images
from dnk_tool.services.uploads.inspection import InspectedFile
from dnk_tool.services.work import Work
from dnk_tool.store.evidence.blob_store import BlobKey
from dnk_tool.store.tables.evidence import EvidenceFile
from tests.hostile_pages import page_pdf
from tests.support.app import (
    add_consent,
    add_member,
    count_statements,
    database_session,
    make_cluster,
)
from tests.support.browsers import signed_in
from tests.support.evidence import add_evidence
from tests.support.files.evidence_files import encrypted_pdf, image, pdf
from tests.support.review_scenario import NOW, import_craft

SCOPE1 = "ghg.scope1.gross"
FIGURE, ASPECT, WHOLE = EvidenceTarget(datapoint=SCOPE1), EvidenceTarget(ref="13.1"), EvidenceTarget()
# Title, content, kind, target.
FILES = (
    ("Gasrechnung", page_pdf(pages=2), EvidenceFileType.PDF, FIGURE),
    ("Zählerfoto", image(size=(3_200, 160)), EvidenceFileType.PNG, FIGURE),
    ("Kaputt", b"%PDF-1.7 a bill", EvidenceFileType.PDF, ASPECT),
    ("Verschlossen", encrypted_pdf(), EvidenceFileType.PDF, ASPECT),
    ("Lieferliste", b"a;b", EvidenceFileType.CSV, ASPECT),
    ("Zertifikat", pdf("Zertifikat"), EvidenceFileType.PDF, WHOLE),
)
HASHES = {title: hashlib.sha256(content).hexdigest() for title, content, _kind, _target in FILES}


@pytest.fixture
def review(app: Flask) -> str:
    """The address of the review of a company that opened all FILES to its reviewers."""
    with database_session(app) as session:
        declaration = import_craft(session)
        company = declaration.organisation_id
        add_member(session, company, "owner", Role.OWNER)
        cluster = make_cluster(session, "Nord", reviewer=ClusterRole.REVIEWER)
        add_consent(session, company, cluster.id)
        owner = Actor(None, {company: Role.OWNER})
        for title, content, kind, target in FILES:
            kept = InspectedFile(f"{title}.{kind.value}", kind, content, HASHES[title])
            about = EvidenceDetails(title, is_for_review=True)
            add_evidence(
                session, app.extensions["dnk_blobs"], declaration, owner, kept, target=target, about=about
            )
        submission.submit(Work(session, owner, NOW), declaration, cluster_id=cluster.id)
        return f"/cluster/{cluster.id}/pruefung/{declaration.id}/"


@pytest.fixture
def reviewer(app: Flask) -> FlaskClient:
    return signed_in(app, "reviewer")


@pytest.fixture
def opened(review: str, reviewer: FlaskClient) -> Callable[..., str]:
    """The drawer alone, as the page of criterion 13 shows it."""

    def open_drawer(title: str, more: str = "", page: str = "13") -> str:
        text = unescape(reviewer.get(f"{review}{page}?beleg={HASHES.get(title, '0' * 64)}{more}").text)
        return text[text.index('id="beleg"') : text.index("</aside>")]

    return open_drawer


def test_the_second_page_stands_beside_the_figure_and_closing_leads_back(
    app: Flask, review: str, reviewer: FlaskClient, opened: Callable[..., str]
) -> None:
    page, sha256 = reviewer.get(f"{review}13").text, HASHES["Gasrechnung"]
    here = f"{review}13?beleg={sha256}&zu={SCOPE1}"
    assert f'href="{here}#beleg" data-evidence>Beleg öffnen: Gasrechnung' in unescape(page)
    with count_statements(app) as statements:
        drawer = opened("Gasrechnung", f"&zu={SCOPE1}&seite=2")
    assert len(statements) <= 15
    assert "Zu: Brutto-Emissionen Scope 1" in drawer
    assert "Seite 2 von 2" in drawer
    assert f'href="{here}&seite=1#beleg"' in drawer
    assert "Nächste Seite" not in drawer
    anchor = drawer.split(f'href="{review}13#')[1].split('"')[0]
    card = page[page.index(f'id="{anchor}"') :].partition("</section>")[0]
    assert "Beleg öffnen: Gasrechnung" in card
    assert f'href="{review}belege/{sha256}"' in drawer
    in_order = opened("Gasrechnung", f"&zu={SCOPE1}&seite=2&zuerst=auffaelliges")
    assert in_order.count("zuerst=auffaelliges") == 2, "closing and turning keep the order"
    picture = reviewer.get(f"{review}belege/{sha256}/seiten/2")
    assert (picture.mimetype, picture.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    assert Image.open(io.BytesIO(picture.data)).size == (1600, 2264)


def test_whatever_is_asked_for_a_page_or_a_sentence_comes_with_the_download(
    opened: Callable[..., str],
) -> None:
    for title, more, text in (
        ("Zählerfoto", "", "Seite 1 von 1 in voller Größe öffnen"),
        ("Gasrechnung", "&seite=999999999999999999999", "Seite 2 von 2"),
        ("Gasrechnung", "&seite=-1", "Seite 1 von 2"),
        ("Gasrechnung", "&seite=zwei&zu=../..", "Zu: Brutto-Emissionen Scope 1"),
        ("Kaputt", "", "Diese Seite lässt sich hier nicht zeigen."),
        ("Verschlossen", "", "Diese Datei hat ein Kennwort."),
        ("Lieferliste", "", "Hier zeigen wir PDF-Dateien und Bilder."),
    ):
        drawer = opened(title, more)
        assert text in drawer, title
        assert "Datei herunterladen" in drawer


def test_other_kinds_of_files_are_downloaded_at_once_which_the_link_says(
    review: str, reviewer: FlaskClient
) -> None:
    text = reviewer.get(f"{review}13").text
    assert f'href="{review}belege/{HASHES["Lieferliste"]}" data-evidence' in text
    assert "Lieferliste (CSV, 1 kB, wird heruntergeladen)" in text
    assert reviewer.get(f"{review}belege/{HASHES['Lieferliste']}/seiten/1").status_code == 404


def test_evidence_of_the_whole_declaration_opens_on_the_overview(opened: Callable[..., str]) -> None:
    assert "Seite 1 von 1" in opened("Zertifikat", page="")


def test_what_the_company_closed_meanwhile_is_neither_named_nor_drawn(
    app: Flask, review: str, reviewer: FlaskClient, opened: Callable[..., str]
) -> None:
    assert "Seite 1 von 2" in opened("Gasrechnung")  # held in memory from now on
    with database_session(app) as session:
        session.execute(update(EvidenceFile).values(is_for_review=False))
    drawer = opened("Gasrechnung", f"&zu={SCOPE1}")
    assert "Beleg nicht verfügbar" in drawer
    assert "Gasrechnung" not in drawer
    assert reviewer.get(f"{review}belege/{HASHES['Gasrechnung']}/seiten/1").status_code == 404


def test_a_file_that_cannot_be_reached_leaves_the_page_as_it_is(
    app: Flask,
    review: str,
    reviewer: FlaskClient,
    opened: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with database_session(app) as session:
        company = session.query(EvidenceFile).first().organisation_id
    app.extensions["dnk_blobs"].delete(BlobKey(company, HASHES["Zählerfoto"]))
    monkeypatch.setattr(page_images, "_memory", page_images._Memory())
    assert "Die Datei ist gerade nicht erreichbar." in opened("Zählerfoto")
    assert reviewer.get(f"{review}belege/{HASHES['Zählerfoto']}/seiten/1").status_code == 500
