"""The commands `dnk user list`, `lock`, `unlock` and `sessions`: who may sign in, and who is signed in."""

import json
from datetime import UTC, datetime

import click
from sqlalchemy.orm import Session

from dnk_tool import config
from dnk_tool.cli import logs
from dnk_tool.cli.database import open_installation
from dnk_tool.cli.output import fail
from dnk_tool.services.accounts import lifecycle, security_log
from dnk_tool.services.accounts.lifecycle import InvalidAddress, normalised_address
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.store.accounts import overviews, sign_ins
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.accounts.overviews import AccountOverview
from dnk_tool.store.database import write_session
from dnk_tool.store.tables.accounts import Account

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON for scripts.")


@click.command("list")
@AS_JSON
def list_accounts(as_json: bool) -> None:
    """List all accounts with their roles, their last sign-in, and whether they are locked."""
    with open_installation() as factory, factory() as session:
        rows = overviews.list_all(session, today=datetime.now(UTC).date())
    if as_json:
        click.echo(json.dumps([_as_data(row) for row in rows], ensure_ascii=False))
        return
    for row in rows:
        click.echo("  ".join(_columns(row)))


@click.command()
@click.argument("email")
def lock(email: str) -> None:
    """Lock the account of EMAIL at once: sign-ins and links for a new password end, what was written stays.

    Whoever tries to sign in reads the same as with a wrong password.
    """
    with open_installation() as factory, write_session(factory) as session:
        account = find_account(session, email)
        lifecycle.lock_account(session, account)
        session.commit()
        record(SecurityEvent.ACCOUNT_LOCKED, account)
        has_operator = accounts.has_active_operator(session)
    click.echo(f"{account.email} is locked and signed out everywhere.")
    if not has_operator:
        click.echo("There is no operator left who can sign in: dnk user add EMAIL --operator", err=True)


@click.command()
@click.argument("email")
def unlock(email: str) -> None:
    """Unlock the account of EMAIL. Links for a new password from before stay void."""
    with open_installation() as factory, write_session(factory) as session:
        account = find_account(session, email)
        lifecycle.unlock_account(account)
        session.commit()
        record(SecurityEvent.ACCOUNT_UNLOCKED, account)
    click.echo(f"{account.email} may sign in again.")


@click.command()
@click.argument("email")
@click.option("--end", is_flag=True, help="End all of them.")
@AS_JSON
def sessions(email: str, end: bool, as_json: bool) -> None:
    """List where EMAIL is signed in; with --end sign them out everywhere."""
    idle, now = config.load_settings().idle, datetime.now(UTC)
    with open_installation() as factory, write_session(factory) as session:
        account = find_account(session, email)
        rows = sign_ins.of_account(session, account.id, now=now, idle=idle)
        shown = [
            {"browser": row.browser, "since": _moment(row.created_at), "last_used": _moment(row.last_seen_at)}
            for row in rows
        ]
        if end:
            lifecycle.end_every_sign_in(session, account)
            session.commit()
            record(SecurityEvent.SIGN_INS_ENDED, account)
    if as_json:
        click.echo(json.dumps({"email": account.email, "sessions": shown, "ended": end}, ensure_ascii=False))
        return
    for line in shown:
        browser = line["browser"] or "unknown browser"
        click.echo(f"{browser}  since {line['since']}, last used {line['last_used']}")
    if not shown:
        click.echo(f"{account.email} is not signed in.")
    if end:
        click.echo(f"{account.email} is signed out everywhere.")


def find_account(session: Session, email: str) -> Account:
    """The account with this address, in any spelling; without one the command ends."""
    try:
        account = accounts.by_email(session, normalised_address(email))
    except InvalidAddress:
        fail(f"'{email}' is not an email address.")
    return account or fail(f"There is no account {email}.")


def record(event: SecurityEvent, account: Account, **facts: str) -> None:
    """Log the security event on standard error, in the form of the server's log."""
    key, name = config.secret_key(config.load_settings()), security_log.account_name(account.id)
    with logs.security_events_on_stderr():
        security_log.record(event, key, account=name, by="command", **facts)


def _columns(row: AccountOverview) -> list[str]:
    last = _moment(row.account.last_sign_in_at) if row.account.last_sign_in_at else "never signed in"
    states = [] if row.account.active else ["LOCKED"]
    return [row.account.email, ", ".join(_roles(row)) or "no role", last, *states]


def _roles(row: AccountOverview) -> list[str]:
    roles = ["operator"] if row.account.is_operator else []
    return roles + [
        f"{role.role.value} of {role.place}{' (ended)' if role.is_ended else ''}" for role in row.roles
    ]


def _as_data(row: AccountOverview) -> dict[str, object]:
    account = row.account
    return {
        "id": account.id,
        "email": account.email,
        "name": account.name,
        "roles": _roles(row),
        "last_sign_in": _moment(account.last_sign_in_at) if account.last_sign_in_at else None,
        "locked": not account.active,
        "second_factor": row.has_second_factor,
    }


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="minutes")
