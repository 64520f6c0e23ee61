"""People at their browsers: who is signed in, a form that is sent as a person would, the words of a page."""

import re
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.app import World, form_fields, sign_in


def signed_in(app: Flask, who: str) -> FlaskClient:
    """The browser of somebody, by their address or its first part at example.org; of nobody for ""."""
    client = app.test_client()
    if who:
        sign_in(client, who if "@" in who else f"{who}@example.org")
    return client


def is_in(client: FlaskClient) -> bool:
    """Whether the browser is signed in."""
    return client.get("/konto").status_code == 200


def send(client: FlaskClient, path: str, **changes: Any) -> TestResponse:
    """Load the page, change some fields as a person would, and send the form."""
    return client.post(path, data={**form_fields(client.get(path).text), **changes})


def save_page(client: FlaskClient, path: str, **changes: Any) -> str:
    """Send the form of a page, changed, and tell where the save leads."""
    answer = send(client, path, **changes)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def own_page(world: World, section: str) -> str:
    """The page of a criterion of the own declaration."""
    return f"/erklaerungen/{world.own_declaration}/kriterien/{section}"


def words_of(page: str) -> str:
    """What a reader reads, with plain spaces; signs such as & stay as HTML writes them."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def read_words(page: str) -> str:
    """What a reader reads, with plain spaces."""
    return unescape(words_of(page))


def main_of(answer: TestResponse) -> str:
    """The HTML of the page's main part."""
    return answer.text.split("<main")[1].split("</main>")[0]
