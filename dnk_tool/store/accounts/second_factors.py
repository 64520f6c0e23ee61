"""Queries of second factors: authenticator apps, passkeys and recovery codes."""

from collections.abc import Collection

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from dnk_tool.store.tables.accounts import (
    Account,
    AuthenticatorApp,
    InstallationDefault,
    Passkey,
    RecoveryCode,
)
from dnk_tool.store.tables.declarations import Declaration, Snapshot


def app_of(session: Session, account_id: int) -> AuthenticatorApp | None:
    """The person's authenticator app."""
    return session.get(AuthenticatorApp, account_id)


def accounts_with_apps(session: Session) -> list[tuple[Account, AuthenticatorApp]]:
    """All accounts that have an authenticator app, with it, in order of their addresses."""
    joined = select(Account, AuthenticatorApp).join(
        AuthenticatorApp, AuthenticatorApp.account_id == Account.id
    )
    return [(account, app) for account, app in session.execute(joined.order_by(Account.email))]


def passkeys_of(session: Session, account_id: int) -> list[Passkey]:
    """The person's passkeys, oldest first."""
    return list(session.scalars(select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id)))


def find_passkey_for_update(session: Session, credential_id: str) -> Passkey | None:
    """The passkey with this id, locked until the transaction ends."""
    return session.scalar(select(Passkey).where(Passkey.credential_id == credential_id).with_for_update())


def has_any(session: Session, account_id: int) -> bool:
    """Whether the person has an authenticator app or a passkey, so that the password alone is not enough."""
    has_passkey = select(Passkey.id).where(Passkey.account_id == account_id).limit(1)
    return app_of(session, account_id) is not None or session.scalar(has_passkey) is not None


def count_operators(session: Session) -> tuple[int, int]:
    """How many operators can sign in, and how many of them have neither an app nor a passkey."""
    has_app = select(AuthenticatorApp.account_id).where(AuthenticatorApp.account_id == Account.id).exists()
    has_passkey = select(Passkey.id).where(Passkey.account_id == Account.id).exists()
    counts = select(func.count(), func.count().filter(~has_app & ~has_passkey)).select_from(Account)
    operators, without = session.execute(counts.where(Account.is_operator, Account.active)).one()
    return operators, without


def has_versions_and_no_factor(session: Session, account_id: int, organisation_ids: Collection[int]) -> bool:
    """Whether a company finished a version of a declaration and the person has no second factor."""
    finished = (
        select(Snapshot.id)
        .join(Declaration, Declaration.id == Snapshot.declaration_id)
        .where(Declaration.organisation_id.in_(organisation_ids))
    )
    has_app = select(AuthenticatorApp.account_id).where(AuthenticatorApp.account_id == account_id)
    has_passkey = select(Passkey.id).where(Passkey.account_id == account_id)
    return bool(session.scalar(select(finished.exists() & ~has_app.exists() & ~has_passkey.exists())))


def default_of_earlier_version(session: Session) -> tuple[str, ...] | None:
    """The roles of which an installation from before the present default demands one; None in a new one."""
    row = session.get(InstallationDefault, "second_factor_for")
    return tuple(row.value) if row else None


def consume_code_counter(session: Session, account_id: int, counter: int, *, latest: int) -> bool:
    """Store the half minute whose code was used. Returns False if it or a later one was used before.

    One after `latest`, the last that can be used now, counts as none: the clock was ahead then.
    """
    last = AuthenticatorApp.last_counter
    statement = (
        update(AuthenticatorApp)
        .where(AuthenticatorApp.account_id == account_id, or_(last < counter, last > latest))
        .values(last_counter=counter)
        .returning(AuthenticatorApp.account_id)
    )
    return session.scalar(statement) is not None


def recovery_codes_of(session: Session, account_id: int) -> list[RecoveryCode]:
    """The person's unused recovery codes."""
    return list(session.scalars(select(RecoveryCode).where(RecoveryCode.account_id == account_id)))


def consume_recovery_code(session: Session, account_id: int, code_hash: str) -> bool:
    """Delete a recovery code. Returns whether the person had it."""
    mine = RecoveryCode.account_id == account_id, RecoveryCode.code_hash == code_hash
    return session.scalar(delete(RecoveryCode).where(*mine).returning(RecoveryCode.code_hash)) is not None


def count_recovery_codes(session: Session, account_id: int) -> int:
    """How many unused recovery codes the person has."""
    left = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.account_id == account_id)
    return session.scalar(left) or 0


def remove_recovery_codes(session: Session, account_id: int) -> None:
    """Delete all recovery codes of the person."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def remove_all_of(session: Session, account_id: int) -> None:
    """Delete all second factors and recovery codes of the person; the password remains."""
    for kind in (AuthenticatorApp, Passkey, RecoveryCode):
        session.execute(delete(kind).where(kind.account_id == account_id))
