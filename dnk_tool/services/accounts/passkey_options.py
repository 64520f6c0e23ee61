"""Builds the WebAuthn options and challenges that a browser needs to create or use a passkey."""

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
    """The browser's answer fails verification: malformed, outdated, or not from an accepted passkey."""


@dataclass(frozen=True)
class RelyingParty:
    """The installation in WebAuthn's terms: `host` is the relying party ID, `origins` its pages' origins."""

    host: str
    origins: tuple[str, ...]


@dataclass(frozen=True)
class Challenge:
    """The random value that an answer must sign, in base64url, and when it was issued.

    `handle`: for a new passkey the account's WebAuthn user handle, otherwise empty.
    """

    text: str
    made_at: datetime
    handle: str = ""

    def check(self, now: datetime) -> None:
        """Raise PasskeyVerificationFailed once the challenge is older than VALID_FOR."""
        if not self.made_at <= now < self.made_at + VALID_FOR:
            raise PasskeyVerificationFailed("the challenge is too old")


def authentication_challenge(now: datetime) -> Challenge:
    """Issue a challenge for signing in with an existing passkey."""
    return Challenge(_random(), now)


def registration_challenge(session: Session, account: Account, now: datetime) -> Challenge:
    """Issue a challenge for a new passkey of the account.

    All passkeys of an account share one random user handle, which reveals nothing about the person.
    """
    known = second_factors.passkeys_of(session, account.id)
    return Challenge(_random(), now, known[0].handle if known else _random())


def registration_options(
    session: Session, account: Account, *, party: RelyingParty, challenge: Challenge
) -> str:
    """The options for `navigator.credentials.create`, as JSON; the account's known passkeys are excluded."""
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
    """The options for `navigator.credentials.get`, as JSON: one of the account's passkeys, or any without it.

    `is_second`: the passkey follows a password, so possession is enough. Otherwise the device must verify
    its user, by PIN or fingerprint.
    """
    known = second_factors.passkeys_of(session, account_id) if account_id else []
    needs = UserVerificationRequirement.DISCOURAGED if is_second else UserVerificationRequirement.REQUIRED
    options = generate_authentication_options(
        rp_id=party.host,
        challenge=base64url_to_bytes(challenge.text),
        allow_credentials=_descriptors(known),
        user_verification=needs,
    )
    return str(options_to_json(options))


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
