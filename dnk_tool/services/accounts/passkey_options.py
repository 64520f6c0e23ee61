"""What a browser is asked for when a passkey is made or used, and by whom."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from dnk_tool.store.accounts import second_factors
from dnk_tool.store.tables.accounts import Account, Passkey

VALID_FOR = timedelta(minutes=5)


class PasskeyVerificationFailed(Exception):
    """The browser's answer does not prove what it should."""


@dataclass(frozen=True)
class RelyingParty:
    """This installation as a passkey knows it: its host's name, and the addresses that its pages may have."""

    host: str
    origins: tuple[str, ...]


@dataclass(frozen=True)
class Challenge:
    """What an answer must speak of; for a new passkey, with the handle that stands for the account."""

    text: str
    made_at: datetime
    handle: str = ""

    def check(self, now: datetime) -> None:
        """Raises PasskeyVerificationFailed once it is too old."""
        if not self.made_at <= now < self.made_at + VALID_FOR:
            raise PasskeyVerificationFailed("the challenge is too old")


def authentication_challenge(now: datetime) -> Challenge:
    """A challenge for somebody who has a passkey."""
    return Challenge(_random(), now)


def registration_challenge(session: Session, account: Account, now: datetime) -> Challenge:
    """A challenge for a new passkey. All of an account's know it by one handle, which tells nothing."""
    known = second_factors.passkeys_of(session, account.id)
    return Challenge(_random(), now, known[0].handle if known else _random())


def registration_options(
    session: Session, account: Account, *, party: RelyingParty, challenge: Challenge
) -> str:
    """What `navigator.credentials.create` needs, as JSON."""
    selection = AuthenticatorSelectionCriteria(
        resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
    )
    options = generate_registration_options(
        rp_id=party.host,
        rp_name="dnk-tool",
        user_id=base64url_to_bytes(challenge.handle),
        user_name=account.email,
        user_display_name=account.name or account.email,
        challenge=base64url_to_bytes(challenge.text),
        authenticator_selection=selection,
        exclude_credentials=_descriptors(second_factors.passkeys_of(session, account.id)),
    )
    return str(options_to_json(options))


def authentication_options(
    session: Session, account_id: int | None, *, is_second: bool, party: RelyingParty, challenge: Challenge
) -> str:
    """What `navigator.credentials.get` needs, as JSON: any passkey, or one of a person who is known already.

    Beside a password it is enough to have the passkey (`is_second`); alone, it must recognise its owner.
    """
    known = second_factors.passkeys_of(session, account_id) if account_id else []
    needs = UserVerificationRequirement.DISCOURAGED if is_second else UserVerificationRequirement.REQUIRED
    found = generate_authentication_options(
        rp_id=party.host,
        challenge=base64url_to_bytes(challenge.text),
        allow_credentials=_descriptors(known),
        user_verification=needs,
    )
    return str(options_to_json(found))


def _descriptors(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    known = {authenticator_transport.value for authenticator_transport in AuthenticatorTransport}
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(passkey.credential_id),
            transports=[AuthenticatorTransport(way) for way in passkey.transports if way in known],
        )
        for passkey in passkeys
    ]


def _random() -> str:
    return bytes_to_base64url(secrets.token_bytes(32))
