"""The pages of a company's people, its home, the first page, and the change from one place to another."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, inspect, select
from werkzeug.test import TestResponse

from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.services.invitations import secret_links
from dnk_tool.store import people as memberships
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.tables.clusters import ClusterStaff
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.organisations import Membership, Organisation
from tests.support.app import (
    World,
    add_member,
    database_session,
    form_fields,
    make_account,
    make_cluster,
    make_organisation,
    post,
)
from tests.support.browsers import main_of, signed_in
from tests.support.declaration_scenario import stored_mails

MOST_STATEMENTS = 13


def id_of_account(app: Flask, who: str) -> int:
    with app.extensions["dnk_session_factory"]() as session:
        account = accounts.by_email(session, f"{who}@example.org")
        assert account is not None
        return account.id


def membership(app: Flask, world: World, who: str) -> dict[str, Any] | None:
    """The row as it is kept."""
    with app.extensions["dnk_session_factory"]() as session:
        row = memberships.find(session, world.own, id_of_account(app, who))
        return columns(row) if row else None


def columns(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in inspect(row).mapper.column_attrs}


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    statements: list[str] = []

    def note(*given: Any) -> None:
        statements.append(given[2])

    event.listen(app.extensions["dnk_engine"], "before_cursor_execute", note)
    yield statements
    event.remove(app.extensions["dnk_engine"], "before_cursor_execute", note)


@pytest.fixture
def path(world: World) -> str:
    return f"/unternehmen/{world.own}/personen"


def test_everybody_but_contributors_sees_who_works_here(app: Flask, path: str) -> None:
    for who in ("viewer", "editor", "owner"):
        text = main_of(signed_in(app, who).get(path))
        for word in ("Owner", "Editor", "Viewer", "Contributor", "contributor@example.org"):
            assert word in text
        assert "Sieht und schreibt nur ausgewählte Kriterien." in text
        assert "1. Strateg" in text, "which criteria a contributor has"
        assert "Der Zugang endete am" in text
        assert "(das sind Sie)" in text
        assert ("Person einladen" in text) is (who == "owner")
        assert ("<form" in text) is False, "nobody is invited yet"
        assert ("/entfernen" in text) is (who == "owner")
    assert signed_in(app, "contributor").get(path).status_code == 403


def test_the_owner_sees_what_became_of_invitations(app: Flask, path: str) -> None:
    owner = signed_in(app, "owner")
    post(owner, f"{path}/einladen", {"email": "neu@example.org", "role": "viewer", "until": "31.12.2099"})
    text = main_of(owner.get(path))
    assert "Offene Einladungen" in text
    assert "neu@example.org" in text
    assert "bis zum 31.12.2099" in text
    assert re.search(r"Gesendet am .* von Owner\.", text)
    assert "Gilt bis zum" in text
    assert "erneut-senden" in text
    reader = main_of(signed_in(app, "viewer").get(path))
    assert "neu@example.org" in reader
    assert "<form" not in reader


@pytest.mark.parametrize(
    ("fields", "message", "anchor"),
    [
        ({"email": "kein", "role": "editor"}, "Geben Sie eine E-Mail-Adresse ein", "email"),
        ({"role": ""}, "Wählen Sie eine Rolle.", "role"),
        ({"role": "operator"}, "Wählen Sie eine Rolle.", "role"),
        ({"role": "contributor"}, "Wählen Sie mindestens ein Kriterium.", "sections"),
        ({"role": "contributor", "sections": "99"}, "Wählen Sie mindestens ein Kriterium.", "sections"),
        ({"role": "viewer", "until": "1.1.2020"}, "Dieser Tag ist schon vorbei.", "until"),
        ({"role": "viewer", "until": "bald"}, "Geben Sie ein Datum ein", "until"),
        ({"email": "viewer@example.org", "role": "editor"}, "arbeitet schon hier", "email"),
    ],
)
def test_an_invitation_says_what_is_wrong_and_keeps_what_was_typed(
    app: Flask, world: World, path: str, fields: dict[str, str], message: str, anchor: str
) -> None:
    given = {"email": "neu@example.org", **fields}
    answer = post(signed_in(app, "owner"), f"{path}/einladen", given)
    assert answer.status_code == 422
    summary = answer.text.split("govuk-error-summary__list")[1].split("</ul>")[0]
    assert message in summary
    assert f'href="#{anchor}"' in summary
    assert f'id="{anchor}"' in answer.text
    assert answer.text.count(message) == 2, "in the summary and at the field"
    shown = form_fields(answer.text)
    assert shown["email"] == [given["email"]]
    if "until" in fields:
        assert shown["until"] == [fields["until"]]
    with app.extensions["dnk_session_factory"]() as session:
        assert not session.scalars(select(Invitation)).all()
    assert not stored_mails(app, given["email"])


def test_nobody_is_invited_twice(app: Flask, path: str) -> None:
    owner = signed_in(app, "owner")
    assert post(owner, f"{path}/einladen", {"email": "neu@example.org", "role": "editor"}).status_code == 303
    answer = post(owner, f"{path}/einladen", {"email": "NEU@example.org", "role": "viewer"})
    assert answer.status_code == 422
    assert "schon eingeladen" in answer.text


def test_a_hidden_field_with_nonsense_does_not_hinder(app: Flask, path: str) -> None:
    """The last day belongs to viewers; what stands there is not read for others."""
    fields = {"email": "neu@example.org", "role": "editor", "until": "bald", "sections": "1"}
    assert post(signed_in(app, "owner"), f"{path}/einladen", fields).status_code == 303
    with app.extensions["dnk_session_factory"]() as session:
        row = session.scalars(select(Invitation)).one()
        assert (row.role, row.refs, row.until) == ("editor", [], None)


def test_an_invitation_takes_only_what_its_form_has(app: Flask, world: World, path: str) -> None:
    names = {
        name: "7" for name in columns(Invitation()) if name not in ("email", "role", "language", "until")
    }
    fields = {**names, "email": "neu@example.org", "role": "editor", "language": "fr"}
    assert post(signed_in(app, "owner"), f"{path}/einladen", fields).status_code == 303
    with app.extensions["dnk_session_factory"]() as session:
        row = session.scalars(select(Invitation)).one()
        assert row.organisation_id == world.own
        assert (row.kind, row.role, row.refs, row.language) == (InvitationKind.MEMBER, "editor", [], "de")
        assert (row.cluster_id, row.declaration_id, row.company, row.message) == (None, None, "", "")
        assert (row.accepted_at, row.accepted_by, row.revoked_at, row.times_sent) == (None, None, None, 1)
        assert row.created_by == id_of_account(app, "owner")


def test_a_change_takes_only_what_its_form_has(app: Flask, world: World, path: str) -> None:
    before = membership(app, world, "editor")
    owner, number = signed_in(app, "owner"), id_of_account(app, "editor")
    fields = {
        "id": "77",
        "user_id": str(id_of_account(app, "stranger")),
        "organisation_id": str(world.foreign),
        "created_at": "2020-01-01",
        "role": "contributor",
        "sections": ["1", "13"],
    }
    assert post(owner, f"{path}/{number}", fields).status_code == 303
    after = membership(app, world, "editor")
    assert before is not None
    assert after == {**before, "role": Role.CONTRIBUTOR, "sections": ["1", "13"]}


def test_a_change_holds_on_the_very_next_request(app: Flask, world: World, path: str) -> None:
    owner, editor = signed_in(app, "owner"), signed_in(app, "editor")
    number, page = id_of_account(app, "editor"), f"/erklaerungen/{world.own_declaration}/kriterien/1"
    fields = form_fields(editor.get(page).text)
    assert editor.post(page, data=fields).status_code == 303
    assert post(owner, f"{path}/{number}", {"role": "viewer"}).status_code == 303
    assert editor.post(page, data=fields).status_code == 403
    assert editor.get(page).status_code == 200
    assert post(owner, f"{path}/{number}/entfernen").status_code == 303
    assert editor.get(page).status_code == 404
    assert editor.get(f"/unternehmen/{world.own}").status_code == 404
    assert "A GmbH" not in editor.get("/").text


def test_the_form_shows_what_holds(app: Flask, path: str) -> None:
    owner = signed_in(app, "owner")
    shown = form_fields(owner.get(f"{path}/{id_of_account(app, 'contributor')}").text)
    assert (shown["role"], shown["sections"]) == (["contributor"], ["1"])
    ended = form_fields(owner.get(f"{path}/{id_of_account(app, 'expired')}").text)
    assert ended["role"] == ["viewer"]
    assert re.fullmatch(r"\d\d\.\d\d\.\d{4}", ended["until"][0])
    answer = owner.post(f"{path}/{id_of_account(app, 'expired')}", data=ended)
    assert answer.status_code == 303, "sent back untouched it changes nothing"
    with app.extensions["dnk_session_factory"]() as session:
        assert not session.scalars(select(Event).where(Event.kind == EventKind.MEMBER_CHANGED)).all()


def test_who_is_removed_gets_a_short_mail_in_their_language(app: Flask, path: str) -> None:
    with database_session(app) as session:
        viewer = accounts.by_email(session, "viewer@example.org")
        assert viewer is not None
        viewer.language = "en"
    owner = signed_in(app, "owner")
    number = id_of_account(app, "viewer")
    assert "Viewer entfernen?" in owner.get(f"{path}/{number}/entfernen").text
    assert post(owner, f"{path}/{number}/entfernen").status_code == 303
    [mail] = stored_mails(app, "viewer@example.org")
    assert mail.language == "en"
    assert "A GmbH" in mail.subject
    assert "Viewer" not in main_of(owner.get(path)).replace("Viewer arbeitet nicht mehr hier", "")


def test_the_last_owner_stays(app: Flask, world: World, path: str) -> None:
    owner, number = signed_in(app, "owner"), id_of_account(app, "owner")
    for target, fields in (
        (f"{path}/{number}", {"role": "editor"}),
        (f"{path}/{number}/entfernen", {}),
        (f"/unternehmen/{world.own}/verlassen", {}),
    ):
        answer = post(owner, target, fields)
        assert answer.status_code == 422, target
        assert "Mindestens eine Person muss die Leitung haben" in answer.text
    row = membership(app, world, "owner")
    assert row is not None
    assert row["role"] is Role.OWNER


@pytest.mark.parametrize("who", ["viewer", "contributor", "editor"])
def test_everybody_may_leave(app: Flask, world: World, who: str) -> None:
    client, path = signed_in(app, who), f"/unternehmen/{world.own}/verlassen"
    assert "Nicht mehr für A GmbH arbeiten?" in client.get(path).text
    assert path in client.get(f"/unternehmen/{world.own}").text
    answer = post(client, path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert membership(app, world, who) is None
    assert client.get(path).status_code == 404
    assert not stored_mails(app, f"{who}@example.org"), "whoever leaves knows it"


def test_an_owner_who_steps_back_is_not_left_before_a_closed_door(
    app: Flask, world: World, path: str
) -> None:
    with database_session(app) as session:
        add_member(session, world.own, "zweite", Role.OWNER)
    owner, number = signed_in(app, "owner"), id_of_account(app, "owner")
    answer = post(owner, f"{path}/{number}", {"role": "contributor", "sections": ["2"]})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert owner.get("/").status_code == 200


def test_people_and_invitations_of_others_do_not_exist(app: Flask, world: World, path: str) -> None:
    with database_session(app) as session:
        row, _token = secret_links.create_invitation(
            session,
            InvitationKind.MEMBER,
            email="fremd@example.org",
            language="de",
            by=None,
            now=datetime.now(UTC),
            organisation_id=world.foreign,
            role="owner",
        )
        invitation = row.id
    owner, stranger = signed_in(app, "owner"), id_of_account(app, "stranger")
    for target in (f"{path}/{stranger}", f"{path}/{stranger}/entfernen", f"{path}/{2**31}"):
        assert owner.get(target).status_code == 404
        assert post(owner, target, {"role": "owner"}).status_code == 404
    for verb in ("erneut-senden", "zuruecknehmen"):
        assert post(owner, f"{path}/einladungen/{invitation}/{verb}").status_code == 404
    assert not stored_mails(app, "fremd@example.org")


def test_the_home_of_a_company(app: Flask, world: World) -> None:
    for who, role in (("owner", "Leitung"), ("editor", "Bearbeitung"), ("viewer", "Einsicht")):
        text = main_of(signed_in(app, who).get(f"/unternehmen/{world.own}"))
        assert f"Ihre Rolle hier: {role}" in text
        assert f'href="/erklaerungen/{world.own_declaration}/"' in text
        assert "0 von 20 Kriterien fertig" in text
        assert f'href="/unternehmen/{world.own}/profil"' in text
        assert f'href="/unternehmen/{world.own}/personen"' in text
        is_writer = who != "viewer"
        assert ("Als Nächstes" in text) is is_writer
        assert ("Neue Erklärung" in text) is is_writer


def test_every_link_on_the_home_of_a_company_opens(app: Flask, world: World) -> None:
    for who in ("owner", "editor", "viewer", "contributor"):
        client = signed_in(app, who)
        for link in links_of(client.get(f"/unternehmen/{world.own}")):
            assert client.get(link).status_code in (200, 302), (who, link)


def links_of(answer: TestResponse) -> list[str]:
    return sorted({link.split("#")[0] for link in re.findall(r'href="(/[^"#]+)', main_of(answer))})


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (State.CHANGES_REQUESTED, "Anmerkungen der Prüfung beantworten"),
        (State.SUBMITTED, "Liegt beim Cluster zur Prüfung"),
        (State.SIGNING, "Wartet auf die Bestätigung"),
        (State.APPROVED, "Geprüft und freigegeben"),
        (State.FINISHED, "Fertig zum Weitergeben"),
    ],
)
def test_it_says_what_comes_next(app: Flask, world: World, state: State, step: str) -> None:
    with database_session(app) as session:
        session.get_one(Declaration, world.own_declaration).state = state
    client = signed_in(app, "owner")
    for page in ("/", f"/unternehmen/{world.own}"):
        assert step in main_of(client.get(page))


def test_what_is_most_urgent_comes_first(app: Flask, world: World) -> None:
    with database_session(app) as session:
        second = make_organisation(session, "Zweite GmbH")
        session.add(
            Membership(
                user_id=id_of_account(app, "owner"),
                organisation_id=second.id,
                role=Role.EDITOR,
                created_at=datetime.now(UTC),
            )
        )
        session.flush()
        wanted = session.scalars(select(Declaration).where(Declaration.organisation_id == second.id)).one()
        wanted.state = State.CHANGES_REQUESTED
        wanted.changed_at = datetime.now(UTC) - timedelta(days=30)
        number = wanted.id
    text = main_of(signed_in(app, "owner").get("/"))
    first = text.split('id="go-on"')[1].split("</section>")[0]
    assert "Prüfen und wieder einreichen" in first, "no remark waits"
    assert f"/erklaerungen/{number}/aenderungen" in first
    assert "Zweite GmbH" in first


def test_an_access_that_ended_is_no_place_any_more(app: Flask, world: World) -> None:
    client = signed_in(app, "expired")
    assert "A GmbH" not in client.get("/").text
    assert client.get(f"/unternehmen/{world.own}").status_code == 404


@pytest.fixture
def busy(app: Flask, world: World) -> FlaskClient:
    """Somebody who owns company A, writes for another one, and reviews in the cluster."""
    now = datetime.now(UTC)
    with database_session(app) as session:
        person = add_member(session, world.own, "viel", Role.OWNER)
        second = make_organisation(session, "Zweite GmbH")
        session.add(
            Membership(user_id=person.id, organisation_id=second.id, role=Role.EDITOR, created_at=now)
        )
        session.add(
            ClusterStaff(
                user_id=person.id, cluster_id=world.cluster, role=ClusterRole.REVIEWER, created_at=now
            )
        )
    return signed_in(app, "viel")


def test_the_page_says_for_whom_one_acts_and_changes_with_one_click(
    app: Flask, world: World, busy: FlaskClient
) -> None:
    with app.extensions["dnk_session_factory"]() as session:
        second = session.scalars(select(Organisation).where(Organisation.name == "Zweite GmbH")).one().id
    company, other = f"/unternehmen/{world.own}", f"/unternehmen/{second}"
    cluster = f"/cluster/{world.cluster}/"
    declaration = f"/erklaerungen/{world.own_declaration}"
    pages = {
        company: ("A GmbH", {other, cluster}),
        f"{declaration}/": ("A GmbH", {other, cluster}),
        f"{declaration}/kriterien/1": ("A GmbH", {other, cluster}),
        other: ("Zweite GmbH", {company, cluster}),
        cluster: ("Cluster Nord", {company, other}),
        "/": (None, {company, other, cluster}),
        "/konto": (None, {company, other, cluster}),
    }
    for page, (place, others) in pages.items():
        header = header_of(busy.get(page))
        words = re.sub(r"</?a\b[^>]*>", "", header)
        assert (f"Sie arbeiten für: <strong>{place}</strong>" in words) is (place is not None), page
        switch = header.split('class="dnk-places__list"')[1].split("</ul>")[0]
        assert links_in(switch) == others, page
        assert links_in(header.split("<details")[1]) == {company, other, cluster}, page
        for link in others:
            assert busy.get(link).status_code == 200


def test_with_many_places_a_menu_has_them_all(app: Flask, world: World, busy: FlaskClient) -> None:
    with database_session(app) as session:
        key = id_of_account(app, "viel")
        for number in range(8):
            cluster_id = make_cluster(session, f"Cluster {number}").id
            session.add(
                ClusterStaff(
                    user_id=key,
                    cluster_id=cluster_id,
                    role=ClusterRole.REVIEWER,
                    created_at=datetime.now(UTC),
                )
            )
    for page in ("/konto", f"/unternehmen/{world.own}"):
        header = header_of(busy.get(page))
        assert "dnk-places__near" not in header
        menu = header.split("<details")[1].split("</details>")[0]
        assert len(links_in(menu)) == 11
        assert menu.count("aria-current") == (0 if page == "/konto" else 1)


def header_of(answer: TestResponse) -> str:
    return answer.text.split("<main")[0]


def links_in(part: str) -> set[str]:
    return set(re.findall(r'href="([^"]+)"', part.split("</details>", maxsplit=1)[0]))


def test_the_first_page_lists_every_place_with_its_role(app: Flask, busy: FlaskClient) -> None:
    text = main_of(busy.get("/"))
    assert "Meine Unternehmen und Cluster" in text
    for words in ("A GmbH", "Ihre Rolle: Leitung", "Zweite GmbH", "Ihre Rolle: Bearbeitung"):
        assert words in text
    assert "Cluster Nord" in text
    assert "Ihre Rolle: Prüfung" in text


def test_who_works_for_one_place_has_nothing_to_change_to(app: Flask, world: World) -> None:
    header = signed_in(app, "owner").get(f"/unternehmen/{world.own}").text.split("<main")[0]
    assert f'<strong><a href="/unternehmen/{world.own}">A GmbH</a></strong>' in header
    assert "dnk-places" not in header
    assert "dnk-places" not in header_of(signed_in(app, "owner").get("/konto"))


def test_the_first_page_leads_the_operator_to_the_operation(app: Flask, world: World) -> None:
    page = signed_in(app, "operator").get("/")
    text = main_of(page)
    assert "Zum Betrieb" in text
    assert text.index("/betrieb") < text.index("/unternehmen/neu")
    assert "Legen Sie zuerst" not in text
    with database_session(app) as session:
        make_account(session, "neu@example.org")
    assert "Legen Sie zuerst das Profil" in main_of(signed_in(app, "neu").get("/"))


def test_the_menu_speaks_of_declarations_to_those_who_have_a_company(app: Flask, world: World) -> None:
    for who, words in (("owner", "Erklärungen"), ("manager", "Start"), ("operator", "Start")):
        assert f">{words}</a>" in header_of(signed_in(app, who).get("/konto")), who


def test_the_pages_take_few_statements_however_many_there_are(app: Flask, world: World, path: str) -> None:
    now = datetime.now(UTC)
    with database_session(app) as session:
        sender = id_of_account(app, "owner")
        for number in range(30):
            add_member(session, world.own, f"kollege{number}", Role.VIEWER)
            secret_links.create_invitation(
                session,
                InvitationKind.MEMBER,
                email=f"gast{number}@example.org",
                language="de",
                by=sender,
                now=now,
                organisation_id=world.own,
                role="viewer",
            )
            company = make_organisation(session, f"Firma {number}")
            session.add(
                Membership(user_id=sender, organisation_id=company.id, role=Role.OWNER, created_at=now)
            )
    owner = signed_in(app, "owner")
    edited = id_of_account(app, "viewer")
    own = f"/unternehmen/{world.own}"
    owner.get("/hilfe")  # whether something is published, and whether this is a copy, is asked once
    for page in ("/", own, path, f"{path}/einladen", f"{path}/{edited}", f"{path}/{edited}/entfernen"):
        with counted(app) as statements:
            assert owner.get(page).status_code == 200
        assert len([statement for statement in statements if statement != "BEGIN"]) <= MOST_STATEMENTS, (
            page,
            statements,
        )


def test_a_visitor_is_asked_to_sign_in_first(app: Flask, world: World, path: str) -> None:
    for page in (path, f"/unternehmen/{world.own}"):
        answer = app.test_client().get(page)
        assert (answer.status_code, answer.headers["Location"][:14]) == (302, "/anmelden?next")


def test_the_profile_leads_back_home(app: Flask, world: World) -> None:
    owner = signed_in(app, "owner")
    page = f"/unternehmen/{world.own}/profil"
    answer = owner.post(page, data={**form_fields(owner.get(page).text), "name": "A und Söhne GmbH"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/unternehmen/{world.own}")


def test_somebody_without_a_place_begins_with_a_company(app: Flask) -> None:
    with database_session(app) as session:
        make_account(session, "neu@example.org")
    text = main_of(signed_in(app, "neu").get("/"))
    assert "Unternehmen anlegen" in text
    assert "Als Nächstes" not in text
