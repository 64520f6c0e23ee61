"""Commands for accounts."""

import json
import secrets
from datetime import UTC, datetime

import click
from sqlalchemy.orm import Session

from dnk_tool.cli.database import open_database, open_installation
from dnk_tool.cli.erasure import erase
from dnk_tool.cli.output import fail
from dnk_tool.cli.user_access import find_account, list_accounts, lock, record, sessions, unlock
from dnk_tool.config import load_settings
from dnk_tool.domain.organisation import Profile
from dnk_tool.domain.permissions import SHELL, Role
from dnk_tool.language import LANGUAGES, Language
from dnk_tool.services.accounts import passwords, second_factor
from dnk_tool.services.accounts.lifecycle import (
    AddressTaken,
    InvalidAddress,
    create_account,
    normalised_address,
)
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.services.people import organisations
from dnk_tool.store.database import write_session
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.organisations import Organisation

WEAKNESSES = {
    passwords.Weakness.TOO_SHORT: "The password needs at least 12 characters.",
    passwords.Weakness.TOO_LONG: "The password may have at most 1,000 characters.",
    passwords.Weakness.TOO_COMMON: "The password is easily guessed.",
    passwords.Weakness.LEAKED: "The password is in public lists of leaked passwords.",
    passwords.Weakness.TOO_PERSONAL: "The password is made of the name, the address or the company.",
}


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
    return organisations.create_organisation(session, Profile(name=name.strip()), actor=SHELL, now=now), True


def _created_message(result: dict[str, object]) -> str:
    lines = [f"Created the account {result['email']}."]
    if result["organisation"]:
        lines.append(f"It is {result['role']} of {result['organisation']}.")
    if result["password"]:
        lines.append(f"Password (shown only now): {result['password']}")
    return "\n".join(lines)
