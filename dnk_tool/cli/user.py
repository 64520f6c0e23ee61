"""Commands for accounts.

The commands `dnk user list`, `lock`, `unlock` and `sessions`: who may sign in, and who is signed in.
"""

import json
import secrets
from datetime import UTC, datetime

import click
from sqlalchemy.orm import Session

from dnk_tool import config
from dnk_tool.cli import logs
from dnk_tool.cli.database import open_database, open_installation
from dnk_tool.cli.erasure import erase
from dnk_tool.cli.output import fail
from dnk_tool.config import load_settings
from dnk_tool.domain.organisation import Profile
from dnk_tool.domain.permissions import SHELL, Role
from dnk_tool.language import LANGUAGES, Language
from dnk_tool.services.accounts import installation_key, lifecycle, passwords, second_factor, security_log
from dnk_tool.services.accounts.lifecycle import (
    AddressTaken,
    InvalidAddress,
    create_account,
    normalised_address,
)
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.services.people import organisations
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import overviews, sign_ins
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.accounts.overviews import AccountOverview
from dnk_tool.store.database import write_session
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.organisations import Organisation

WEAKNESSES = {
    passwords.Weakness.TOO_SHORT: "The password needs at least 12 characters.",
    passwords.Weakness.TOO_LONG: "The password may have at most 1,000 characters.",
    passwords.Weakness.TOO_COMMON: "The password is easily guessed.",
    passwords.Weakness.LEAKED: "The password is in public lists of leaked passwords.",
    passwords.Weakness.TOO_PERSONAL: "The password is made of the name, the address or the company.",
}


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
    key = config.known_secret_key(load_settings())
    # Without the key an account has no name in the log; the deed is done already and must not fail for that.
    name = security_log.account_name(account.id) if key else ""
    with logs.security_events_on_stderr():
        security_log.record(event, key or "", account=name, by="command", **facts)


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


@click.group()
def user() -> None:
    """Create accounts, list, lock and erase them, and help people who lost what they sign in with."""


for command in (erase, list_accounts, lock, unlock, sessions):
    user.add_command(command)


@user.command()
@click.argument("email")
@click.option("--name", default="", help="The person's name.")
@click.option("--language", type=click.Choice(LANGUAGES), default="de", show_default=True)
@click.option("--operator", is_flag=True, help="May run this installation.")
@click.option("--organisation", "company", metavar="NAME", help="Company to join; created if there is none.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    help="What the person is in that company; by default owner if it is created, else editor.",
)
@click.option("--generate", is_flag=True, help="Make up a password and print it once, instead of asking.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON for scripts.")
def add(
    email: str,
    name: str,
    language: Language,
    operator: bool,
    company: str | None,
    role: str | None,
    generate: bool,
    as_json: bool,
) -> None:
    """Create an account for EMAIL. The password is asked for, or made up with --generate."""
    try:
        email = normalised_address(email)
    except InvalidAddress:
        fail(f"'{email}' is not an email address.")
    password = secrets.token_urlsafe(15) if generate else _prompt_password(email, name, company)
    password_hash = passwords.hashed(password)
    now = datetime.now(UTC)
    with open_database() as factory, write_session(factory) as session:
        installation_key.begin_with_key(session, load_settings(), now=now)
        try:
            account = create_account(
                session,
                email=email,
                name=name,
                password_hash=password_hash,
                language=language,
                now=now,
                is_operator=operator,
            )
        except AddressTaken:
            fail(f"There is an account for {email} already.")
        if company:
            organisation, is_new = _find_or_create_company(session, company, now)
            # A company without an owner could invite nobody and finish nothing.
            role = role or (Role.OWNER if is_new else Role.EDITOR).value
            organisations.add_member(session, organisation, account.id, Role(role), now=now)
        session.commit()
        account_id = account.id
    result = {
        "id": account_id,
        "email": email,
        "operator": operator,
        "organisation": company,
        "role": role if company else None,
        "password": password if generate else None,
    }
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else _created_message(result))


@user.command("reset-factors")
@click.argument("email")
def reset_factors(email: str) -> None:
    """Take app, passkeys and recovery codes from EMAIL, who lost them all. The password alone signs in again.

    Make sure first that it is they who ask.
    """
    with open_installation() as factory, write_session(factory) as session:
        account = find_account(session, email)
        second_factor.remove_all_factors(session, account)
        session.commit()
        record(SecurityEvent.FACTORS_CHANGED, account, change="reset")
    click.echo(f"{email} signs in with the password alone and is signed out everywhere.")


def _prompt_password(email: str, name: str, company: str | None) -> str:
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    weakness = passwords.weakness(
        password,
        email=email,
        name=name,
        companies=[company] if company else [],
        password_file=load_settings().hibp_file,
    )
    if weakness:
        fail(WEAKNESSES[weakness])
    return password


def _find_or_create_company(session: Session, name: str, now: datetime) -> tuple[Organisation, bool]:
    """Return the company and whether it was created."""
    companies = declarations.organisations_named(session, name.strip())
    if len(companies) > 1:
        fail(f"There are {len(companies)} companies called '{name}'. Nothing has been changed.")
    if companies:
        return companies[0], False
    return organisations.create_organisation(Work(session, SHELL, now), Profile(name=name.strip())), True


def _created_message(result: dict[str, object]) -> str:
    lines = [f"Created the account {result['email']}."]
    if result["organisation"]:
        lines.append(f"It is {result['role']} of {result['organisation']}.")
    if result["password"]:
        lines.append(f"Password (shown only now): {result['password']}")
    return "\n".join(lines)
