"""What is archived can be read by everybody who could read it before, and changed by nobody."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from dnk_tool.domain.permissions import CHANGES_OF_CLUSTER, CHANGES_OF_COMPANY, POLICY, Permission
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.http.access import permission_of
from tests.contract.test_routes import browsers, path_of, rules, scope_of, table_digests
from tests.support.app import World, database_session, post

# Forms whose permission is for a look: what they change is refused by the service, under the company's lock.
FORMS_OF_READERS = {
    "sign_off.answer",  # for whoever was asked
    "evidence.upload",  # for whoever may write what the file belongs to
    "evidence.use_again",
    "evidence.save",
    "evidence.remove",
    "member.leave",  # stays open: to leave is a person's own right
    "declaration_deletion.delete",  # stays open, as the next two: what its owners delete is not edited
    "declaration_deletion.erase",
    "company_closing.delete",
    "company_export.take",  # stays open: it changes nothing
    "offline.check",  # shows what a file says
    "offline.take",
}
READS = {
    Permission.ORGANISATION_CLOSE,
    Permission.ORGANISATION_VIEW,
    Permission.DECLARATION_ENTER,
    Permission.DECLARATION_VIEW,
    Permission.SECTION_VIEW,
    Permission.CLUSTER_VIEW,
}
GENERAL = {
    Permission.PUBLIC,
    Permission.SIGN_IN,
    Permission.BY_LINK,
    Permission.ACCOUNT,
    Permission.SET_UP,
    Permission.INSTALLATION_RUN,
    Permission.ORGANISATION_CREATE,
}


def test_each_permission_is_for_a_change_or_for_a_look() -> None:
    """Whoever adds a permission decides here whether an archive withholds it."""
    assert set(POLICY) == CHANGES_OF_COMPANY | CHANGES_OF_CLUSTER | READS | GENERAL
    assert not (CHANGES_OF_COMPANY | CHANGES_OF_CLUSTER) & (READS | GENERAL)


def archive_row(app: Flask, kind: type[Organisation] | type[Cluster], key: int) -> None:
    with database_session(app) as session:
        session.get_one(kind, key).archived_at = datetime.now(UTC)


def test_nothing_of_an_archived_company_can_be_changed_at_any_address(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dnk_tool.web.endpoint_limits.LIMITS", {})
    owner = browsers(app)["owner"]
    archive_row(app, Organisation, world.own)
    before, deeds = table_digests(app), 0
    for rule, method in rules(app):
        permission = permission_of(app, rule.endpoint)
        if method != "POST" or scope_of(rule) != "company":
            continue
        if permission not in CHANGES_OF_COMPANY and rule.endpoint != "recalculated.save":
            assert rule.endpoint in FORMS_OF_READERS, "say here why this form may be sent"
            continue
        path = path_of(app, rule, world.own, world.own_declaration, world.cluster)
        answer = post(owner, path, {"typed": "Mein Satz", "action": "save"})
        assert answer.status_code == 403, rule
        assert "archiviert" in answer.text, rule
        assert "Mein Satz" in answer.text, rule
        deeds += 1
    assert table_digests(app) == before
    assert deeds > 40


def test_nothing_of_an_archived_cluster_can_be_changed_at_any_address(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dnk_tool.web.endpoint_limits.LIMITS", {})
    manager = browsers(app)["manager"]
    archive_row(app, Cluster, world.cluster)
    before, deeds = table_digests(app), 0
    for rule, method in rules(app):
        # Which year a person looks at is their own, and in an archive there are years to choose from.
        if method != "POST" or scope_of(rule) != "cluster" or rule.endpoint == "cockpit.choose_view":
            continue
        path = path_of(app, rule, world.own, world.own_declaration, world.cluster)
        answer = post(manager, path, {"title": "Titel", "text_de": "Satz"})
        # A form that cannot be read goes no further than to its page; see which ones below.
        is_unread = answer.status_code in (404, 422) and permission_of(app, rule.endpoint) in READS
        assert is_unread or (answer.status_code == 403 and "archiviert" in answer.text), rule
        deeds += 1
    assert table_digests(app) == before
    assert deeds >= 20


def test_every_page_of_what_is_archived_stays_open(app: Flask, world: World) -> None:
    clients = browsers(app)
    paths = [
        (role, path_of(app, rule, world.own, world.own_declaration, world.cluster))
        for rule, method in rules(app)
        if method == "GET"
        for role in (("owner", "contributor") if scope_of(rule) == "company" else ("manager",))
        # A cluster counts no archived member.
        if scope_of(rule) and not rule.endpoint.startswith(("cockpit.member", "member_file."))
    ]
    before = [clients[role].get(path).status_code for role, path in paths]
    archive_row(app, Organisation, world.own)
    archive_row(app, Cluster, world.cluster)
    after = [clients[role].get(path).status_code for role, path in paths]
    changed = [
        (*place, *codes) for place, *codes in zip(paths, before, after, strict=True) if codes[0] != codes[1]
    ]
    assert changed == []


def test_a_page_that_saves_itself_is_told_and_keeps_the_text(app: Flask, world: World) -> None:
    owner = browsers(app)["owner"]
    archive_row(app, Organisation, world.own)
    path = f"/erklaerungen/{world.own_declaration}/kriterien/1"
    answer = post(owner, path, {"autosave": "1"}, headers={"X-Requested-With": "fetch"})
    assert (answer.status_code, answer.json["status"]) == (409, "conflict")
    assert "archiviert" in answer.json["message"]


def test_other_companies_and_clusters_stay_as_they_were(app: Flask, world: World) -> None:
    clients = browsers(app)
    archive_row(app, Organisation, world.own)
    archive_row(app, Cluster, world.cluster)
    assert post(clients["stranger"], f"/unternehmen/{world.foreign}/profil", {"name": "B"}).status_code != 403
    path = f"/cluster/{world.foreign_cluster}/team/angaben"
    assert post(clients["outsider"], path, {"cluster_name": "Neu"}).status_code != 403
