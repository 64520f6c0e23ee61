"""Flask's session in two parts: the sign-in is stored by the server, the rest in a signed cookie.

The cookie holds what a visitor without an account needs (form token, language, a message for the next page),
so that reading a page never writes a row. A copied or old cookie is worth nothing after sign-out, because the
row that it names is gone.
"""

import logging
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Request, Response, request
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SessionInterface, SessionMixin
from itsdangerous import BadSignature
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.datastructures import CallbackDict

from dnk_tool.config import Settings
from dnk_tool.services.accounts import signing
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.accounts import sign_ins
from dnk_tool.store.accounts.sign_ins import OpenedSignIn
from dnk_tool.store.database import write_session
from dnk_tool.store.tables.accounts import SignIn
from dnk_tool.web.http.transactions import SAFE_METHODS, will_be_repeated

log = logging.getLogger(__name__)

SIGNED_IN_KEY = "_user_id"  # Flask-Login's key; holds the account's fs_uniquifier
COOKIE_KEYS = frozenset({"_flashes", "language", "browser", "fs_cc", "away", "prints"})
TOUCH_EVERY = timedelta(minutes=1)
TOUCH_PATIENCE_SECONDS = 0.05  # the page does not wait for a note that may fail


class SignInChangedOnSafeRequest(RuntimeError):
    """A safe request (such as GET) tried to change the sign-in; a programming error."""


class TwoPartSession(CallbackDict[str, Any], SessionMixin):
    """The session that views use."""

    def __init__(
        self, values: dict[str, Any], sign_in: OpenedSignIn | None, *, is_broken: bool = False
    ) -> None:
        def changed(_session: Any) -> None:
            self.modified = True

        super().__init__(values, changed)
        self.modified = False
        self.sign_in = sign_in
        self.renews_id = False
        self.is_broken = is_broken  # the database did not answer: anonymous, and nothing is saved

    def renew_id(self) -> None:
        """Give the sign-in a new id, because it may do more from now on; it ends when it would have."""
        self.renews_id = True

    @property
    def server_part(self) -> dict[str, Any]:
        """The values stored in the sign-in's row."""
        return {key: value for key, value in self.items() if key not in COOKIE_KEYS}

    @property
    def cookie_part(self) -> dict[str, Any]:
        """The values stored in the cookie; all of them for a visitor."""
        return {key: value for key, value in self.items() if key in COOKIE_KEYS or SIGNED_IN_KEY not in self}


class TwoPartSessionInterface(SessionInterface):
    """Opens and saves sessions, in transactions of their own."""

    def __init__(self, settings: Settings, key: str, factory: sessionmaker[Session], static: str) -> None:
        self._settings, self._factory, self._static = settings, factory, static
        self._signer = signing.signer(
            key, "dnk-session", accepts_earlier=True, serializer=TaggedJSONSerializer()
        )
        prefix = "__Host-" if settings.is_https else ""
        self.sign_in_cookie, self.light_cookie = f"{prefix}dnk-sign-in", f"{prefix}dnk"

    def open_session(self, app: Flask, request: Request) -> TwoPartSession:
        """Read cookie and sign-in. The session is marked broken if the database does not answer."""
        values = self._read_light(request)
        secret_id = request.cookies.get(self.sign_in_cookie)
        if not secret_id or request.path.startswith(self._static):
            return TwoPartSession(values, None)
        try:
            row = self._find(secret_id)
        except SQLAlchemyError as error:
            if not will_be_repeated(error):
                log.error("the sign-in cannot be read (%s)", type(error).__name__)
            return TwoPartSession({}, None, is_broken=True)
        if row is None:
            return TwoPartSession(values, None)
        return TwoPartSession(values | row.data, row)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Save both parts if modified; not after 5xx responses.

        Raises SignInChangedOnSafeRequest.
        """
        if not isinstance(session, TwoPartSession) or session.is_broken or response.status_code >= 500:
            return
        if request.path.startswith(self._static):
            return
        response.vary.add("Cookie")
        if session.modified:
            self._save_sign_in(request.method in SAFE_METHODS, session, response)
            self._save_light(session, response)

    def _read_light(self, request: Request) -> dict[str, Any]:
        try:
            values = self._signer.loads(request.cookies.get(self.light_cookie, ""))
        except BadSignature:
            return {}
        # A sign-in is never read from this cookie.
        return {key: value for key, value in values.items() if key != SIGNED_IN_KEY}

    def _find(self, secret_id: str) -> OpenedSignIn | None:
        now = datetime.now(UTC)
        with self._factory.kw["bind"].connect() as connection:
            row = sign_ins.find(connection, secret_id, now=now, idle=self._settings.idle)
        if row and now - row.last_seen_at >= TOUCH_EVERY:
            self._touch(row, now)
        return row

    def _touch(self, row: OpenedSignIn, now: datetime) -> None:
        """Note the time of last use, at most once a minute. A failure is logged and ignored."""
        try:
            with write_session(self._factory, patience=TOUCH_PATIENCE_SECONDS) as session, session.begin():
                sign_ins.touch(session, row.id_hash, now=now)
        except SQLAlchemyError:
            log.warning("the time of last use could not be noted")

    def _save_light(self, session: TwoPartSession, response: Response) -> None:
        if session.cookie_part:
            self._set_cookie(response, self.light_cookie, str(self._signer.dumps(session.cookie_part)))
        else:
            self._delete_cookie(response, self.light_cookie)

    def _save_sign_in(self, request_is_safe: bool, session: TwoPartSession, response: Response) -> None:
        row, kept = session.sign_in, session.server_part if SIGNED_IN_KEY in session else {}
        if kept == (row.data if row else {}):
            return
        if request_is_safe:
            raise SignInChangedOnSafeRequest("a GET never changes a sign-in")
        if not kept:
            self._replace(row, None)
            self._delete_cookie(response, self.sign_in_cookie)
            return
        is_same = row is not None and row.data[SIGNED_IN_KEY] == kept[SIGNED_IN_KEY]
        if row and is_same and not session.renews_id:
            self._update(row.id_hash, kept)
            return
        # Each sign-in and each step-up gets a new id, to prevent session fixation.
        secret_id = secrets.token_urlsafe(32)
        new = self._new_row(secret_id, kept)
        if row and is_same:
            new.created_at, new.expires_at = row.created_at, row.expires_at
        self._replace(row, new)
        self._set_cookie(response, self.sign_in_cookie, secret_id)

    def _new_row(self, secret_id: str, kept: dict[str, Any]) -> SignIn:
        now = datetime.now(UTC)
        return SignIn(
            id_hash=sign_ins.hash_sign_in_id(secret_id),
            data=kept,
            browser=browser_name(request.user_agent.string),
            created_at=now,
            last_seen_at=now,
            expires_at=now + self._settings.longest_session,
        )

    def _replace(self, old: OpenedSignIn | None, new: SignIn | None) -> None:
        with write_session(self._factory) as session, session.begin():
            if old:
                sign_ins.remove(session, old.id_hash)
            account = accounts.by_uniquifier(session, new.data[SIGNED_IN_KEY]) if new else None
            if new and account:
                new.account_id = account.id
                account.last_sign_in_at = max(account.last_sign_in_at or new.created_at, new.created_at)
                session.add(new)

    def _update(self, id_hash: str, kept: dict[str, Any]) -> None:
        with write_session(self._factory) as session, session.begin():
            row = session.get(SignIn, id_hash)
            if row:
                row.data = kept

    def _set_cookie(self, response: Response, name: str, value: str) -> None:
        response.set_cookie(name, value, **self._options)

    def _delete_cookie(self, response: Response, name: str) -> None:
        response.delete_cookie(name, **self._options)

    @property
    def _options(self) -> dict[str, Any]:
        return {"path": "/", "secure": self._settings.is_https, "httponly": True, "samesite": "Lax"}


def browser_name(user_agent: str) -> str:
    """Browser and system by name, "Firefox, Linux", for recognising one's own sign-ins."""
    browsers = (
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    )
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    names = (next((name for sign, name in signs if sign in user_agent), "") for signs in (browsers, systems))
    return ", ".join(name for name in names if name)
