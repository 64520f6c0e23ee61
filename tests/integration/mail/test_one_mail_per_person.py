"""The watch of every other test here: a request that writes twice to the same person fails it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.domain.permissions import Permission
from dnk_tool.web.http.access import permit
from dnk_tool.web.mail import mails
from tests.support.app import database_session, make_account, post


def add_view(app: Flask, *recipients: str) -> None:
    """A page that writes to these people."""

    def write() -> str:
        for recipient in recipients:
            mails.queue_mail(("Betreff", "Text"), recipient=recipient, language="de", reply_to=mails.NOBODY)
        return ""

    app.add_url_rule("/schreiben", "test.write", permit(Permission.PUBLIC)(write), methods=["POST"])


@pytest.mark.own_app
def test_two_mails_to_one_person_are_noticed(app: Flask, client: FlaskClient) -> None:
    add_view(app, "anna@example.org", "otto@example.org", "anna@example.org")
    with pytest.raises(AssertionError, match=r"test\.write writes twice"):
        post(client, "/schreiben")


@pytest.mark.own_app
@pytest.mark.parametrize("recipients", [("anna@example.org", "otto@example.org"), ("", "")])
def test_one_mail_each_is_as_it_should_be(
    app: Flask, client: FlaskClient, recipients: tuple[str, ...]
) -> None:
    add_view(app, *recipients)
    assert post(client, "/schreiben").status_code == 200


def test_the_same_news_for_a_person_named_twice_is_one_mail(app: Flask) -> None:
    with database_session(app) as session:
        account = make_account(session, "anna@example.org")
    with app.test_request_context(method="POST"):
        mails.notify_accounts("accounts/new_password", [account, account], reply_to=mails.NOBODY)
        session = mails.db()
        assert len(session.new) == 1
        session.rollback()
