"""The practice firm: managers edit it in workshops, it begins anew, and it counts nowhere."""

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select

from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.store.clusters import practice_firms
from dnk_tool.store.operation import companies
from dnk_tool.store.operation.companies import CompanyFilter
from dnk_tool.store.privacy import deletion
from dnk_tool.store.tables.clusters import Consent, PracticeFirm
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Membership, Organisation
from tests.support.app import database_session, make_account, make_cluster, post, sign_in
from tests.support.browsers import signed_in


def test_managers_practise_and_nothing_of_it_counts(any_app: Flask) -> None:
    with database_session(any_app) as session:
        cluster_id = make_cluster(session, "Netz", manager=ClusterRole.MANAGER).id
        make_account(session, "operator@example.org", name="Operator", is_operator=True)
    client, page = any_app.test_client(), f"/cluster/{cluster_id}/raum"
    sign_in(client, "manager@example.org")
    assert "Übungsbetrieb anlegen" in client.get(page).text
    assert post(client, f"{page}/uebungsbetrieb", {}).status_code == 303
    with database_session(any_app) as session:
        first = session.scalars(select(Organisation)).one()
        first.address = "Am Markt 1"
        first_id, declaration = first.id, session.scalars(select(Declaration)).one().id
        assert companies.count(session, CompanyFilter()) == 0
        assert session.scalars(select(Consent)).all() == [], "no list, sum or reminder knows it"
    assert "Übungsbetrieb Tischlerei Sommer" in client.get(f"/erklaerungen/{declaration}/").text
    assert "Hier endet der Weg" in client.get(f"/erklaerungen/{declaration}/pruefen").text
    for closed in (f"/erklaerungen/{declaration}/einreichen", f"/unternehmen/{first_id}/erklaerungen/neu"):
        assert post(client, closed, {}).status_code == 403, closed
    assert post(client, f"{page}/uebungsbetrieb", {}).status_code == 303
    with database_session(any_app) as session:
        anew = session.scalars(select(Organisation)).one()
        assert anew.address != "Am Markt 1"
        assert session.scalars(select(PracticeFirm)).one().organisation_id == anew.id


def test_the_editors_are_those_who_manage(any_app: Flask) -> None:
    with database_session(any_app) as session:
        cluster = make_cluster(session, "Netz", manager=ClusterRole.MANAGER, second=ClusterRole.MANAGER)
        cluster_id = cluster.id
    client = signed_in(any_app, "manager")
    post(client, f"/cluster/{cluster_id}/raum/uebungsbetrieb", {})
    with database_session(any_app) as session:
        firm = practice_firms.of_cluster(session, cluster_id)
        assert firm
        editors = session.scalars(select(Membership).order_by(Membership.user_id)).all()
        assert len(editors) == 2
        leaving = editors[1].user_id
    assert post(client, f"/cluster/{cluster_id}/team/{leaving}/entfernen", {}).status_code == 303
    with database_session(any_app) as session:
        assert leaving not in session.scalars(select(Membership.user_id)).all()
        deletion.delete_cluster(session, cluster_id, now=datetime(2026, 11, 28, tzinfo=UTC))
        assert session.scalars(select(Organisation)).all() == [], "it goes with its cluster"
