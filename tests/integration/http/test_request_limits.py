"""How much a request may carry: the usual, and more where a view says so."""

import pytest
from flask import Blueprint, Flask, request

from dnk_tool.domain.permissions import Permission
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.request_limits import DEFAULT_MAX_REQUEST_BYTES, accepts_large_form, accepts_upload

UPLOAD_BYTES = DEFAULT_MAX_REQUEST_BYTES + 500_000
FORM = "application/x-www-form-urlencoded"

pytestmark = pytest.mark.own_app  # its pages are added to the application


@pytest.fixture
def limited(app: Flask) -> Flask:
    """The application with three views that differ in what they take in."""
    blueprint = Blueprint("limits", __name__, url_prefix="/grenzen")

    @blueprint.post("/text")
    @permit(Permission.PUBLIC)
    def text() -> str:
        return str(len(request.form["text"]))

    @blueprint.post("/datei")
    @permit(Permission.PUBLIC)
    @accepts_upload(UPLOAD_BYTES, too_large=lambda: ("Das Bild ist zu groß", "Nehmen Sie ein kleineres."))
    def file() -> str:
        return str(len(request.data))

    @blueprint.post("/formular")
    @permit(Permission.PUBLIC)
    @accepts_large_form
    def form() -> str:
        return str(len(request.form["text"]))

    app.register_blueprint(blueprint)
    for view in (text, file, form):
        app.extensions["csrf"].exempt(app.view_functions[f"limits.{view.__name__}"])
    return app


@pytest.mark.parametrize(("path", "status"), [("text", 413), ("formular", 200)])
def test_only_a_view_that_says_so_takes_a_large_form(limited: Flask, path: str, status: int) -> None:
    large = "x" * (DEFAULT_MAX_REQUEST_BYTES + 1)
    answer = limited.test_client().post(f"/grenzen/{path}", data={"text": large}, content_type=FORM)
    assert answer.status_code == status
    assert limited.test_client().post(f"/grenzen/{path}", data={"text": "kurz"}).text == "4"


def test_a_view_says_how_much_it_takes_and_what_its_page_says_above(limited: Flask) -> None:
    client = limited.test_client()
    assert client.post("/grenzen/datei", data=b"x" * UPLOAD_BYTES).text == str(UPLOAD_BYTES)
    refused = client.post("/grenzen/datei", data=b"x" * (UPLOAD_BYTES + 1))
    assert refused.status_code == 413
    assert "Das Bild ist zu groß" in refused.text
    assert "Nehmen Sie ein kleineres." in refused.text
