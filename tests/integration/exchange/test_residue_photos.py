"""The photo of a notice: made anew, seen by whoever sees the notice, refused where hostile, gone with it."""

import io
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.services.clusters.consent import withdraw_consent
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import choices
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.exchange import neighbours, residues
from dnk_tool.store.tables.exchange.residues import NeighbourPair, ResidueNoticeRow, ResiduePicture
from tests.integration.exchange.residue_members import ResidueFirm, a_notice, add_residue_firm, as_firm, show
from tests.integration.exchange.test_example_pages import a_bomb, with_position
from tests.support.app import World, database_session, form_fields, number_of_rows, post
from tests.support.browsers import signed_in

FIELDS = {"title": "Buchenspäne", "codes": "03 01 05", "tonnes": "5", "number-language": "de", "version": "0"}
SHOWN = FIELDS | {"action": "show", "picture_alt": "Ein Haufen Späne"}


@pytest.fixture
def owner(app: Flask, world: World) -> FlaskClient:
    with database_session(app) as session:
        as_firm(session, world.cluster, world.own, "owner")
    return signed_in(app, "owner")


@pytest.fixture
def other(app: Flask, world: World) -> ResidueFirm:
    """Another member, which reads the board."""
    with database_session(app) as session:
        firm = add_residue_firm(session, world.cluster, "Möbelwerk Eich GmbH", "erna")
        session.expunge(firm.consent)
    return firm


def send_notice(
    browser: FlaskClient, path: str, photo: tuple[str, bytes] | None, **fields: str
) -> TestResponse:
    """Send the form of a notice with a photo."""
    data: dict[str, Any] = dict(form_fields(browser.get(path).text)) | SHOWN | fields
    if "without-picture" not in fields:
        data.pop("without-picture", None)
    if photo:
        data["picture"] = (io.BytesIO(photo[1]), photo[0])
    return browser.post(path, data=data, content_type="multipart/form-data", follow_redirects=True)


def new_notice(world: World) -> str:
    return f"/unternehmen/{world.own}/reststoffe/neu?art=offer"


def only_notice(app: Flask) -> int:
    with database_session(app) as session:
        return session.scalars(select(ResidueNoticeRow.id)).one()


def test_a_photo_is_made_anew_and_seen_by_who_sees_the_notice(
    app: Flask, world: World, owner: FlaskClient, other: ResidueFirm
) -> None:
    assert (
        "sehen den Eintrag jetzt"
        in send_notice(owner, new_notice(world), ("späne.jpg", with_position())).text
    )
    notice = only_notice(app)
    path = f"/unternehmen/{other.id}/reststoffe/{notice}/foto.jpg"
    reader, stranger = signed_in(app, "erna"), signed_in(app, "stranger")
    page = reader.get(f"/unternehmen/{other.id}/reststoffe").text
    assert 'alt="Ein Haufen Späne"' in page
    assert 'loading="lazy"' in page
    for client, address in (
        (reader, path),
        (owner, f"/unternehmen/{world.own}/reststoffe/{notice}/foto.jpg"),
        (signed_in(app, "manager"), f"/cluster/{world.cluster}/reststoffe/{notice}/foto.jpg"),
    ):
        kept = Image.open(io.BytesIO(client.get(address).data))
        assert (kept.format, dict(kept.getexif())) == ("JPEG", {})
    for client, address in (
        (stranger, f"/unternehmen/{world.foreign}/reststoffe/{notice}/foto.jpg"),
        (signed_in(app, "outsider"), f"/cluster/{world.foreign_cluster}/reststoffe/{notice}/foto.jpg"),
    ):
        assert client.get(address).status_code == 404
    assert "foto.jpg" not in reader.get(f"/unternehmen/{other.id}/reststoffe/blatt").text
    with database_session(app) as session:
        consent = clusters.find_consent(session, world.own, world.cluster)
        assert consent is not None
        choices.replace_choices(session, consent.id, [])
    assert reader.get(path).status_code == 404, "gone at the next request"


def test_a_photo_needs_words_and_goes_when_it_is_removed(
    app: Flask, world: World, owner: FlaskClient
) -> None:
    bare = send_notice(owner, new_notice(world), ("späne.jpg", with_position()), picture_alt="")
    assert bare.status_code == 422
    assert "was das Foto zeigt." in bare.text
    assert "Das Foto wählen Sie bitte noch einmal aus." in bare.text
    assert send_notice(owner, new_notice(world), None, picture_alt="").status_code == 200, "none needs none"
    notice = only_notice(app)
    edit = f"/unternehmen/{world.own}/reststoffe/{notice}"
    send_notice(owner, edit, None, version="1", picture_alt="Ein Haufen")
    with database_session(app) as session:
        assert session.get_one(ResidueNoticeRow, notice).picture_alt == "Ein Haufen", "words wait for a photo"
    photo = f"{edit}/foto.jpg"
    assert owner.get(photo).status_code == 404
    send_notice(owner, edit, ("späne.jpg", with_position()), version="2")
    assert owner.get(photo).status_code == 200
    named = send_notice(owner, edit, None, version="3", picture_alt="Das Lager der A GmbH")
    assert "Hier steht der Name Ihres Unternehmens" in named.text
    stale = send_notice(owner, edit, ("neu.jpg", with_position()), version="1")
    assert stale.status_code == 409, "a photo is a change by itself"
    unfinished = send_notice(owner, edit, None, version="3", title="", **{"without-picture": "1"})
    assert re.search(r'name="without-picture"[^>]* checked', unfinished.text), "what was ticked stays"
    send_notice(owner, edit, None, version="3", **{"without-picture": "1"})
    assert owner.get(photo).status_code == 404
    with database_session(app) as session:
        assert session.get_one(ResidueNoticeRow, notice).picture_alt == ""


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("foto.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "Zeichnung"),
        ("foto.png", a_bomb(), "40 Millionen Bildpunkte"),
        ("foto.jpg", b"MZ" + b"\0" * 400, "Bild"),
    ],
    ids=["svg", "bomb", "program"],
)
def test_a_hostile_photo_is_refused_and_what_was_typed_stays(
    app: Flask, world: World, owner: FlaskClient, name: str, content: bytes, said: str
) -> None:
    answer = send_notice(owner, new_notice(world), (name, content), title="Ein Haufen")
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Ein Haufen"' in answer.text
    with database_session(app) as session:
        assert session.scalars(select(ResidueNoticeRow)).all() == []


@pytest.mark.parametrize("way", ["deleted", "left"])
def test_the_photo_goes_with_the_notice_and_with_the_membership(
    app: Flask, world: World, owner: FlaskClient, other: ResidueFirm, way: str
) -> None:
    with database_session(app) as session:
        notice = show(session, other, a_notice(), datetime.now(UTC), picture=b"jpeg")
        assert residues.pictured(session, [notice]) == {notice}
    if way == "deleted":
        post(signed_in(app, "erna"), f"/unternehmen/{other.id}/reststoffe/{notice}/loeschen")
    else:
        with database_session(app) as session:
            consent = clusters.find_consent(session, other.id, world.cluster)
            assert consent is not None
            withdraw_consent(Work(session, other.actor, datetime.now(UTC)), consent)
    assert number_of_rows(app, ResiduePicture) == 0


def test_a_photo_crosses_with_its_notice_alone(app: Flask, world: World, other: ResidueFirm) -> None:
    with database_session(app) as session:
        as_firm(session, world.foreign_cluster, world.foreign, "stranger")
        notice = show(session, other, a_notice(), datetime.now(UTC), picture=b"jpeg")
    reader = signed_in(app, "stranger")
    address = f"/unternehmen/{world.foreign}/reststoffe/{notice}/foto.jpg"

    def allow(*allowed: ConsentChoice) -> None:
        with database_session(app) as session:
            choices.replace_choices(session, other.consent.id, allowed)

    allow(ConsentChoice.RESIDUES, ConsentChoice.RESIDUE_NEIGHBOURS)
    assert reader.get(address).status_code == 404, "the clusters are no neighbours"
    with database_session(app) as session:
        neighbours.propose(session, world.cluster, world.foreign_cluster, now=datetime.now(UTC))
        session.scalars(select(NeighbourPair)).one().accepted_at = datetime.now(UTC)
    assert reader.get(address).data == b"jpeg"
    allow(ConsentChoice.RESIDUES)
    assert reader.get(address).status_code == 404, "the company keeps it to its cluster"
