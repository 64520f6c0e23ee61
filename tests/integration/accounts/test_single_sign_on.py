"""Single sign-on with a real provider on this machine, and with one that lies."""

import importlib
import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
import pytest
import requests
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from sqlalchemy import select
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from dnk_tool import config
from dnk_tool.app import create_app
from dnk_tool.config import Settings
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.services.accounts import single_sign_on as provider_client
from dnk_tool.services.invitations import secret_links
from dnk_tool.store.tables.accounts import Account, Identity
from dnk_tool.store.tables.mail import Mail
from tests.support.app import (
    PASSWORD,
    database_session,
    form_fields,
    make_account,
    make_cluster,
    post,
    sign_in_by_form,
)
from tests.support.authenticators import set_up_app
from tests.support.browsers import is_in

# An older Python has no such provider; elsewhere a missing one is a fault, and not a reason to skip.
load = pytest.importorskip if sys.version_info < (3, 12) else importlib.import_module
oidc: Any = load("oidc_provider_mock")

BACK = "/anmelden/zentral/zurueck"
ANNA = "anna@example.org"
FROM_OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
CLIENT = {"oidc_client_id": "dnk", "oidc_client_secret": "s", "oidc_name": "Kammer-Konto"}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a real provider."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with oidc.run_server_in_thread(require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def settings(instance_folder: Path, provider: str) -> Settings:
    return config.load_settings(
        instance=instance_folder,
        secret_key="only for tests " * 4,
        self_registration=True,
        oidc_issuer=provider,
        **CLIENT,
    )


def knows(provider: str, subject: str, **claims: Any) -> None:
    """Tell the provider about a person."""
    given = {"email": ANNA, "email_verified": True, "name": "Anna Beck"} | claims
    assert requests.put(f"{provider}/users/{subject}", json=given, timeout=9).status_code == 204


def go_to_provider(client: FlaskClient, path: str = "/anmelden/zentral") -> str:
    """Off to the provider by a link on an own page; gives its address."""
    answer = client.get(path, headers=FROM_OWN_PAGE)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def agree(address: str, subject: str) -> str:
    """What the person does at the provider's; gives the path to come back to."""
    answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=9)
    back = urlsplit(answer.headers["Location"])
    assert f"{back.scheme}://{back.netloc}" == "http://localhost:8000"
    return f"{back.path}?{back.query}"


def return_from_provider(client: FlaskClient, path: str, **changed: str) -> TestResponse:
    """The page that the browser comes back to, and its form sent on."""
    page = client.get(path)
    if page.status_code != 200:
        return page
    return client.post(BACK, data=form_fields(page.text) | changed)


def go(client: FlaskClient, subject: str, path: str = "/anmelden/zentral") -> TestResponse:
    """All the way there and back."""
    return return_from_provider(client, agree(go_to_provider(client, path), subject))


def intent(client: FlaskClient, page: str, words: str) -> str:
    """The link of the person's own page that begins something there."""
    text = client.get(page).text.replace("&amp;", "&")
    [link] = [
        part.split('"')[0] for part in text.split('href="') if part.split("</a>")[0].endswith(f">{words}")
    ]
    return link


def test_the_way_there_says_what_it_should(client: FlaskClient, provider: str) -> None:
    assert "Anmelden mit Kammer-Konto" in client.get("/anmelden").text
    address = urlsplit(go_to_provider(client))
    asked = {name: value for name, [value] in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}" == provider
    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == f"http://localhost:8000{BACK}"
    assert asked["code_challenge_method"] == "S256"
    assert set(asked["scope"].split()) == {"openid", "email", "profile"}
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    again = parse_qs(urlsplit(go_to_provider(client)).query)
    assert again["state"] != [asked["state"]]
    assert again["nonce"] != [asked["nonce"]]


@pytest.mark.parametrize(
    ("headers", "is_sent_on"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Referer": "http://localhost/anmelden"}, True),
        ({"Referer": "https://evil.example/anmelden"}, False),
        ({}, False),
        ({"Sec-Fetch-Site": "cross-site", "Referer": "http://localhost/"}, False),
    ],
)
def test_a_link_elsewhere_signs_nobody_in_without_a_click(
    client: FlaskClient, headers: dict[str, str], is_sent_on: bool
) -> None:
    answer = client.get("/anmelden/zentral?next=/hilfe", headers=headers)
    assert (answer.status_code == 302) is is_sent_on
    if not is_sent_on:
        assert 'href="/anmelden/zentral?next=/hilfe"' in answer.text
        with client.session_transaction() as session:
            assert "away" not in session


def test_somebody_new_signs_in(app: Flask, client: FlaskClient, provider: str) -> None:
    knows(provider, "new-1", email="neu@example.org", name="Nele Neu")
    answer = go(client, "new-1", "/anmelden/zentral?next=/konto/passwort")
    assert answer.headers["Location"] == "/konto/passwort"
    assert "Nele Neu" in client.get("/konto").text
    with database_session(app) as session:
        account = session.scalars(select(Account)).one()
        assert (account.email, account.password_hash) == ("neu@example.org", "")
    second = app.test_client()
    knows(provider, "new-1", email="umbenannt@example.org")
    assert go(second, "new-1").status_code == 303, "who it is, is the subject and not the address"
    assert "neu@example.org" in second.get("/konto").text


def test_coming_back_by_a_get_changes_nothing(app: Flask, client: FlaskClient, provider: str) -> None:
    knows(provider, "new-2", email="zwei@example.org")
    path = agree(go_to_provider(client), "new-2")
    page = client.get(path)
    assert "data-go-on" in page.text
    assert not is_in(client)
    with database_session(app) as session:
        assert session.scalars(select(Account)).all() == []
    assert client.post(BACK, data=form_fields(page.text) | {"csrf_token": "x"}).status_code == 400
    assert client.post(BACK, data=form_fields(page.text)).status_code == 303


def test_where_it_is_off_nothing_of_it_exists(app: Flask) -> None:
    plain = create_app(config.load_settings(instance=app.instance_path, secret_key="only for tests " * 4))
    client = plain.test_client()
    assert client.get("/anmelden/zentral", headers=FROM_OWN_PAGE).status_code == 404
    assert client.get(f"{BACK}?code=x&state=y").status_code == 404
    assert post(client, BACK).status_code == 404
    assert "zentral" not in client.get("/anmelden").text.split("<main")[1]
    plain.extensions["dnk_engine"].dispose()


# ---- Who may come in


def test_an_address_alone_takes_over_no_account(
    app: Flask, client: FlaskClient, provider: str, person: str
) -> None:
    knows(provider, "attacker")
    answer = go(client, "attacker")
    assert answer.status_code == 403
    assert "Zu Ihrer E-Mail-Adresse gibt es hier schon ein Konto." in answer.text
    assert not is_in(client)
    with database_session(app) as session:
        assert session.scalars(select(Identity)).all() == []


@pytest.mark.parametrize(
    "claims", [{"email_verified": False}, {"email_verified": "true"}, {"email": "x"}, {"email": ""}]
)
def test_an_address_that_the_provider_does_not_vouch_for(
    app: Flask,
    client: FlaskClient,
    provider: str,
    claims: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with database_session(app) as session:
        make_account(session, ANNA).password_hash = ""
    knows(provider, "unverified", **claims)
    assert go(client, "unverified").status_code == 403
    assert not is_in(client)
    [refused] = [vars(record)["fields"] for record in caplog.records if record.name == "dnk.security"]
    assert (refused["event"], refused["reason"], refused["via"]) == (
        "sign-in-refused",
        "not-vouched-for",
        "single-sign-on",
    )


def test_an_account_that_nobody_has_claimed_is_linked(app: Flask, client: FlaskClient, provider: str) -> None:
    with database_session(app) as session:
        make_account(session, ANNA).password_hash = ""
    knows(provider, "first")
    assert go(client, "first").status_code == 303
    assert is_in(client)
    other = app.test_client()
    knows(provider, "second")
    assert go(other, "second").status_code == 403, "the address changed hands: it is not the same person"


def test_who_may_not_join_is_told_so(app: Flask, provider: str, settings: Settings) -> None:
    closed = create_app(settings.model_copy(update={"self_registration": False}))
    closed.testing = True
    knows(provider, "uninvited", email="fremd@example.org")
    answer = go(closed.test_client(), "uninvited")
    assert answer.status_code == 403
    assert "einzuladen" in answer.text
    closed.extensions["dnk_engine"].dispose()


def test_who_was_invited_may_join(app: Flask, provider: str, settings: Settings) -> None:
    with database_session(app) as session:
        cluster = make_cluster(session, "Cluster Nord")
        secret_links.create_invitation(
            session,
            InvitationKind.STAFF,
            email="gast@example.org",
            language="de",
            by=None,
            now=datetime.now(UTC),
            cluster_id=cluster.id,
            role=ClusterRole.REVIEWER.value,
        )
    closed = create_app(settings.model_copy(update={"self_registration": False}))
    closed.testing = True
    knows(provider, "invited", email="gast@example.org")
    client = closed.test_client()
    assert go(client, "invited").status_code == 303
    assert is_in(client)
    closed.extensions["dnk_engine"].dispose()


def test_a_locked_account_stays_out(app: Flask, client: FlaskClient, provider: str) -> None:
    knows(provider, "locked", email="locked@example.org")
    assert go(client, "locked").status_code == 303
    with database_session(app) as session:
        session.scalars(select(Account)).one().active = False
    other = app.test_client()
    assert go(other, "locked").status_code == 403
    assert not is_in(other)


def test_the_own_second_factor_is_asked_for_all_the_same(
    app: Flask, client: FlaskClient, provider: str
) -> None:
    knows(provider, "careful", email="vera@example.org")
    go(client, "careful")
    _phone, codes = set_up_app(client)
    other = app.test_client()
    answer = go(other, "careful", "/anmelden/zentral?next=/konto")
    assert answer.headers["Location"] == "/anmelden/zweiter-schritt?next=/konto"
    assert not is_in(other)
    assert post(other, "/anmelden/zweiter-schritt", {"recovery_code": codes[0]}).status_code == 303


# ---- Linking and confirming


def test_linking_the_own_account(app: Flask, client: FlaskClient, provider: str, person: str) -> None:
    knows(provider, "anna", email="a.beck@kammer.example")
    sign_in_by_form(client, person)
    answer = go(client, "anna", intent(client, "/konto", "Verbinden"))
    assert answer.headers["Location"] == "/konto"
    assert "a.beck@kammer.example" in client.get("/konto").text
    with database_session(app) as session:
        assert (
            "zentralen Anmeldung verbunden"
            in session.scalars(select(Mail.subject).order_by(Mail.id)).all()[0]
        )
    other = app.test_client()
    assert go(other, "anna").status_code == 303
    assert ANNA in other.get("/konto").text
    post(client, "/konto/zentral/trennen")
    third = app.test_client()
    assert go(third, "anna").headers.get("Location") != "/konto"
    assert ANNA not in third.get("/konto", follow_redirects=True).text


def test_nobody_links_in_anothers_name(app: Flask, client: FlaskClient, provider: str, person: str) -> None:
    """Neither by a link of theirs, nor with a way that another person began."""
    with database_session(app) as session:
        make_account(session, "mallory@example.org")
    knows(provider, "mallory", email="mallory@kammer.example")
    sign_in_by_form(client, person)
    mallory = app.test_client()
    sign_in_by_form(mallory, "mallory@example.org")
    link = intent(mallory, "/konto", "Verbinden")
    assert client.get(link).status_code == 400
    assert client.get("/anmelden/zentral?intent=link").status_code == 400
    path = agree(go_to_provider(mallory, link), "mallory")
    assert return_from_provider(client, path).status_code == 400
    cookie = mallory.get_cookie("dnk")
    assert cookie
    client.set_cookie("dnk", cookie.value)
    assert return_from_provider(client, path).status_code == 400
    with database_session(app) as session:
        assert session.scalars(select(Identity)).all() == []


def test_one_identity_opens_one_account(app: Flask, client: FlaskClient, provider: str, person: str) -> None:
    with database_session(app) as session:
        make_account(session, "berta@example.org")
    knows(provider, "shared")
    for email, status in ((person, 303), ("berta@example.org", 409)):
        browser = app.test_client()
        sign_in_by_form(browser, email)
        assert go(browser, "shared", intent(browser, "/konto", "Verbinden")).status_code == status


def test_who_has_no_password_confirms_and_sets_one(app: Flask, client: FlaskClient, provider: str) -> None:
    knows(provider, "only", email="only@example.org")
    with time_machine.travel(time.time(), tick=True) as clock:
        go(client, "only")
        clock.shift(700)
        confirm = client.get("/konto/passwort").headers["Location"]
        assert confirm == "/konto/bestaetigen?next=/konto/passwort"
        assert post(client, "/konto/bestaetigen", {"password": ""}).status_code == 422
        way = intent(client, confirm, "Mit Kammer-Konto bestätigen")
        assert "prompt=login" in go_to_provider(client, way)
        knows(provider, "other", email="other@example.org")
        assert go(client, "other", way).status_code == 403, "somebody else at the provider's proves nothing"
        assert go(client, "only", way).headers["Location"] == "/konto/passwort"
        page = client.get("/konto/passwort").text
        assert "Jetziges Passwort" not in page
        new = {"new_password": "dachs ofen elf segel", "new_password_confirm": "dachs ofen elf segel"}
        assert post(client, "/konto/passwort", new).headers["Location"] == "/konto"
    sign_in_by_form(app.test_client(), "only@example.org", "dachs ofen elf segel")


def test_f8_the_providers_word_alone_is_no_proof_where_there_is_a_second_factor(
    client: FlaskClient, provider: str
) -> None:
    knows(provider, "guarded", email="guarded@example.org")
    with time_machine.travel(time.time(), tick=True) as clock:
        go(client, "guarded")
        phone, codes = set_up_app(client)
        clock.shift(700)
        confirm = client.get("/konto/passwort").headers["Location"]
        assert post(client, "/konto/bestaetigen", {"code": codes[0]}).status_code == 422, (
            "nor is the code alone"
        )
        way = intent(client, confirm, "Mit Kammer-Konto bestätigen")
        assert go(client, "guarded", way).headers["Location"] == confirm
        assert client.get("/konto/passwort").headers["Location"] == confirm, "nothing is open yet"
        page = client.get(confirm).text
        assert "Jetzt fehlt noch Ihr zweiter Faktor." in page
        assert "Ihr Passwort" not in page
        wrong = client.post("/konto/bestaetigen", data=form_fields(page) | {"code": "000000"})
        assert wrong.status_code == 422
        right = client.post("/konto/bestaetigen", data=form_fields(page) | {"code": phone.code()})
        assert right.headers["Location"] == "/konto/passwort"
        assert client.get("/konto/passwort").status_code == 200
        clock.shift(700)
        assert post(client, "/konto/bestaetigen", {"code": codes[0]}).status_code == 422, "each counts once"
        way = intent(client, confirm, "Mit Kammer-Konto bestätigen")
        go(client, "guarded", way)
        clock.shift(700)
        late = post(client, "/konto/bestaetigen", {"code": codes[0]})
        assert late.status_code == 422, "for ten minutes"
        assert "Die Bestätigung ist zu lange her." in late.text
        assert "Passwort." not in late.text, "there is none"


def test_f8_who_has_password_and_second_factor_confirms_with_these(
    client: FlaskClient, provider: str, person: str
) -> None:
    knows(provider, "both", email="both@kammer.example")
    with time_machine.travel(time.time(), tick=True) as clock:
        sign_in_by_form(client, person)
        go(client, "both", intent(client, "/konto", "Verbinden"))
        confirm = "/konto/bestaetigen?next=/konto/zweiter-faktor/app"
        way = intent(client, confirm, "Mit Kammer-Konto bestätigen")
        _phone, codes = set_up_app(client)
        clock.shift(700)
        assert "Mit Kammer-Konto bestätigen" not in client.get(confirm).text
        assert go(client, "both", way).headers["Location"] == confirm, "by a page from before"
        assert post(client, "/konto/bestaetigen", {"code": codes[0]}).status_code == 422
        assert client.get("/konto/zweiter-faktor/app").status_code == 303
        assert post(client, "/konto/bestaetigen", {"password": PASSWORD, "code": codes[0]}).status_code == 303
        assert client.get("/konto/zweiter-faktor/app").status_code == 200


# ---- Forged, mixed up, too late


def test_an_answer_without_the_browser_that_began(app: Flask, client: FlaskClient, provider: str) -> None:
    """Nobody is signed in to an attacker's account by a link of the attacker's."""
    knows(provider, "attacker", email="attacker@example.org")
    path = agree(go_to_provider(app.test_client()), "attacker")
    assert client.get(path).status_code == 400
    assert (
        post(
            client, BACK, {name: value[0] for name, value in parse_qs(urlsplit(path).query).items()}
        ).status_code
        == 400
    )
    go_to_provider(client)
    assert return_from_provider(client, path).status_code == 400, "the state of another browser"
    assert not is_in(client)


@pytest.mark.parametrize(
    "changed", [{"state": "x"}, {"state": ""}, {"state": "ä"}, {"code": "x"}, {"iss": "https://evil.example"}]
)
def test_an_answer_that_was_changed(
    app: Flask, client: FlaskClient, provider: str, changed: dict[str, str]
) -> None:
    knows(provider, "new-3", email="drei@example.org")
    path = agree(go_to_provider(client), "new-3")
    assert return_from_provider(client, path, **changed).status_code in (400, 424)
    assert return_from_provider(client, path).status_code == 400, "and it cannot be tried again"
    assert not is_in(client)


def test_an_answer_counts_once_and_for_ten_minutes(app: Flask, client: FlaskClient, provider: str) -> None:
    knows(provider, "new-4", email="vier@example.org")
    path = agree(go_to_provider(client), "new-4")
    cookie = client.get_cookie("dnk")
    assert return_from_provider(client, path).status_code == 303
    thief = app.test_client()
    assert cookie
    thief.set_cookie("dnk", cookie.value)
    assert return_from_provider(thief, path).status_code == 424, "the provider takes a code once"
    with time_machine.travel(time.time(), tick=True) as clock:
        late = app.test_client()
        path = agree(go_to_provider(late), "new-4")
        clock.shift(601)
        assert return_from_provider(late, path).status_code == 400


def test_refused_at_the_provider(client: FlaskClient) -> None:
    go_to_provider(client)
    answer = client.get(f"{BACK}?error=access_denied&error_description=<script>")
    assert answer.status_code == 400
    assert "abgebrochen" in answer.text
    assert "script>" not in answer.text.split("<main")[1]


def test_a_code_of_another_provider(app: Flask, client: FlaskClient, provider: str) -> None:
    with oidc.run_server_in_thread() as server:
        other = f"http://localhost:{server.server_port}"
        knows(other, "x")
        asked = urlsplit(go_to_provider(client))
        path = agree(f"{other}{asked.path}?{asked.query}", "x")
    assert return_from_provider(client, path).status_code == 424
    assert not is_in(client)


def test_the_database_is_free_while_the_provider_takes_its_time(
    app: Flask, client: FlaskClient, person: str
) -> None:
    """A signed-in person links, the slowest case: the access check has read the account already."""
    with lying() as liar:
        slow = create_app(app.extensions["dnk_settings"].model_copy(update={"oidc_issuer": liar.issuer}))
        slow.testing, slow.test_client_class = True, app.test_client_class
        browser = slow.test_client()
        sign_in_by_form(browser, person)
        path = liar.agree(go_to_provider(browser, intent(browser, "/konto", "Verbinden")))

        def write() -> None:
            with database_session(app) as session:
                session.scalars(select(Account)).one().name = "written meanwhile"

        liar.meanwhile = write
        assert return_from_provider(browser, path).status_code == 303
        assert "written meanwhile" in browser.get("/konto").text
        slow.extensions["dnk_engine"].dispose()


class Liar:
    """A provider that signs whatever a test wants."""

    def __init__(self) -> None:
        self.key, self.alg = RSAKey.generate_key(2048, {"kid": "one"}), "RS256"
        self.published = self.key
        self.issuer, self.claims, self.about, self.told = "", {}, {}, {}
        self.header: dict[str, Any] = {}
        self.nonce, self.meanwhile = "", lambda: None
        self.app = flask.Flask("liar")
        self.app.add_url_rule("/.well-known/openid-configuration", "about", self._about)
        self.app.add_url_rule("/jwks", "jwks", lambda: KeySet([self.published]).as_dict(private=False))
        self.app.add_url_rule("/token", "token", self._token, methods=["POST"])
        self.app.add_url_rule("/userinfo", "userinfo", lambda: self.told)

    def agree(self, address: str) -> str:
        asked = parse_qs(urlsplit(address).query)
        self.nonce = asked["nonce"][0]
        return f"{BACK}?code=c&state={asked['state'][0]}"

    def _about(self) -> dict[str, Any]:
        names = {"authorization_endpoint": "auth", "token_endpoint": "token", "jwks_uri": "jwks"}
        return (
            {name: f"{self.issuer}/{path}" for name, path in names.items()}
            | {"issuer": self.issuer}
            | self.about
        )

    def _token(self) -> dict[str, Any]:
        self.meanwhile()
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "liar",
            "aud": "dnk",
            "exp": now + 60,
            "iat": now,
            "nonce": self.nonce,
        }
        claims |= {"email": "liar@example.org", "email_verified": True} | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        kid = self.key.kid or "one"
        header = {"alg": self.alg, "kid": kid} | self.header
        signed = jwt.encode(header, claims, self.key, algorithms=[self.alg])
        return {"access_token": "a", "token_type": "Bearer", "id_token": signed}


@contextmanager
def lying() -> Iterator[Liar]:
    liar = Liar()
    server = make_server("localhost", 0, liar.app, threaded=True)
    liar.issuer = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield liar
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def liar(app: Flask) -> Iterator[Liar]:
    """A provider that lies, which the application takes for its own."""
    with lying() as liar:
        settings = app.extensions["dnk_settings"].model_copy(update={"oidc_issuer": liar.issuer})
        app.extensions["dnk_settings"] = settings
        known = app.extensions["dnk_provider"]
        app.extensions["dnk_provider"] = type(known)(settings, back=f"http://localhost:8000{BACK}")
        yield liar


def tell(client: FlaskClient, liar: Liar) -> int:
    return return_from_provider(client, liar.agree(go_to_provider(client))).status_code


def test_a_true_token_is_believed(client: FlaskClient, liar: Liar) -> None:
    assert tell(client, liar) == 303


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "somebody else"},
        {"aud": ["dnk", "somebody else"], "azp": "somebody else"},
        {"aud": None},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"iat": 9_999_999_999},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"at_hash": "AAAA"},
    ],
)
def test_a_token_that_says_something_else(client: FlaskClient, liar: Liar, claims: dict[str, Any]) -> None:
    liar.claims = claims
    assert tell(client, liar) == 424
    assert not is_in(client)


def test_a_token_that_the_provider_did_not_sign(client: FlaskClient, liar: Liar) -> None:
    liar.key = RSAKey.generate_key(2048, {"kid": "one"})
    assert tell(client, liar) == 424
    secret = OctKey.import_key("the client's secret, which is no signature of the provider's", {"kid": "one"})
    liar.key, liar.alg = secret, "HS256"  # type: ignore[assignment]
    liar.published = secret  # type: ignore[assignment]
    assert tell(client, liar) == 424
    assert not is_in(client)


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u"])
def test_a_key_that_a_token_brings_along_is_not_used(client: FlaskClient, liar: Liar, name: str) -> None:
    """Neither one in its header, nor one at an address that the header names."""
    liar.published = ECKey.generate_key("P-256", {"kid": "one"})  # type: ignore[assignment]
    liar.key, liar.alg = ECKey.generate_key("P-256", {"kid": "one"}), "ES256"  # type: ignore[assignment]
    asked: list[str] = []

    def keys() -> Any:
        asked.append(name)
        return KeySet([liar.key]).as_dict(private=False)

    liar.app.add_url_rule("/mine", "mine", keys)
    own = liar.key.as_dict(private=False)
    liar.header = {name: own if name == "jwk" else f"{liar.issuer}/mine"}
    assert tell(client, liar) == 424
    assert not is_in(client)
    assert asked == []


def test_a_new_key_of_the_provider_is_fetched(app: Flask, client: FlaskClient, liar: Liar) -> None:
    assert tell(client, liar) == 303
    liar.key = liar.published = RSAKey.generate_key(2048, {"kid": "two"})
    assert tell(app.test_client(), liar) == 303


def test_what_only_the_userinfo_tells(app: Flask, client: FlaskClient, liar: Liar) -> None:
    liar.claims = {"email": None, "email_verified": None}
    liar.about = {"userinfo_endpoint": f"{liar.issuer}/userinfo"}
    liar.told = {"sub": "another", "email": "told@example.org", "email_verified": True}
    assert tell(client, liar) == 424, "it speaks of somebody else"
    liar.told["sub"] = "liar"
    assert tell(app.test_client(), liar) == 303


@pytest.mark.parametrize(
    "about",
    [
        {"issuer": "https://evil.example"},
        {"issuer": "SLASH"},
        {"token_endpoint": "http://evil.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_response_iss_parameter_supported": True},
    ],
)
def test_a_provider_that_describes_itself_wrongly(
    app: Flask, client: FlaskClient, liar: Liar, about: dict[str, Any]
) -> None:
    liar.about = (
        {name: value.replace("SLASH", f"{liar.issuer}/") for name, value in about.items()}
        if about.get("issuer") == "SLASH"
        else about
    )
    answer = client.get("/anmelden/zentral", headers=FROM_OWN_PAGE)
    if answer.status_code == 302:
        answer = return_from_provider(client, liar.agree(answer.headers["Location"]))
    assert answer.status_code in (400, 424)
    assert not is_in(client)


@pytest.mark.parametrize("endpoint", ["about", "jwks", "token", "userinfo"])
def test_no_redirect_of_the_provider_is_followed(client: FlaskClient, liar: Liar, endpoint: str) -> None:
    reached = []
    view = liar.app.view_functions[endpoint]
    liar.app.add_url_rule(
        "/elsewhere", "elsewhere", lambda: reached.append(endpoint) or view(), methods=["GET", "POST"]
    )
    liar.app.view_functions[endpoint] = lambda: flask.redirect("/elsewhere", 307)
    if endpoint == "userinfo":
        liar.claims = {"email": None, "email_verified": None}
        liar.about = {"userinfo_endpoint": f"{liar.issuer}/userinfo"}
    answer = client.get("/anmelden/zentral", headers=FROM_OWN_PAGE)
    if answer.status_code == 302:
        answer = return_from_provider(client, liar.agree(answer.headers["Location"]))
    assert answer.status_code == 424
    assert reached == []
    assert not is_in(client)


def test_a_provider_that_is_down(
    app: Flask,
    client: FlaskClient,
    liar: Liar,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    gone = app.extensions["dnk_settings"].model_copy(update={"oidc_issuer": "http://localhost:9"})
    app.extensions["dnk_provider"] = type(app.extensions["dnk_provider"])(gone, back="http://x")
    answer = client.get("/anmelden/zentral", headers=FROM_OWN_PAGE)
    assert answer.status_code == 424
    assert "antwortet gerade nicht" in answer.text
    said = f"ConnectionError (request {answer.headers['X-Request-Id']})"
    assert [record.levelname for record in caplog.records if said in record.getMessage()] == ["ERROR"]
    asked_again = list[str]()
    monkeypatch.setattr(provider_client, "_fetch_json", asked_again.append)
    assert client.get("/anmelden/zentral", headers=FROM_OWN_PAGE).status_code == 424
    assert asked_again == [], "nobody waits for it again at once"
    assert client.get("/anmelden").status_code == 200


def test_no_log_names_a_person_or_a_secret(
    client: FlaskClient, provider: str, caplog: pytest.LogCaptureFixture
) -> None:
    knows(provider, "canary-subject", email="canary@example.org", name="Kanarienvogel")
    with caplog.at_level(logging.INFO, "dnk_tool"):
        go(client, "canary-subject")
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("dnk_tool"))
    assert "signed in" in ours
    for canary in ("canary", "Kanarienvogel", "code=", "state="):
        assert canary not in ours


def test_a_confirmation_says_when_the_person_proved_it(client: FlaskClient, liar: Liar) -> None:
    with time_machine.travel(time.time(), tick=True) as clock:
        assert tell(client, liar) == 303
        clock.shift(700)
        way = intent(client, "/konto/bestaetigen?next=/konto/passwort", "Mit Kammer-Konto bestätigen")
        now = int(time.time())
        for proved_at, status in ((None, 403), (0, 403), (now - 700, 403), (now, 303)):
            liar.claims = {"auth_time": proved_at}
            assert (
                return_from_provider(client, liar.agree(go_to_provider(client, way))).status_code == status
            ), proved_at
