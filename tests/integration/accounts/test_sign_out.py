"""A sign-out takes along what the browser keeps; a page of one person never goes on as another."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.app import database_session, make_account, post, sign_in_by_form

EVERYTHING = '"cache", "storage"'


@pytest.fixture
def person(app: Flask) -> str:
    with database_session(app) as session:
        return str(make_account(session, "anna@example.org").email)


@pytest.mark.parametrize("path", ["/abmelden", "/konto/ueberall-abmelden"])
def test_f10_a_sign_out_clears_the_browser(client: FlaskClient, person: str, path: str) -> None:
    """A24: cookies stay, as the language and known devices outlive a sign-out."""
    sign_in_by_form(client, person)
    assert post(client, path).headers["Clear-Site-Data"] == EVERYTHING


def test_f10_an_erased_account_leaves_nothing_in_the_browser(client: FlaskClient, person: str) -> None:
    sign_in_by_form(client, person)
    assert "Clear-Site-Data" not in post(client, "/konto/loeschen").headers, "not confirmed, not erased"
    assert post(client, "/konto/loeschen", {"sure": "1"}).headers["Clear-Site-Data"] == EVERYTHING


def test_f10_drafts_of_other_people_are_not_this_persons_to_delete(client: FlaskClient, person: str) -> None:
    sign_in_by_form(client, person)
    answer = post(client, "/abmelden", {"others_drafts": "1"})
    assert answer.headers["Clear-Site-Data"] == '"cache"'


def test_f10_an_expired_sign_in_clears_nothing(client: FlaskClient, person: str) -> None:
    sign_in_by_form(client, person)
    client.delete_cookie("dnk-sign-in")
    assert "Clear-Site-Data" not in client.get("/konto").headers
    assert "Clear-Site-Data" not in post(client, "/konto", {"name": "Anna"}).headers


def test_f10_the_forms_name_whose_drafts_go(client: FlaskClient, person: str) -> None:
    assert "<dialog" not in client.get("/").text
    sign_in_by_form(client, person)
    page = client.get("/konto").text
    assert page.count('data-sign-out="u1"') == 2
    assert client.get("/konto/loeschen").text.count('data-sign-out="u1"') == 2, "an erasure, too"
    assert "Es gibt Text, der noch nicht gespeichert ist" in page


def test_f10_a_page_is_told_who_signed_in_meanwhile(app: Flask, client: FlaskClient, person: str) -> None:
    sign_in_by_form(client, person)
    answer = client.post("/konto", data={"csrf_token": "old"}, headers={"X-Requested-With": "fetch"})
    assert answer.json
    assert answer.json["person"] == "u1"
    client.delete_cookie("dnk-sign-in")
    answer = client.post("/konto", data={"csrf_token": "old"}, headers={"X-Requested-With": "fetch"})
    assert answer.json
    assert not answer.json["csrf_token"]
