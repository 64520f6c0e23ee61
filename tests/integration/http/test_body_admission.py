"""Large bodies are read only if the person who sends them may: address, session and permission come first."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.web.http import body_admission
from dnk_tool.web.http.body_admission import UNCHECKED_BODY_BYTES
from dnk_tool.web.http.request_limits import DEFAULT_MAX_REQUEST_BYTES
from tests.support.app import World, sign_in

LARGE = DEFAULT_MAX_REQUEST_BYTES + 1_000_000
MULTIPART = "multipart/form-data; boundary=x"


class Upload(io.BytesIO):
    """A body that notes whether anybody has read it."""

    was_read = False

    def read(self, size: int | None = -1) -> bytes:
        self.was_read = True
        return super().read(size)

    def readinto(self, buffer: object) -> int:
        self.was_read = True
        return super().readinto(buffer)  # type: ignore[arg-type]


def send_body(client: FlaskClient, path: str, size: int = LARGE) -> tuple[int, bool]:
    """The status, and whether the body was read."""
    head = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n'
    tail = b"\r\n--x--\r\n"
    body = Upload(head + b"a" * (size - len(head) - len(tail)) + tail)
    answer = client.post(path, input_stream=body, content_length=size, content_type=MULTIPART)
    return answer.status_code, body.was_read


def evidence_of(declaration_id: int) -> str:
    return f"/erklaerungen/{declaration_id}/belege/neu"


def test_f16_a_stranger_is_sent_to_the_sign_in_unread(client: FlaskClient, world: World) -> None:
    assert send_body(client, evidence_of(world.own_declaration)) == (401, False)


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("expired", 404)])
def test_f16_whoever_may_not_send_it_hears_so_unread(
    client: FlaskClient, world: World, who: str, status: int
) -> None:
    sign_in(client, f"{who}@example.org")
    assert send_body(client, evidence_of(world.own_declaration)) == (status, False)


def test_f16_whoever_may_send_it_is_read(client: FlaskClient, world: World) -> None:
    sign_in(client, "editor@example.org")
    assert send_body(client, evidence_of(world.own_declaration))[1]


def test_f16_typed_text_outlives_a_sign_in_that_ended(client: FlaskClient, world: World) -> None:
    assert send_body(client, f"/erklaerungen/{world.own_declaration}/kriterien/1", 200_000) == (401, True)


def test_f16_a_server_may_ask_before_it_reads(app: Flask, client: FlaskClient, world: World) -> None:
    sign_in(client, "editor@example.org")
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in client._cookies.values())
    environ = {
        "REQUEST_METHOD": "POST",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost",
        "HTTP_COOKIE": cookies,
        "PATH_INFO": evidence_of(world.own_declaration),
        "CONTENT_TYPE": MULTIPART,
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
    }
    for length, wanted in ((UNCHECKED_BODY_BYTES + 1, True), (LARGE, True), (10**12, False)):
        assert body_admission.wants_body(app, environ | {"CONTENT_LENGTH": str(length)}) == wanted
    for change in ({"HTTP_HOST": "evil.example"}, {"PATH_INFO": "/nichts"}, {"REQUEST_METHOD": "GET"}):
        assert not body_admission.wants_body(app, environ | {"CONTENT_LENGTH": str(LARGE)} | change)
    lists = environ | {"PATH_INFO": f"/erklaerungen/{world.own_declaration}/listen/lohn"}
    for length, wanted in ((UNCHECKED_BODY_BYTES + 1, True), (LARGE, False)):
        assert body_admission.wants_body(app, lists | {"CONTENT_LENGTH": str(length)}) == wanted
    assert body_admission.stays_in_memory(app, lists)
    assert not body_admission.stays_in_memory(app, environ)
