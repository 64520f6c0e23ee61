"""The tables of accounts: sign-ins, identities, registrations, second factors."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from dnk_tool.domain.mail import NewsFrequency
from dnk_tool.store.base import Base, UtcDateTime, enum_by_value


class Account(Base):
    """A person who can sign in. The address is stored in lower case, so it is unique in any spelling.

    `fs_uniquifier` is stored in each sign-in and reset link; a new value ends all of them.
    """

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    password_hash: Mapped[str] = mapped_column(String(200))
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    is_operator: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(2), default="de")
    wants_reminders: Mapped[bool] = mapped_column(default=True)
    cluster_news: Mapped[NewsFrequency] = mapped_column(
        enum_by_value(NewsFrequency), default=NewsFrequency.DAILY
    )
    declined_second_factor: Mapped[bool] = mapped_column(default=False)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_in_small_letters"),
        CheckConstraint("language IN ('de', 'en')", name="language_known"),
    )


class InstallationDefault(Base):
    """A default of an earlier version that an installation keeps; a new installation has none."""

    __tablename__ = "installation_default"

    setting: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[list[str]] = mapped_column(JSON)


class Identity(Base):
    """A person's identity at a provider. Only issuer and subject identify it: addresses change hands."""

    __tablename__ = "identity"

    issuer: Mapped[str] = mapped_column(String(500), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(320), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Registration(Base):
    """A requested account whose address is not confirmed. Only the hash of the link's token is stored.

    Not an account yet, so that nobody blocks or prepares an account with another person's address. Name and
    password are asked for only after the link in the mail was opened.
    """

    __tablename__ = "registration"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    email: Mapped[str] = mapped_column(String(320), index=True)
    language: Mapped[str] = mapped_column(String(2))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuthenticatorApp(Base):
    """An app that shows six digits: its encrypted secret and the half minute of the last code used."""

    __tablename__ = "authenticator_app"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[str] = mapped_column(String(300))
    last_counter: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Passkey(Base):
    """A key on a device or in a password manager. `handle` is the random user id that it knows.

    `challenged_at` is when the last accepted challenge was made; an older one is never accepted again.
    """

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    handle: Mapped[str] = mapped_column(String(86))
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    transports: Mapped[list[str]] = mapped_column(JSON)
    name: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    challenged_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecoveryCode(Base):
    """A code that replaces a lost device, once. Only its salted hash is stored; earlier ones have no salt."""

    __tablename__ = "recovery_code"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32), default="")
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)


class SignIn(Base):
    """A signed-in browser. Only the hash of the cookie's id is stored, so a stolen table signs nobody in."""

    __tablename__ = "sign_in"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    browser: Mapped[str] = mapped_column(String(100), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
