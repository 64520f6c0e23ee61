"""Adapts our accounts to Flask-Security: user, datastore, password hasher and rules."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from flask_security import MailUtil, PasswordUtil, RoleMixin, UserDatastore, UserMixin
from flask_security.mail_util import EmailValidateException

from dnk_tool.services.accounts import passwords
from dnk_tool.services.accounts.lifecycle import InvalidAddress, normalised_address
from dnk_tool.services.accounts.passwords import Weakness
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db, end_transaction


class User(UserMixin):
    """Wraps an account for Flask-Security, so that the account need not depend on the library.

    The library annotates plain attributes where we have properties, hence `type: ignore[override]`.
    """

    def __init__(self, account: Account) -> None:
        self.account = account
        self.roles: list[Any] = []

    @property
    def email(self) -> str:  # type: ignore[override]
        return self.account.email

    @property
    def active(self) -> bool:  # type: ignore[override]
        return self.account.active

    @property
    def password(self) -> str:
        return self.account.password_hash

    @password.setter
    def password(self, password_hash: str) -> None:
        self.account.password_hash = password_hash

    @property
    def fs_uniquifier(self) -> str:
        return self.account.fs_uniquifier

    @fs_uniquifier.setter
    def fs_uniquifier(self, value: str) -> None:
        self.account.fs_uniquifier = value


class AccountDatastore(UserDatastore):
    """Finds accounts in the request's transaction, which also saves changes to them."""

    def __init__(self) -> None:
        super().__init__(User, RoleMixin)

    def find_user(self, case_insensitive: bool = False, **by: Any) -> User | None:
        """Find an account by `email` or `fs_uniquifier`, the only attributes by which the library asks."""
        finders = {"email": accounts.by_email, "fs_uniquifier": accounts.by_uniquifier}
        [(attribute, value)] = by.items()
        account = finders[attribute](db(), value)
        return User(account) if account else None

    def put(self, model: Any) -> Any:
        """Return the model unchanged: the request's session tracks it already."""
        return model

    def commit(self) -> None:
        """Does nothing: the request commits as a whole."""


class PasswordHasher:
    """Replaces passlib's context by our hasher, and ends the transaction before hashing."""

    def hash(self, password: str, **_options: Any) -> str:
        """Hash the password. Ends the transaction first."""
        end_transaction()
        return passwords.hashed(password)

    def verify(self, password: str, password_hash: str) -> bool:
        """Whether the password matches the hash. Ends the transaction first."""
        end_transaction()
        return passwords.matches(password, password_hash)

    def needs_update(self, password_hash: str) -> bool:
        """Whether the hash was made with outdated parameters."""
        return passwords.is_outdated(password_hash)

    def identify(self, _password_hash: str) -> str:
        return "argon2"


class PasswordRules(PasswordUtil):
    """Applies our rules to a new password."""

    def validate(self, password: str, is_register: bool, **of: Any) -> tuple[list[str] | None, str]:
        """Return messages (None if the password may be used) and the normalised password."""
        user = of.get("user")
        if user is None:
            message = weakness_message(password)
        else:
            today = datetime.now(UTC).date()
            companies = [it.company for it in accounts.memberships_of(db(), user.account.id, today=today)]
            message = weakness_message(
                password, email=user.email, name=user.account.name, companies=companies
            )
        return ([message] if message else None), passwords.normalised(password)


class AddressValidator(MailUtil):
    """Normalises addresses as we store them. Sends no mail: that is the outbox's task."""

    def normalize(self, email: str) -> str:
        """The address as we store it. Raises EmailValidateException."""
        try:
            return normalised_address(email)
        except InvalidAddress as error:
            raise EmailValidateException(
                _("Geben Sie eine E-Mail-Adresse ein, zum Beispiel name@firma.de.")
            ) from error

    def validate(self, email: str) -> str:
        return self.normalize(email)

    def send_mail(self, *_given: Any, **_context: Any) -> None:
        """Raise NotImplementedError: the library must offer it, but no mail of ours goes out this way."""
        raise NotImplementedError("mails are queued by dnk_tool.web.mail.mails")


def weakness_message(password: str, *, email: str = "", name: str = "", companies: Sequence[str] = ()) -> str:
    """Why the new password is refused, in words; "" if it may be used."""
    messages = {
        Weakness.TOO_SHORT: _("Das Passwort braucht mindestens 12 Zeichen."),
        Weakness.TOO_LONG: _("Das Passwort darf höchstens 1.000 Zeichen haben."),
        Weakness.TOO_COMMON: _(
            "Dieses Passwort ist leicht zu erraten. "
            "Nehmen Sie zum Beispiel vier Wörter, die nichts miteinander zu tun haben."
        ),
        Weakness.LEAKED: _(
            "Dieses Passwort steht in öffentlichen Listen gestohlener Passwörter und wird als Erstes "
            "versucht. Nehmen Sie ein anderes, zum Beispiel vier Wörter, die nichts miteinander zu tun haben."
        ),
        Weakness.TOO_PERSONAL: _(
            "Dieses Passwort besteht aus Ihrem Namen, Ihrer Adresse oder dem Namen Ihres Unternehmens. "
            "Nehmen Sie zum Beispiel vier Wörter, die nichts miteinander zu tun haben."
        ),
    }
    weakness = passwords.weakness(
        password, email=email, name=name, companies=companies, password_file=current_settings().hibp_file
    )
    return messages[weakness] if weakness else ""
