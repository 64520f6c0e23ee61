"""The accent and the logo of a company: chosen, checked, drawn anew, and kept by versions."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import delete, func, select
from werkzeug.test import TestResponse

from dnk_tool.domain.colours import AREA_COLOURS
from dnk_tool.report.view.branding import Branding
from dnk_tool.services.declarations import branding, submission
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.work import Work
from dnk_tool.store.tables.declarations import Declaration, Event, LogoRow, LookRow, Snapshot
from dnk_tool.store.tables.organisations import Organisation
from tests.support.app import database_session, form_fields, post
from tests.support.browsers import signed_in
from tests.support.declaration_scenario import NOW, DeclarationScenario
from tests.support.files import evidence_files

MARK = (226, 0, 26)


@pytest.fixture
def editor(app: Flask, play: DeclarationScenario) -> FlaskClient:
    return signed_in(app, "editor")


@pytest.fixture
def address(play: DeclarationScenario) -> str:
    return f"/unternehmen/{play.declaration.organisation_id}/erscheinungsbild"


def drawing(size: tuple[int, int] = (600, 300), colour: tuple[int, int, int] = MARK) -> bytes:
    """A PNG with a bar on a clear ground, and with words besides its pixels."""
    image, target = Image.new("RGBA", size), io.BytesIO()
    image.paste((*colour, 255), (100, 100, size[0] - 100, size[1] - 100))
    exif = Image.Exif()
    exif[0x010E] = "Frau Muster"
    image.save(target, "PNG", exif=exif, dpi=(300, 300))
    return target.getvalue()


def send_branding(
    client: FlaskClient, address: str, name: str = "", content: bytes = b"", **fields: Any
) -> TestResponse:
    """The form as the page sends it."""
    shown = client.get(address).text
    version = re.search(r'name="version" value="(\d+)"', shown)
    assert version
    said = {"whose": "usual", "version": version[1], "action": "save", **fields}
    return post(client, address, said | ({"logo": (io.BytesIO(content), name)} if name else {}))


def portrait_file(name: str = "IMG_4711.jpg", content: bytes = b"") -> dict[str, Any]:
    return {"portrait": (io.BytesIO(content or evidence_files.image("JPEG", (900, 1200))), name)}


def look_of(app: Flask, play: DeclarationScenario) -> Branding:
    with database_session(app) as session:
        return branding.company_branding(session, play.declaration.organisation_id)[0]


def test_an_accent_is_taken_and_the_tone_that_is_printed_is_shown(
    app: Flask, play: DeclarationScenario, editor: FlaskClient, address: str
) -> None:
    assert address in editor.get(f"/unternehmen/{play.declaration.organisation_id}").text
    assert send_branding(editor, address, whose="own", code="FD0").status_code == 303
    assert look_of(app, play) == Branding("#ffdd00")
    page = editor.get(address).text
    assert "auf Weiß schwer zu lesen" in page
    assert 'fill="#ffdd00"' in page
    assert f'fill="{Branding("#ffdd00").palette.text}"' in page
    assert send_branding(editor, address, whose="own", code="#1f4e79").status_code == 303
    page = editor.get(address).text
    assert "schwer zu lesen" not in page
    assert "der des Bereichs „Strategie“ sehr ähnlich" in page
    assert page.count(f'fill="{AREA_COLOURS["society"]}"') == 7
    assert send_branding(editor, address, code="#1f4e79").status_code == 303
    assert look_of(app, play) == Branding()


def test_a_colour_can_be_picked_without_a_script(
    app: Flask, play: DeclarationScenario, editor: FlaskClient, address: str
) -> None:
    before = {"code": "#1f4e79", "code-before": "#1f4e79", "picked-before": "#1f4e79"}
    send_branding(editor, address, whose="own", picked="#aa0044", **before)
    assert look_of(app, play).accent == "#aa0044"
    send_branding(editor, address, whose="own", picked="#aa0044", **before | {"code": "#222222"})
    assert look_of(app, play).accent == "#222222", "what was typed counts"


def test_what_is_no_colour_stays_on_the_page_and_the_logo_with_it(
    app: Flask, play: DeclarationScenario, editor: FlaskClient, address: str
) -> None:
    answer = send_branding(editor, address, "Logo.png", drawing(), whose="own", code="lindgrün</style>")
    assert answer.status_code == 422
    assert 'value="lindgrün&lt;/style&gt;"' in answer.text
    assert "Geben Sie den Farbcode" in answer.text
    carried = re.search(r'name="carried" value="([^"]+)"', answer.text)
    assert carried
    assert look_of(app, play) == Branding()
    assert send_branding(editor, address, whose="own", code="#0a6", carried=carried[1]).status_code == 303
    assert look_of(app, play).accent == "#00aa66"
    assert look_of(app, play).logo.startswith(b"\x89PNG")
    assert send_branding(editor, address, carried=f"x{carried[1]}").status_code == 303, (
        "a foreign one is none"
    )


def test_a_preview_keeps_nothing(
    app: Flask, play: DeclarationScenario, editor: FlaskClient, address: str
) -> None:
    page = send_branding(editor, address, "Logo.png", drawing(), whose="own", code="#0a6", action="preview")
    assert page.status_code == 200
    assert "Noch nicht gespeichert." in page.text
    assert 'href="data:image/png;base64,' in page.text
    assert look_of(app, play) == Branding()


def test_a_logo_is_drawn_anew_and_served_to_the_company_only(
    app: Flask, play: DeclarationScenario, editor: FlaskClient, address: str
) -> None:
    assert editor.get(f"{address}/logo.png").status_code == 404
    assert send_branding(editor, address, "Mein Logo.PNG", drawing((3000, 500))).status_code == 303
    served = editor.get(f"{address}/logo.png")
    assert served.mimetype == "image/png"
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert b"Muster" not in served.data
    with Image.open(io.BytesIO(served.data)) as image:
        assert image.size == (1200, 129), "without its clear edge, and no larger than it is printed"
        assert not image.info
        assert image.convert("RGBA").getpixel((600, 60)) == (*MARK, 255)
    assert signed_in(app, "boss").get(f"{address}/logo.png").data == served.data, "a viewer"
    for who in ("reviewer", "outside"):
        assert signed_in(app, who).get(f"{address}/logo.png").status_code in (403, 404), who
    assert app.test_client().get(f"{address}/logo.png").status_code in (302, 401)
    assert send_branding(editor, address, **{"without-logo": "1"}).status_code == 303
    assert editor.get(f"{address}/logo.png").status_code == 404
    with database_session(app) as session:
        assert session.scalar(select(func.count(LogoRow.id))) == 0, "nothing shows it any more"
        said = [
            event.detail["fields"] for event in session.scalars(select(Event)) if "logo" in str(event.detail)
        ]
    assert said == [{"logo": []}] * 2
    assert (
        "Logo"
        in signed_in(app, "owner").get(f"/unternehmen/{play.declaration.organisation_id}/protokoll").text
    )


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("Logo.svg", evidence_files.SVG, "Inkscape"),
        ("Logo.png", evidence_files.SVG, "nicht als Bild lesen"),
        ("Logo.png", evidence_files.pixel_bomb(30_000, 30_000), "40 Millionen"),
        ("Logo.png", evidence_files.HTML, "nicht als Bild lesen"),
        ("Logo.png", evidence_files.pdf(), "Speichern Sie Ihr Logo als PNG"),
        ("Logo.gif", b"GIF89a", "Speichern Sie Ihr Logo als PNG"),
        ("Logo.png", evidence_files.image(colour="white"), "nichts zu sehen"),
        ("Logo.png", drawing()[:200], "nicht als Bild lesen"),
        ("Logo.jpg", b"\xff\xd8\xff" + bytes(300_000), "zu groß"),
    ],
)
def test_what_is_no_logo_is_refused_kindly(
    app: Flask,
    play: DeclarationScenario,
    editor: FlaskClient,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    content: bytes,
    words: str,
) -> None:
    monkeypatch.setattr("dnk_tool.web.declarations.branding.MAX_LOGO_BYTES", 300_000)
    answer = send_branding(editor, address, name, content, whose="own", code="#0a6")
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="#0a6"' in answer.text
    assert look_of(app, play) == Branding()


def test_fifty_megabytes_are_turned_away(editor: FlaskClient, address: str) -> None:
    kind = "multipart/form-data; boundary=x"
    answer = editor.post(address, data=bytes(50_000_000), content_type=kind)
    assert answer.status_code == 413
    assert "Möglich sind 10 MB. Gehen Sie zurück, und wählen Sie ein kleineres Bild." in answer.text


def test_a_portrait_is_drawn_anew_carried_along_and_removed(
    app: Flask, play: DeclarationScenario, editor: FlaskClient, address: str
) -> None:
    assert editor.get(f"{address}/portraet.jpg").status_code == 404
    shown = send_branding(editor, address, whose="own", code="keine", **portrait_file())
    assert shown.status_code == 422
    carried = re.search(r'name="carried-portrait" value="([^"]+)"', shown.text)
    assert carried
    assert 'src="data:image/jpeg;base64,' in shown.text
    assert look_of(app, play).portrait == b""
    assert send_branding(editor, address, **{"carried-portrait": carried[1]}).status_code == 303
    served = editor.get(f"{address}/portraet.jpg")
    assert served.mimetype == "image/jpeg"
    assert served.data == look_of(app, play).portrait
    with Image.open(io.BytesIO(served.data)) as image:
        assert image.size == (540, 672)
    assert app.test_client().get(f"{address}/portraet.jpg").status_code in (302, 401)
    assert send_branding(editor, address, carried=carried[1]).status_code == 303, "a portrait is no logo"
    assert look_of(app, play).logo == b""
    assert send_branding(editor, address, **{"without-portrait": "1"}).status_code == 303
    with database_session(app) as session:
        assert session.scalar(select(func.count(LogoRow.id))) == 0


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("IMG_1.HEIC", b"\0\0\0\x18ftypheic", "Maximale Kompatibilität"),
        ("IMG_1.jpg", b"\0\0\0\x18ftypmif1", "Maximale Kompatibilität"),
        ("Chefin.pdf", evidence_files.pdf(), "Speichern Sie das Bild als JPG"),
        ("Chefin.jpg", b"\xff\xd8\xff\xe0", "nicht als Bild lesen"),
    ],
)
def test_what_is_no_portrait_is_refused_kindly(
    app: Flask,
    play: DeclarationScenario,
    editor: FlaskClient,
    address: str,
    name: str,
    content: bytes,
    words: str,
) -> None:
    answer = send_branding(editor, address, **portrait_file(name, content))
    assert answer.status_code == 422
    assert words in answer.text
    assert look_of(app, play) == Branding()


def test_a_finished_version_keeps_foreword_and_portrait(
    app: Flask, play: DeclarationScenario, editor: FlaskClient, address: str
) -> None:
    send_branding(editor, address, **portrait_file())
    portrait = look_of(app, play).portrait
    general = f"/erklaerungen/{play.declaration.id}/kriterien/general"
    page = editor.get(general).text
    assert f'href="{address}#portrait"' in page
    words = {
        "general.foreword": "Ein gutes Jahr.",
        "general.foreword-name": "Inga Sommer",
        "general.lead": "Weniger.",
    }
    sent = {**form_fields(page), **{f"ref-{ref}-text": text for ref, text in words.items()}, "action": "stay"}
    too_long = editor.post(general, data={**sent, "ref-general.foreword-text": "x" * 1801})
    assert too_long.status_code == 422
    assert "Bitte kürzen Sie ihn auf höchstens 1.800 Zeichen." in too_long.text
    assert "x" * 1801 in too_long.text, "nobody loses a text"
    assert editor.post(general, data=sent).status_code == 303
    with database_session(app) as session:
        declaration = session.get_one(Declaration, play.declaration.id)
        snapshot = submission.finish(Work(session, play.actor("owner"), NOW), declaration)
        slug = publishing_steps.publish(Work(session, play.actor("owner"), NOW), declaration).slug
        content, sha256 = snapshot.content, snapshot.sha256
    assert b'"version":2' in content
    send_branding(editor, address, **{"without-portrait": "1"})
    visitor = app.test_client()
    public = visitor.get(f"/berichte/{slug}").text
    assert 'id="vorwort"' in public
    assert 'alt="Porträt von Inga Sommer"' in public
    assert visitor.get(f"/berichte/{slug}/portraet.jpg").data == portrait
    with database_session(app) as session:
        kept = session.scalars(select(Snapshot)).one()
        assert (kept.content, kept.sha256) == (content, sha256)
        assert branding.version_branding(session, kept).portrait == portrait


def test_a_portrait_that_no_foreword_shows_is_not_public(
    app: Flask, play: DeclarationScenario, editor: FlaskClient, address: str
) -> None:
    send_branding(editor, address, **portrait_file())
    with database_session(app) as session:
        declaration = session.get_one(Declaration, play.declaration.id)
        submission.finish(Work(session, play.actor("owner"), NOW), declaration)
        slug = publishing_steps.publish(Work(session, play.actor("owner"), NOW), declaration).slug
    assert app.test_client().get(f"/berichte/{slug}").status_code == 200
    assert app.test_client().get(f"/berichte/{slug}/portraet.jpg").status_code == 404


def test_two_people_do_not_overwrite_each_other(
    app: Flask, play: DeclarationScenario, editor: FlaskClient, address: str
) -> None:
    send_branding(signed_in(app, "owner"), address, whose="own", code="#112233")
    answer = send_branding(editor, address, whose="own", code="#445566", version="0")
    assert answer.status_code == 409
    assert 'value="#445566"' in answer.text
    assert look_of(app, play).accent == "#112233"
    version = re.search(r'name="version" value="(\d+)"', answer.text)
    assert version
    assert send_branding(editor, address, whose="own", code="#445566", version=version[1]).status_code == 303


def test_a_version_looks_for_ever_as_it_was_finished(
    app: Flask, play: DeclarationScenario, editor: FlaskClient, address: str
) -> None:
    send_branding(
        editor, address, "Logo.png", drawing(), whose="own", code="#aa0044", **{"with-questions": "1"}
    )
    look = look_of(app, play)
    assert look.has_questions
    assert re.search(r'name="with-questions"[^>]* checked', editor.get(address).text)
    with database_session(app) as session:
        declaration = session.get_one(Declaration, play.declaration.id)
        snapshot = submission.finish(Work(session, play.actor("owner"), NOW), declaration)
        slug = publishing_steps.publish(Work(session, play.actor("owner"), NOW), declaration).slug
        sha256 = snapshot.sha256
    pages = (f"/erklaerungen/{play.declaration.id}/", f"/erklaerungen/{play.declaration.id}/versionen/1")
    for path in pages:
        cover = editor.get(path).text
        assert f'href="{address}/logo.png"' in cover
        assert f'fill="{look.palette.field}"' in cover
    send_branding(editor, address, whose="usual", **{"without-logo": "1"})
    assert look_of(app, play) == Branding()
    assert not [path for path in pages if "logo.png" in editor.get(path).text], "there is none to show"
    _is_seen_by_everybody(app.test_client(), f"/berichte/{slug}", look)
    with database_session(app) as session:
        snapshot = session.scalars(select(Snapshot)).one()
        assert branding.version_branding(session, snapshot) == look
        assert snapshot.sha256 == sha256
        assert session.scalar(select(func.count(LogoRow.id))) == 1
        session.execute(delete(Organisation).where(Organisation.id == play.declaration.organisation_id))
        assert session.scalar(select(func.count(LogoRow.id))) == 0
        assert session.scalar(select(func.count(LookRow.organisation_id))) == 0
        session.rollback()


def _is_seen_by_everybody(visitor: FlaskClient, page: str, look: Branding) -> None:
    shown = visitor.get(page)
    assert f'href="{page}/logo.png"' in shown.text
    assert "<title>Titelseite mit dem Logo von " in shown.text
    assert f'<link rel="stylesheet" href="{page}/farben.css">' in shown.text
    assert "style=" not in re.sub(r"<svg.*?</svg>", "", shown.text, flags=re.S), "the policy allows none"
    assert "unsafe-inline" not in shown.headers["Content-Security-Policy"]
    picture, style = visitor.get(f"{page}/logo.png"), visitor.get(f"{page}/farben.css")
    assert (picture.data, picture.mimetype) == (look.logo, "image/png")
    assert style.mimetype == "text/css"
    assert look.palette.text in style.text
    assert visitor.get("/berichte/x/logo.png").status_code == 404
    whole = visitor.get(f"{page}/erklaerung.html").text
    assert "Frage an das Unternehmen:" in whole
    assert f"--accent: {look.palette.text}" in whole
    assert look.picture
    assert look.picture.address in whole
