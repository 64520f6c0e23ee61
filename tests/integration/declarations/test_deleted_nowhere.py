"""A deleted declaration is on no page of anybody: neither its year nor a word that was written in it.

A company writes a canary into everything that a declaration holds, and deletes it. Then those who could see
it open the addresses of the company, of the cluster and of the lists; only who may restore it meets the year.
"""

from datetime import UTC, datetime

import pytest
from flask import Flask

from dnk_tool.domain.answers.answer import Disclosure
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.permissions import Actor, Role
from dnk_tool.domain.review import Audience, ReviewSide
from dnk_tool.services.declarations import deletion
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.tables.answers import AnswerRow
from dnk_tool.store.tables.declarations import Declaration, Snapshot
from dnk_tool.store.tables.evidence import EvidenceFile, EvidenceUse
from dnk_tool.store.tables.publication import Publication
from dnk_tool.store.tables.review import RemarkRow
from tests.contract.test_routes import browsers, path_of, rules, scope_of
from tests.support.app import World, database_session, make_world

CANARY, YEAR = "Kanarienvogel", 1987
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
# Who opens what: the pages of companies and of clusters, and those that speak of no company by their address.
VISITORS = {"company": ("owner", "editor", "viewer"), "cluster": ("manager",)}
EVERYWHERE = {
    "start.show": ("owner", "viewer", "contributor", "manager", "nobody"),
    "public.index": ("nobody",),
    "public.feed": ("nobody",),
    "operation.companies": ("operator",),
    "operation.company": ("operator",),
    "operation.ask_to_delete_company": ("operator",),
    "operation.show": ("operator",),
}
# Where the year may stand: the way back, and that it was deleted.
NAMED_TO = {
    "declaration_deletion.index": {"owner", "editor"},
    "trail.show": {"owner"},
    "trail.as_csv": {"owner"},
    "declaration_deletion.ask_to_erase": {"owner"},
}


def write_everywhere(app: Flask, world: World) -> None:
    with database_session(app) as session:
        row = session.get_one(Declaration, world.own_declaration)
        row.reporting_year, row.state, row.submitted_at = YEAR, State.APPROVED, NOW
        about = {"declaration_id": row.id}
        session.add_all(
            [
                AnswerRow(**about, ref="1.1", disclosure=Disclosure.COMPLY, text=CANARY, changed_at=NOW),
                Snapshot(
                    **about,
                    version=1,
                    content=CANARY.encode(),
                    sha256="a" * 64,
                    finished_at=NOW,
                    submitted_at=NOW,
                    cluster_id=world.cluster,
                ),
                Publication(
                    **about,
                    version=1,
                    slug="kanarienvogel-1987",
                    company=CANARY,
                    search_name=CANARY.lower(),
                    reporting_year=YEAR,
                    published_at=NOW,
                    revoked_at=NOW,
                ),
                RemarkRow(
                    **about,
                    section="1",
                    version=1,
                    cluster_id=world.cluster,
                    audience=Audience.SHARED,
                    side=ReviewSide.COMPANY,
                    text=CANARY,
                    written_at=NOW,
                    published_at=NOW,
                ),
                EvidenceFile(
                    organisation_id=world.own,
                    year=YEAR,
                    sha256="b" * 64,
                    name=f"{CANARY}.pdf",
                    kind="pdf",
                    size=1,
                    uploaded_at=NOW,
                    uses=[EvidenceUse(**about, ref="1.1")],
                ),
            ]
        )
        history.record_declaration_event(
            session, row, EventKind.SECTION_SAVED, actor_id=None, now=NOW, section="1", refs=["1.1"]
        )


def test_a_deleted_declaration_is_nowhere(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dnk_tool.web.endpoint_limits.LIMITS", {})
    world = make_world(app)
    write_everywhere(app, world)
    clients = browsers(app)
    assert CANARY in clients["owner"].get(f"/erklaerungen/{world.own_declaration}/kriterien/1").text
    assert str(YEAR) in clients["manager"].get(f"/cluster/{world.cluster}/mitglieder/{world.own}").text
    with database_session(app) as session:
        row = session.get_one(Declaration, world.own_declaration)
        deletion.delete_declaration(Work(session, Actor(1, {world.own: Role.OWNER}), NOW), row)
    wrong, seen = [], set()
    for rule, method in rules(app):
        if method != "GET":
            continue
        path = path_of(app, rule, world.own, world.own_declaration, world.cluster)
        if "declaration_id" in rule.arguments:
            if clients["owner"].get(path).status_code != 404:
                wrong.append(f"{path} is there")
            continue
        for role in VISITORS.get(scope_of(rule), EVERYWHERE.get(rule.endpoint, ())):
            text = clients[role].get(path).get_data().decode("utf-8", "replace")
            seen.add((role, path))
            if CANARY in text or (str(YEAR) in text and role not in NAMED_TO.get(rule.endpoint, ())):
                wrong.append(f"{path} tells {role}")
    assert wrong == []
    assert len(seen) > 70
    assert "A GmbH" in clients["manager"].get(f"/cluster/{world.cluster}/").text, "the member is still one"
    assert clients["nobody"].get("/berichte/kanarienvogel-1987").status_code == 410, "as after the withdrawal"
