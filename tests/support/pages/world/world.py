"""All that the pages show, in one instance."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from itsdangerous import URLSafeSerializer

from dnk_tool.domain.permissions import Role
from dnk_tool.secret_keys import stored_key
from dnk_tool.services.accounts.encryption import encrypt
from dnk_tool.store.accounts.queries import by_email
from dnk_tool.store.evidence.file_blob_store import FileBlobStore
from dnk_tool.store.tables.accounts import AuthenticatorApp
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.mail import Mail
from tests.integration.exchange.polls.poll_rooms import add_polls
from tests.support.app import (
    declaration_of,
    make_account,
    make_organisation,
)
from tests.support.instance import COMPLETE, IN_PROGRESS, Instance
from tests.support.pages.world.clusters import (
    add_cockpits,
    add_invitations,
    add_joint_goal,
    add_ordered_numbers,
    release_numbers,
)
from tests.support.pages.world.companies import (
    add_bill,
    add_deleted,
    add_people,
    add_questions,
    add_shown_evidence,
    add_year_after,
)
from tests.support.pages.world.exchange import add_residues, add_told_examples
from tests.support.pages.world.reviewed import add_publications, add_reviews, add_sign_offs


@dataclass(frozen=True)
class World:
    """Companies in every state: finished, half filled, complete, empty; one person belongs to none."""

    finished: int
    half: int
    complete: int
    empty: int
    company: int
    half_company: int
    cockpit: int = 1
    cockpit_empty: int = 1
    cockpit_member: int = 1
    numbers: int = 1
    compared: int = 1
    member: int = 1
    invited: str = "x"
    invited_before: str = "x"
    asked: str = "x"
    answered: str = "x"
    resting: str = "x"
    company_invitation: int = 1
    message: int = 1
    company_invited: str = "x"
    company_invited_owner: str = "x"
    consent: int = 1
    cohort: int = 1
    review_cluster: int = 1
    review: int = 1
    review_back: int = 1
    review_stock: int = 1
    review_draft: int = 1
    review_back_company: int = 1
    manager: int = 1
    noted: int = 1
    noted_consent: int = 1
    note: int = 1
    milestone: int = 1
    reminder: str = "x"
    line: int = 1
    file: int = 1
    signed: int = 1
    signing: int = 1
    signing_token: str = "x"
    published: int = 1
    hidden: int = 1
    slug: str = "x"
    taken_back: str = "x"
    open_list: int = 1
    empty_list: int = 1
    publisher: int = 1
    code: str = "x"
    code_taken_back: str = "x"
    published_data: bytes = b""
    year_after: int = 1
    deleted: int = 1
    joint_goal: int = 1
    joint_goal_left: int = 1
    own_measure: int = 1
    poll_pair: int = 1
    poll_texts: int = 1
    poll_named: int = 1
    poll_draft: int = 1
    poll_open: int = 1
    examples: int = 1
    example_of_other: int = 1
    own_example: int = 1
    waiting_example: int = 1
    example_teller: int = 1
    award_open: int = 1
    award_judged: int = 1
    award_decided: int = 1
    nomination: int = 1
    working_group: int = 1
    example_reader: int = 1
    residue_cluster: int = 1
    residue_firm: int = 1
    residue_own: int = 1
    residue_other: int = 1


def write_world(server: Instance) -> World:
    """Companies, clusters and people, before the server's first start."""
    finished = server.seed(COMPLETE, petra=Role.OWNER)
    half = server.seed(IN_PROGRESS, jonas=Role.OWNER, mehmet=Role.EDITOR, vera=Role.VIEWER)
    complete = server.seed(COMPLETE, karin=Role.OWNER)
    with server.stored() as session:
        company = make_organisation(
            session, "Leer & Söhne Donaudampfschifffahrtsgesellschaft mbH", leo=Role.OWNER
        )
        session.flush()
        empty, company_id = declaration_of(session, company).id, company.id
        half_company = session.get_one(Declaration, half).organisation_id
        make_account(session, "neu@example.org", name="Nele Neu")
        sina = make_account(session, "sina@example.org", name="Sina Sicher")
        now = datetime.now(UTC)
        secret = encrypt(stored_key(server.instance) or "", "never asked for")
        session.add(AuthenticatorApp(account_id=sina.id, secret=secret, created_at=now))
        cockpits = add_cockpits(session)
        cockpits |= add_year_after(session, complete)
        people = add_people(session, half_company) | add_questions(session, half)
        people |= add_bill(session, half) | add_deleted(session, half_company)
        files = FileBlobStore(server.instance / "evidence")
        people |= add_shown_evidence(session, files, half, people["line"])
        clusters = add_invitations(session, cockpits["cockpit"], cockpits["cockpit_member"])
        clusters |= add_reviews(session, files)
        clusters |= add_polls(session, cockpits["cockpit"])
        clusters |= add_sign_offs(session) | add_publications(session) | add_joint_goal(session, half_company)
        clusters |= add_ordered_numbers(session)
        clusters |= add_told_examples(session)
        clusters |= add_residues(session)
    release_numbers(server, clusters["numbers"])
    return World(finished, half, complete, empty, company_id, half_company, **cockpits, **people, **clusters)


def reminder_token(server: Instance, key: str) -> str:
    """The end of the link in a reminder to Nele, and mails that could not be sent."""
    now = datetime.now(UTC)
    given: dict[str, Any] = {"recipient": "a@firma.example", "subject": "x", "body": "x", "language": "de"}
    with server.stored() as session:
        for more in (
            {"error": "550 <a@firma.example>: no such mailbox", "attempts": 8},
            {"error": "TimeoutError('timed out')", "attempts": 2, "next_try": now + timedelta(days=9)},
            {"claimed_at": now, "attempts": 1},
        ):
            session.add(Mail(**given, **more, created_at=now))
        nele = by_email(session, "neu@example.org")
        assert nele is not None
        moment = nele.created_at.timestamp()
    return str(URLSafeSerializer(key, salt="dnk-reminders").dumps([nele.id, moment]))
