"""What the program signs, with SHA-256; earlier signatures count where they outlive an upgrade."""

import pytest
from flask import Flask
from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer
from sqlalchemy import select

from dnk_tool.services.accounts import signing
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.accounts import devices
from tests.support.app import database_session, make_account, post

KEY = "only for tests " * 4


def test_signatures_are_hmac_sha_256() -> None:
    for signed in (signing.signer(KEY, "x").dumps("y"), signing.timed_signer(KEY, "x").dumps("y")):
        signature = str(signed).rsplit(".", 1)[1]
        assert len(signature) == 43, "32 bytes in Base64, where SHA-1 has 20"


def test_one_purpose_never_opens_another() -> None:
    with pytest.raises(BadSignature):
        signing.signer(KEY, "x").loads(signing.signer(KEY, "z").dumps("y"))


def test_an_earlier_signature_counts_only_where_it_is_accepted() -> None:
    earlier = URLSafeSerializer(KEY, salt="x").dumps("y")
    assert signing.signer(KEY, "x", accepts_earlier=True).loads(earlier) == "y"
    with pytest.raises(BadSignature):
        signing.signer(KEY, "x").loads(earlier)


def test_the_link_of_an_earlier_mail_still_stops_reminders(app: Flask) -> None:
    with database_session(app) as session:
        account = make_account(session, "anna@example.org")
        session.flush()
        known = [account.id, account.created_at.timestamp()]
    token = URLSafeSerializer(app.config["SECRET_KEY"], salt="dnk-reminders").dumps(known)
    answer = post(app.test_client(), f"/erinnerungen/abbestellen/{token!s}")
    assert answer.status_code in (200, 303)
    with database_session(app) as session:
        assert session.scalars(select(Account.wants_reminders)).one() is False


def test_a_browser_that_an_earlier_version_knew_is_still_known(app: Flask) -> None:
    earlier = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="dnk-device")
    cookie = str(earlier.dumps(devices._email_hash("anna@example.org")))
    with app.test_request_context(headers={"Cookie": f"dnk-device={cookie}"}):
        assert devices.known_device_id("anna@example.org")
        assert not devices.known_device_id("bert@example.org")


def test_an_authenticator_app_in_work_is_signed_anew(app: Flask) -> None:
    """What lives an hour at most is not accepted with SHA-1."""
    earlier = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="dnk-app").dumps([1, "x"])
    with pytest.raises(BadSignature):
        signing.timed_signer(app.config["SECRET_KEY"], "dnk-app").loads(earlier, max_age=3600)
