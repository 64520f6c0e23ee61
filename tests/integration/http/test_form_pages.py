"""What all pages with a form and a version share: two people change the same, and neither loses a word."""

import re
from typing import Any

import pytest
from flask import Flask

from dnk_tool.domain.permissions import Role
from tests.integration.exchange.polls.poll_rooms import poll_manager
from tests.support.app import database_session, form_fields, make_organisation, post, sign_in

GROUP = {"name": "Abwärme", "version": "0"}
POLL = {"question": "Abwärme", "kind": "text", "attribution": "anonymous", "version": "0"}
AWARD = {
    "name": "Abwärme",
    "year": "2026",
    "nominate_until": "31.12.2098",
    "judge_until": "31.12.2099",
    "criteria-0-name": "Wirkung",
    "criteria-0-weight": "100",
}


@pytest.mark.parametrize(
    ("room", "fields", "page", "words"),
    [
        ("arbeitsgruppen", GROUP, "", "name"),
        ("umfragen", POLL, "/aendern", "question"),
        ("auszeichnungen", AWARD, "/aendern", "name"),
    ],
)
def test_who_is_late_reads_the_other_version_and_then_saves(
    app: Flask, room: str, fields: dict[str, Any], page: str, words: str
) -> None:
    client, cluster_id = poll_manager(app)
    base = f"/cluster/{cluster_id}/{room}"
    wrong = post(client, f"{base}/neu", fields | {words: ""})
    assert wrong.status_code == 422
    assert post(client, f"{base}/neu", form_fields(wrong.text) | fields).status_code == 303
    found = re.search(rf'href="({base}/[0-9]+)["/]', client.get(base).text)
    assert found is not None
    address = found[1] + page
    seen = form_fields(client.get(address).text)
    assert post(client, address, seen | {words: "Von der einen"}).status_code == 303
    late = post(client, address, seen | {words: "Von der anderen"})
    assert late.status_code == 409
    assert form_fields(late.text)[words] == ["Von der anderen"]
    assert "Von der einen" in late.text
    assert form_fields(client.get(address).text)[words] == ["Von der einen"], "nothing is written yet"
    assert post(client, address, form_fields(late.text)).status_code == 303
    assert form_fields(client.get(address).text)[words] == ["Von der anderen"]


def test_who_is_late_with_the_profile_saves_it_after_reading(app: Flask) -> None:
    with database_session(app) as session:
        company = make_organisation(session, "Eich GmbH", erna=Role.OWNER).id
    editor, address = app.test_client(), f"/unternehmen/{company}/profil"
    sign_in(editor, "erna@example.org")
    seen = form_fields(editor.get(address).text)
    assert post(editor, address, seen | {"name": "Von der einen"}).status_code == 303
    late = post(editor, address, seen | {"name": "Von der anderen"})
    assert late.status_code == 409
    assert "Von der einen" in late.text
    assert post(editor, address, form_fields(late.text)).status_code == 303
    assert form_fields(editor.get(address).text)["name"] == ["Von der anderen"]
