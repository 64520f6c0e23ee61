"""The pages of good examples: written, offered, published, read and withdrawn, by whom and for whom."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from dnk_tool.domain.exchange.examples import ExampleState
from dnk_tool.domain.permissions import SHELL
from dnk_tool.services.exchange import examples as verbs
from dnk_tool.services.work import Work
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.exchange.examples import ExampleRow
from dnk_tool.store.tables.mail import Mail
from tests.integration.exchange.told_examples import CONTENT, MEASURE, NOW, allow_examples, told_in_world
from tests.support.app import World, database_session, form_fields, post
from tests.support.browsers import signed_in


@pytest.fixture
def client_of(app: Flask, world: World) -> Callable[[str], FlaskClient]:
    def client(who: str) -> FlaskClient:
        return signed_in(app, who)

    return client


def test_an_example_is_written_offered_published_and_withdrawn(
    app: Flask, world: World, client_of: Callable[[str], FlaskClient]
) -> None:
    with database_session(app) as session:
        measure_id = measures.add(session, world.own, MEASURE, by=None, now=NOW).id
        allow_examples(session, world.own, world.cluster)
    owner, manager, nobody = client_of("owner"), client_of("manager"), app.test_client()
    about = f"/unternehmen/{world.own}/beispiele"
    assert "Beispiel schreiben" in owner.get(about).text
    begun = post(owner, f"{about}/eigene", {"measure": str(measure_id)})
    assert begun.status_code == 303
    form = form_fields(owner.get(begun.location).text)
    assert form["title"] == [MEASURE.text]
    typed = {
        name: getattr(CONTENT, name)
        for name in ("title", "before", "idea", "done", "effort", "advice", "fits")
    }
    saved = owner.post(
        begun.location, data=form | typed | {"is_public": "1", "is_contact": "1"}, follow_redirects=True
    )
    assert "So sieht Ihr Beispiel jetzt aus" in saved.text
    assert "127 MWh" in saved.text
    place = begun.location.removesuffix("/aendern")
    offered = post(owner, f"{place}/anbieten", form_fields(saved.text), follow_redirects=True).text
    assert "„Cluster Nord“ hat Ihr Beispiel jetzt." in offered
    lead = f"/cluster/{world.cluster}/beispiele"
    assert CONTENT.title in manager.get(lead).text
    assert nobody.get(f"/beispiele/{world.cluster}").status_code == 404
    example = re.search(rf"{lead}/(\d+)", manager.get(lead).text)
    assert example is not None
    waiting = manager.get(example[0])
    assert "Owner" in waiting.text
    published = post(
        manager, f"{example[0]}/veroeffentlichen", form_fields(waiting.text), follow_redirects=True
    )
    assert "Veröffentlicht. Die Mitglieder sehen das Beispiel jetzt." in published.text
    public = nobody.get(f"/beispiele/{world.cluster}", follow_redirects=True).text
    assert CONTENT.title in public
    whole = nobody.get(f"/beispiele/{world.cluster}/{example[1]}").text
    assert CONTENT.advice in whole
    assert "owner@example.org" not in whole
    post(owner, f"{place}/zurueckziehen")
    assert nobody.get(f"/beispiele/{world.cluster}/{example[1]}").status_code == 404
    assert CONTENT.title not in manager.get(lead).text
    with database_session(app) as session:
        sent = session.scalars(select(Mail).order_by(Mail.id)).all()
        assert [mail.recipient for mail in sent] == ["manager@example.org", "owner@example.org"]
        assert not [mail for mail in sent if CONTENT.title in f"{mail.subject} {mail.body}"]
        row = session.get_one(ExampleRow, int(example[1]))
        assert (row.state, row.consent_id) == (ExampleState.DRAFT, None)


def with_position() -> bytes:
    """A JPEG that says where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = "Halle 7"  # what the camera wrote
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    target = io.BytesIO()
    Image.new("RGB", (2_400, 1_200), "teal").save(target, "JPEG", exif=exif)
    return target.getvalue()


def a_bomb() -> bytes:
    """A small PNG of far too many pixels."""
    target = io.BytesIO()
    Image.new("1", (8_000, 6_000)).save(target, "PNG")
    return target.getvalue()


@pytest.fixture
def draft(app: Flask, world: World) -> str:
    """The address of a draft's form."""
    with database_session(app) as session:
        measure_id = measures.add(session, world.own, MEASURE, by=None, now=NOW).id
        row = verbs.begin_example(Work(session, SHELL, NOW), world.own, measure_id, CONTENT)
        session.flush()
        return f"/unternehmen/{world.own}/beispiele/eigene/{row.id}/aendern"


def send_example(
    browser: FlaskClient, place: str, picture: tuple[str, bytes] | None, **fields: str
) -> TestResponse:
    """Save the form of an example with a picture."""
    data: dict[str, Any] = form_fields(browser.get(place).text) | fields
    if picture:
        data |= {"picture": (io.BytesIO(picture[1]), picture[0])}
    return browser.post(place, data=data, content_type="multipart/form-data", follow_redirects=True)


def test_a_picture_is_kept_small_and_without_what_else_stood_in_it(
    draft: str, client_of: Callable[[str], FlaskClient]
) -> None:
    editor = client_of("editor")
    page = send_example(editor, draft, ("halle.jpg", with_position()), picture_alt="Die Halle").text
    assert 'alt="Die Halle"' in page
    kept = Image.open(io.BytesIO(editor.get(draft.replace("aendern", "bild.jpg")).data))
    assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", (1200, 600), {})
    gone = send_example(editor, draft, None, **{"without-picture": "1"}).text
    assert 'alt="Die Halle"' not in gone
    assert editor.get(draft.replace("aendern", "bild.jpg")).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("bild.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "Zeichnung"),
        ("bild.png", a_bomb(), "40 Millionen Bildpunkte"),
        ("bild.jpg", b"MZ" + b"\0" * 400, "Bild"),
    ],
    ids=["svg", "bomb", "program"],
)
def test_a_hostile_picture_is_refused_and_what_was_typed_stays(
    draft: str, client_of: Callable[[str], FlaskClient], name: str, content: bytes, said: str
) -> None:
    editor = client_of("editor")
    answer = send_example(editor, draft, (name, content), title="Ein neuer Titel")
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Ein neuer Titel"' in answer.text
    assert editor.get(draft.replace("aendern", "bild.jpg")).status_code == 404
    assert CONTENT.title in editor.get(draft).text


def test_faults_say_what_to_do_and_a_conflict_shows_the_other_text(
    draft: str, client_of: Callable[[str], FlaskClient]
) -> None:
    editor, owner = client_of("editor"), client_of("owner")
    long = send_example(editor, draft, ("halle.jpg", with_position()), advice="x" * 401)
    assert long.status_code == 422
    assert "Das Bild wählen Sie bitte noch einmal aus." in long.text
    assert "Bitte kürzen Sie ihn auf höchstens 400 Zeichen" in long.text
    seen = form_fields(editor.get(draft).text)
    send_example(owner, draft, None, title="Von der Chefin")
    conflict = editor.post(draft, data=seen | {"title": "Von mir"})
    assert conflict.status_code == 409
    assert 'value="Von mir"' in conflict.text
    assert "Von der Chefin" in conflict.text
    again = editor.post(draft, data=form_fields(conflict.text), follow_redirects=True)
    assert "Von mir" in again.text


def test_a_manager_gives_an_example_back_with_a_word(
    app: Flask, world: World, client_of: Callable[[str], FlaskClient]
) -> None:
    example = told_in_world(app, world)
    manager, owner, place = client_of("manager"), client_of("owner"), f"/cluster/{world.cluster}/beispiele"
    fields = form_fields(manager.get(f"{place}/{example}").text)
    none = post(manager, f"{place}/{example}/zurueckgeben", fields | {"reason": " "})
    assert none.status_code == 422
    assert "Schreiben Sie in einem Satz" in none.text
    post(manager, f"{place}/{example}/zurueckgeben", fields | {"reason": "Bitte mit <b>Jahr</b>."})
    own = owner.get(f"/unternehmen/{world.own}/beispiele/eigene/{example}").text
    assert "Bitte mit &lt;b&gt;Jahr&lt;/b&gt;." in own
    assert "Entwurf." in own
    assert post(manager, f"{place}/{example}/veroeffentlichen", fields).status_code == 404


def test_a_measure_set_back_withdraws_its_example_for_good(
    app: Flask, world: World, client_of: Callable[[str], FlaskClient]
) -> None:
    example, owner, nobody = told_in_world(app, world), client_of("owner"), app.test_client()
    with database_session(app) as session:
        measure = session.get_one(ExampleRow, example).measure_id
    public, place = f"/beispiele/{world.cluster}/{example}", f"/unternehmen/{world.own}/massnahmen"
    assert nobody.get(public).status_code == 200
    to = {"state": "running", "version": "1"}
    assert (
        "Ihr gutes Beispiel dazu ist zurückgezogen."
        in post(owner, f"{place}/{measure}/stand", to, follow_redirects=True).text
    )
    assert nobody.get(public).status_code == 404
    again = post(owner, f"{place}/{measure}/stand", {"state": "done", "version": "2"}, follow_redirects=True)
    assert "zurückgezogen" not in again.text
    assert nobody.get(public).status_code == 404
    with database_session(app) as session:
        assert session.get_one(ExampleRow, example).state is ExampleState.DRAFT
