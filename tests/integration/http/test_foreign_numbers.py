"""Numbers of others in an address: each place of each route, real views, one page for all (A1).

A route with a new kind of number fails until `TABLES` or `NO_OWNER` says what it numbers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import IntegerConverter, Rule
from werkzeug.test import TestResponse

from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.store import schema
from dnk_tool.store.tables.accounts import Account, Passkey
from dnk_tool.store.tables.clusters import ClusterStaff
from dnk_tool.store.tables.mail import ClusterMessage
from dnk_tool.store.tables.organisations import Membership
from tests.contract.test_routes import ALLOWED, EVERYBODY, PARTS, UNKNOWN, browsers, rules
from tests.integration.exchange.award_rounds import add_awards
from tests.integration.http.fuzzing import Watch, watching
from tests.integration.http.test_fuzzed_forms import WITHOUT_PAGE, make_fuzz_world
from tests.support.app import database_session, post
from tests.support.review_scenario import NOW

# Who asks, and as whom the table of routes knows them: all act for the second company and its cluster only.
ASKING = {
    "owner": "stranger",
    "editor": "editor",
    "viewer": "viewer",
    "contributor": "contributor",
    "manager": "outsider",
    "reviewer": "reviewer",
    "operator": "operator",
}
IN_SHORT = ("owner", "manager", "operator")
AT_NIGHT = ("editor", "viewer", "contributor", "reviewer")

# What is numbered in an address, and in which table. "key" is what the address before it says.
TABLES = {
    "account_id": "account",
    "award_id": "award",
    "cluster_id": "cluster",
    "cohort_id": "cohort",
    "consent_id": "consent",
    "declaration_id": "declaration",
    "example_id": "good_example",
    "file_id": "evidence_file",
    "group_id": "working_group",
    "inquiry_id": "residue_inquiry",
    "invitation_id": "invitation",
    "juror_id": "juror",
    "key": "declaration",
    "line_id": "calculation_line",
    "measure_id": "company_measure",
    "message_id": "cluster_message",
    "milestone_id": "milestone",
    "nomination_id": "nomination",
    "note_id": "member_note",
    "notice_id": "residue_notice",
    "organisation_id": "organisation",
    "other_id": "cluster",
    "passkey_id": "passkey",
    "poll_id": "poll",
    "release_id": "release",
    "remark_id": "remark",
    "revision_id": "answer_revision",
    "stock_id": "stock_remark",
    "thread_id": "remark",
}
# The others have only buttons, or are of an operator or of one account.
HAVE_PAGES = {
    *("award_id", "cohort_id", "example_id", "file_id", "group_id", "line_id", "measure_id", "message_id"),
    *("milestone_id", "nomination_id", "note_id", "notice_id", "poll_id", "stock_id"),
}
NO_OWNER = {
    "number": "a cluster's public number, or a page of a file that has its own address",
    "version": "counts within a declaration",
    "year": "a year of the calendar",
}
# They are looked up before any view; a route with one of them is in the matrix of `test_routes`.
GUARDED = {"organisation_id", "declaration_id", "cluster_id"}
# The text of a reusable remark that somebody deleted meanwhile is saved anew from the same page.
KEEPS_TYPED_TEXT = {"stock.change"}


@dataclass
class OtherWorld:
    """The application with things of two companies and clusters, and the numbers that are not the asker's."""

    app: Flask
    clients: dict[str, FlaskClient]
    theirs: dict[str, int]
    own: dict[str, int]
    watch: Watch


@pytest.fixture
def other_world(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[OtherWorld]:
    """All things are of the first cluster and its companies; the second has awards and a cohort."""
    for limits in ("LIMITS", "READ_LIMITS"):
        monkeypatch.setattr(f"dnk_tool.web.endpoint_limits.{limits}", {})
    settings = app.extensions["dnk_settings"].model_copy(update={"self_registration": True})
    monkeypatch.setitem(app.extensions, "dnk_settings", settings)
    make_fuzz_world(app)
    outsider = browsers(app, ["outsider"])["outsider"]
    with database_session(app) as session:
        session.add(ClusterMessage(cluster_id=1, subject="Treffen", text="Bitte.", mails=1, sent_at=NOW))
    theirs = latest_numbers(app)
    with database_session(app) as session:
        people = {one.email.partition("@")[0]: one.id for one in session.scalars(select(Account))}
        add_awards(session, 2, 2)
        for role in (Role.EDITOR, Role.VIEWER, Role.CONTRIBUTOR):
            person = people[role.value]
            sections = ["1"] if role is Role.CONTRIBUTOR else []
            session.add(
                Membership(user_id=person, organisation_id=2, role=role, sections=sections, created_at=NOW)
            )
        session.add(
            ClusterStaff(user_id=people["reviewer"], cluster_id=2, role=ClusterRole.REVIEWER, created_at=NOW)
        )
        texts = {"credential_id": "x", "handle": "x", "public_key": b"x", "transports": [], "name": "x"}
        key = Passkey(account_id=people["expired"], created_at=NOW, challenged_at=NOW, **texts)
        session.add(key)
        session.flush()
        theirs |= {"passkey_id": key.id, "account_id": people["operator"]}
    cohort = {"reporting_year": "2025", "due": "31.12.2027", "milestones-0-title": "Auftakt"}
    post(outsider, "/cluster/2/kohorten/neu", cohort | {"milestones-0-day": "14.01.2027"})
    theirs |= {"organisation_id": 3, "declaration_id": 3, "cluster_id": 1, "other_id": 3, "key": 3}
    assert not [name for name in TABLES if not theirs[name]], "there is one of each kind to ask for"
    own = latest_numbers(app) | {"organisation_id": 2, "declaration_id": 2, "cluster_id": 2}
    app.testing = False
    with watching(app.extensions["dnk_engine"]) as watch:
        clients = browsers(app, ASKING.values())
        for client in clients.values():
            client.get("/konto")  # notes that somebody was here
        watch.look()
        yield OtherWorld(app, clients, theirs, own, watch)


def latest_numbers(app: Flask) -> dict[str, int]:
    """The latest number of each kind; 0 where there is none."""
    tables = schema.metadata().tables
    with database_session(app) as session:
        return {
            name: session.scalar(select(func.max(tables[table].c.id))) or 0 for name, table in TABLES.items()
        }


def number_names(rule: Rule) -> list[str]:
    """The names in a route's address that number something."""
    return [name for name, converter in rule._converters.items() if isinstance(converter, IntegerConverter)]


def test_every_number_in_an_address_is_known(app: Flask) -> None:
    used = {name for rule, _method in rules(app) for name in number_names(rule)}
    assert used == TABLES.keys() | NO_OWNER.keys(), "say in TABLES or NO_OWNER what the new number is"


@pytest.mark.parametrize(
    "roles", [IN_SHORT, pytest.param(AT_NIGHT, marks=pytest.mark.nightly)], ids=["short", "night"]
)
def test_foreign_and_unknown_numbers_are_not_there(other_world: OtherWorld, roles: tuple[str, ...]) -> None:
    wrong = [fault for role in roles for fault in told_of_others(other_world, role)]
    assert not wrong, "\n".join(wrong)


def told_of_others(other_world: OtherWorld, role: str) -> list[str]:
    """What a role is told of numbers that are not its own, where that is more than 404."""
    wrong, asked = [], 0
    client = other_world.clients[ASKING[role]]
    bind = other_world.app.url_map.bind("localhost")
    for rule, method in rules(other_world.app):
        if role not in ALLOWED[rule.endpoint]:
            continue
        scope = GUARDED & rule.arguments
        names = set(number_names(rule)) - NO_OWNER.keys()
        for name in names if len(scope) > 1 else names - GUARDED:
            told = {}
            # An operator may open everything that there is, and everybody what is public.
            is_open = ALLOWED[rule.endpoint] == EVERYBODY or (role == "operator" and not scope)
            kinds = ("unknown",) if is_open else ("foreign", "unknown")
            for kind in kinds:
                number = UNKNOWN if kind == "unknown" else other_world.theirs[name]
                values = PARTS | other_world.own | {name: number}
                path = bind.build(rule.endpoint, {part: values[part] for part in rule.arguments})
                asked += 1
                answer = ask(client, path, method, WITHOUT_PAGE.get(rule.endpoint, {}))
                told[kind] = as_shown(answer, path)
                written, errors = other_world.watch.look()
                what = f"{answer.status_code} {method} {path} ({rule.endpoint}, {name} {kind})"
                if answer.status_code != 404 and rule.endpoint not in KEEPS_TYPED_TEXT:
                    wrong.append(f"{what}: {answer.location}")
                if written or errors:
                    wrong.append(f"{what} wrote {written}, logged {errors}")
            if len(set(told.values())) > 1:
                wrong.append(f"{method} {rule.endpoint}, {name}: foreign differs from unknown")
    assert asked > 20
    return wrong


@pytest.mark.nightly
def test_the_numbers_open_pages_to_those_whose_they_are(other_world: OtherWorld) -> None:
    """Else they would be missing above for another reason."""
    bind, opened, app = other_world.app.url_map.bind("localhost"), set(), other_world.app
    for role, client in browsers(app, ("owner", "manager")).items():
        for rule, method in rules(app):
            names = set(number_names(rule)) - NO_OWNER.keys() - GUARDED
            if method == "GET" and role in ALLOWED[rule.endpoint] and names:
                values = PARTS | other_world.theirs
                path = bind.build(rule.endpoint, {part: values[part] for part in rule.arguments})
                if client.get(path).status_code == 200:
                    opened |= names
    assert opened >= HAVE_PAGES


def ask(client: FlaskClient, path: str, method: str, fields: dict[str, Any]) -> TestResponse:
    return client.get(path) if method == "GET" else post(client, path, dict(fields))


def as_shown(answer: TestResponse, path: str) -> tuple[int, str]:
    """What the answer says, without numbers and what a form has once."""
    text = re.sub(r'name="(csrf_token|save_id)" value="[^"]+"', "", answer.get_data(as_text=True))
    return answer.status_code, re.sub(r"\d+", "", text.replace(path, ""))
