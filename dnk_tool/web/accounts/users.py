"""What Flask-Security sees of our accounts: its user, its store, its hasher, its rules."""

from typing import Any

from flask_babel import gettext as _
from flask_security import MailUtil, PasswordUtil, RoleMixin, UserDatastore, UserMixin
from flask_security.mail_util import EmailValidateException

from dnk_tool.services.accounts import passwords
from dnk_tool.services.accounts.lifecycle import InvalidAddress, normalised_address
from dnk_tool.services.accounts.passwords import Weakness
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.http.transactions import db, end_transaction


class User(UserMixin):
    """An account in the words of Flask-Security. The account itself knows nothing of the library.

    The library annotates plain attributes; here they are read from the account, hence the `override`s.
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
    """Finds accounts in the request's own transaction, which also keeps what is changed."""

    def __init__(self) -> None:
        super().__init__(User, RoleMixin)

    def find_user(self, case_insensitive: bool = False, **by: Any) -> User | None:
        finders = {"email": accounts.by_email, "fs_uniquifier": accounts.by_uniquifier}
        [(attribute, value)] = by.items()
        account = finders[attribute](db(), value)
        return User(account) if account else None

    def put(self, model: Any) -> Any:
        return model

    def commit(self) -> None:
        """The request commits, as a whole."""


class PasswordHasher:
    """In the place of passlib's context: our hasher, and no open transaction while it works."""

    def hash(self, password: str, **_options: Any) -> str:
        end_transaction()
        return passwords.hashed(password)

    def verify(self, password: str, password_hash: str) -> bool:
        end_transaction()
        return passwords.matches(password, password_hash)

    def needs_update(self, password_hash: str) -> bool:
        return passwords.is_outdated(password_hash)

    def identify(self, _password_hash: str) -> str:
        return "argon2"


class PasswordRules(PasswordUtil):
    """Our rules for a new password."""

    def validate(self, password: str, is_register: bool, **of: Any) -> tuple[list[str] | None, str]:
        user = of.get("user")
        email, name = (user.email, user.account.name) if user else ("", "")
        message = weakness_message(password, email=email, name=name)
        return ([message] if message else None), passwords.normalised(password)


class AddressValidator(MailUtil):
    """Our spelling of addresses. Mails go through the outbox, never from here."""

    def normalize(self, email: str) -> str:
        try:
            return normalised_address(email)
        except InvalidAddress as error:
            raise EmailValidateException(
                _("Geben Sie eine E-Mail-Adresse ein, zum Beispiel name@firma.de.")
            ) from error

    def validate(self, email: str) -> str:
        return self.normalize(email)

    def send_mail(self, *_given: Any, **_context: Any) -> None:
        raise NotImplementedError("mails are queued by dnk_tool.web.mail.mails")


def weakness_message(password: str, *, email: str, name: str) -> str:
    """What is wrong with a new password, in words; nothing if it may be used."""
    messages = {
        Weakness.TOO_SHORT: _("Das Passwort braucht mindestens 12 Zeichen."),
        Weakness.TOO_LONG: _("Das Passwort darf höchstens 1.000 Zeichen haben."),
        Weakness.TOO_COMMON: _(
            "Dieses Passwort ist leicht zu erraten. "
            "Nehmen Sie zum Beispiel vier Wörter, die nichts miteinander zu tun haben."
        ),
        Weakness.TOO_PERSONAL: _(
            "Dieses Passwort besteht aus Ihrem Namen oder Ihrer Adresse. "
            "Nehmen Sie zum Beispiel vier Wörter, die nichts miteinander zu tun haben."
        ),
    }
    weakness = passwords.weakness(password, email=email, name=name)
    return messages[weakness] if weakness else ""
