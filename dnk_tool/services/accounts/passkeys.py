"""Registers, verifies and removes passkeys. The cryptography is py_webauthn's.

Builds the WebAuthn options and challenges that a browser needs to create or use a passkey.
"""

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
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from dnk_tool.domain.permissions import Actor, Permission, require
from dnk_tool.services.accounts.lifecycle import one_line
from dnk_tool.services.accounts.second_factor import remove_unneeded_codes
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import second_factors
from dnk_tool.store.tables.accounts import Account, Passkey

MAX_NAME_LENGTH = 100
MAX_RESPONSE_LENGTH = 20_000
MAX_PASSKEYS = 20
CLOCK_TOLERANCE = timedelta(minutes=1)  # what the clocks of several servers may differ by
# What the library raises for a wrong answer: its own exceptions, and these if a part is missing or no text.
VERIFICATION_ERRORS = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)


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


def add_passkey(
    work: Work, account: Account, *, answer: str, name: str, party: RelyingParty, challenge: Challenge
) -> Passkey:
    """Verify the browser's answer and save the new passkey.

    Raises NotPermitted, and PasskeyVerificationFailed, also for more than MAX_PASSKEYS.
    """
    require(Permission.ACCOUNT, work.actor)
    challenge.check(work.now)
    if (
        len(answer) > MAX_RESPONSE_LENGTH
        or len(second_factors.passkeys_of(work.session, account.id)) >= MAX_PASSKEYS
    ):
        raise PasskeyVerificationFailed("too much")
    try:
        given = parse_registration_credential_json(answer)
        proof = verify_registration_response(
            credential=given,
            expected_challenge=base64url_to_bytes(challenge.text),
            expected_rp_id=party.host,
            expected_origin=list(party.origins),
            require_user_verification=True,
        )
    except VERIFICATION_ERRORS as error:
        raise PasskeyVerificationFailed(str(error)) from error
    credential_id = bytes_to_base64url(proof.credential_id)
    if second_factors.find_passkey_for_update(work.session, credential_id):
        raise PasskeyVerificationFailed("the passkey is known already")
    passkey = Passkey(
        account_id=account.id,
        credential_id=credential_id,
        handle=challenge.handle,
        public_key=proof.credential_public_key,
        sign_count=proof.sign_count,
        transports=[transport.value for transport in given.response.transports or ()],
        name=one_line(name)[:MAX_NAME_LENGTH],
        created_at=work.now,
        challenged_at=challenge.made_at,
    )
    work.session.add(passkey)
    work.session.flush()
    return passkey


def verify_passkey(
    session: Session,
    *,
    answer: str,
    party: RelyingParty,
    challenge: Challenge,
    account_id: int | None,
    is_second: bool,
    now: datetime,
) -> Passkey:
    """Verify the browser's answer and return the passkey that signed it; each challenge counts only once.

    With `account_id` it must be a passkey of this account. `is_second`: it follows a password, so possession
    is enough; otherwise the device must have verified its user. Raises PasskeyVerificationFailed.
    """
    challenge.check(now)
    if len(answer) > MAX_RESPONSE_LENGTH:
        raise PasskeyVerificationFailed("too much")
    try:
        given = parse_authentication_credential_json(answer)
        passkey = _registered_passkey(session, given.id, account_id, given.response.user_handle)
        proof = verify_authentication_response(
            credential=given,
            expected_challenge=base64url_to_bytes(challenge.text),
            expected_rp_id=party.host,
            expected_origin=list(party.origins),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=not is_second,
        )
    except VERIFICATION_ERRORS as error:
        raise PasskeyVerificationFailed(str(error)) from error
    # A later one was accepted while the clock was ahead.
    if challenge.made_at <= passkey.challenged_at <= now + CLOCK_TOLERANCE:
        raise PasskeyVerificationFailed("the challenge was answered before")
    passkey.sign_count, passkey.challenged_at = proof.new_sign_count, challenge.made_at
    return passkey


def remove_passkey(session: Session, account: Account, passkey_id: int, *, actor: Actor) -> bool:
    """Remove a passkey. Returns whether it was the account's. Raises NotPermitted.

    With the last second factor the recovery codes are removed, too.
    """
    require(Permission.ACCOUNT, actor)
    own = {passkey.id: passkey for passkey in second_factors.passkeys_of(session, account.id)}
    if passkey_id not in own:
        return False
    session.delete(own[passkey_id])
    session.flush()
    remove_unneeded_codes(session, account.id)
    return True


def _registered_passkey(
    session: Session, credential_id: str, account_id: int | None, handle: bytes | None
) -> Passkey:
    passkey = second_factors.find_passkey_for_update(session, credential_id)
    if passkey is None or account_id not in (None, passkey.account_id):
        raise PasskeyVerificationFailed("the passkey is not known")
    if handle is not None and bytes_to_base64url(handle) != passkey.handle:
        raise PasskeyVerificationFailed("the passkey belongs to another account")
    return passkey
