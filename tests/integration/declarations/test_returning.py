"""Whoever comes back lands where they came from: at the row of the criterion, at the point, at the file."""

from flask import Flask

from dnk_tool.domain.permissions import Actor, Role
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.text.form_fields import field_name
from tests.support.app import database_session, form_fields, make_world, post, sign_in
from tests.support.evidence import add_evidence


def test_returning_lands_where_one_came_from(app: Flask) -> None:
    world = make_world(app)
    client, base = app.test_client(), f"/erklaerungen/{world.own_declaration}"
    sign_in(client, "owner@example.org")
    assert f'href="{base}/#section-2"' in client.get(f"{base}/kriterien/2").text, (
        "the map's way to the overview"
    )
    assert 'id="section-2"' in client.get(f"{base}/").text
    point = f"{base}/kriterien/2#{field_name('2.1')}"
    asking = f"{base}/beitraege/neu?kriterium=2&punkt=2.1"
    page = client.get(asking).text
    assert f'href="{point}"' in page
    assert f'action="{asking.replace("&", "&amp;")}"' in page
    fields = {"email": "ina@example.org", "name": "Ina", "points": "2.1", "language": "de", "message": ""}
    assert post(client, asking, fields).headers["Location"] == point
    remarks = f"{base}/anmerkungen/2"
    assert f'href="{point}"' in client.get(f"{remarks}?punkt=2.1").text
    sent = {key: values[0] for key, values in form_fields(client.get(remarks).text).items() if values}
    answer = post(client, remarks, sent | {"ref": "2.1", "text": "Stimmt das?", "action": "text"})
    assert answer.headers["Location"] == f"{remarks}?punkt=2.1#remark-1"
    with database_session(app) as session:
        row = session.get_one(Declaration, world.own_declaration)
        add_evidence(session, app.extensions["dnk_blobs"], row, Actor(1, {world.own: Role.OWNER}))
    answer = post(client, f"{base}/belege/1", {"title": "Strom", "version": "1"})
    assert answer.headers["Location"] == f"{base}/belege/#evidence-1"
    assert 'id="evidence-1"' in client.get(f"{base}/belege/").text
