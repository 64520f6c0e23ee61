"""Registers, verifies and removes passkeys. The cryptography is py_webauthn's."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session
from webauthn import (
    base64url_to_bytes,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException

from dnk_tool.domain.permissions import Actor, Permission, require
from dnk_tool.services.accounts.lifecycle import one_line
from dnk_tool.services.accounts.passkey_options import Challenge, PasskeyVerificationFailed, RelyingParty
from dnk_tool.services.accounts.second_factor import remove_unneeded_codes
from dnk_tool.store.accounts import second_factors
from dnk_tool.store.tables.accounts import Account, Passkey

MAX_NAME_LENGTH = 100
MAX_RESPONSE_LENGTH = 20_000
MAX_PASSKEYS = 20
CLOCK_TOLERANCE = timedelta(minutes=1)  # what the clocks of several servers may differ by
# What the library raises for a wrong answer: its own exceptions, and these if a part is missing or no text.
VERIFICATION_ERRORS = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)


def add_passkey(
    session: Session,
    account: Account,
    *,
    answer: str,
    name: str,
    party: RelyingParty,
    challenge: Challenge,
    actor: Actor,
    now: datetime,
) -> Passkey:
    """Verify the browser's answer and save the new passkey.

    Raises NotPermitted, and PasskeyVerificationFailed, also for more than MAX_PASSKEYS.
    """
    require(Permission.ACCOUNT, actor)
    challenge.check(now)
    if (
        len(answer) > MAX_RESPONSE_LENGTH
        or len(second_factors.passkeys_of(session, account.id)) >= MAX_PASSKEYS
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
    if second_factors.find_passkey_for_update(session, credential_id):
        raise PasskeyVerificationFailed("the passkey is known already")
    passkey = Passkey(
        account_id=account.id,
        credential_id=credential_id,
        handle=challenge.handle,
        public_key=proof.credential_public_key,
        sign_count=proof.sign_count,
        transports=[transport.value for transport in given.response.transports or ()],
        name=one_line(name)[:MAX_NAME_LENGTH],
        created_at=now,
        challenged_at=challenge.made_at,
    )
    session.add(passkey)
    session.flush()
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
