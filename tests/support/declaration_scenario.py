"""A company with a complete declaration, its people and the reviewers of its cluster, and what they do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.states import Action, EventKind, State
from dnk_tool.domain.editing import VersionedEdit
from dnk_tool.domain.permissions import SHELL, Actor, ClusterRole, Role, can
from dnk_tool.domain.permissions import Permission as May
from dnk_tool.domain.review import Audience, ReviewSide, Verdict
from dnk_tool.services.declarations import submission, transitions
from dnk_tool.services.declarations.documents import import_document
from dnk_tool.services.editing.policy_subject import subject_of
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.review import drafts
from dnk_tool.services.review import remarks as review_remarks
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations import versions
from dnk_tool.store.review import remarks
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.declarations import Declaration, Event, Snapshot
from dnk_tool.store.tables.mail import Mail
from dnk_tool.store.tables.organisations import Membership
from dnk_tool.store.tables.review import Approval, VerdictRow
from tests.support import row_cache
from tests.support.app import add_consent, database_session, make_account, make_cluster, post

CRAFT = Path(__file__).parents[1] / "data/craft.json"
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@dataclass
class DeclarationScenario:
    """A company with a complete declaration, a cluster it belongs to, and everybody who acts."""

    session: Session
    declaration: Declaration
    people: dict[str, Account]
    cluster: int
    other_cluster: int

    def actor(self, name: str) -> Actor:
        account = self.people[name]
        role = {"owner": Role.OWNER, "editor": Role.EDITOR, "boss": Role.VIEWER}.get(name)
        roles = {self.declaration.organisation_id: role} if role else {}
        staff = {self.cluster: ClusterRole.REVIEWER} if name == "reviewer" else {}
        return Actor(account.id, roles, clusters=staff)

    def submit(
        self, who: str = "editor", *, to: bool = True, asks: str = "", now: datetime = NOW
    ) -> Snapshot:
        return submission.submit(
            Work(self.session, self.actor(who), now),
            self.declaration,
            cluster_id=self.cluster if to else None,
            signatory=self.people[asks] if asks else None,
        )

    def require_sign_off(self) -> None:
        self.declaration.organisation.requires_sign_off = True
        self.session.flush()

    def request_changes(self, *sections: str, remark: str = "") -> None:
        """What the reviewers do, without their page."""
        number = self.declaration.version
        for ref in declarations.selection_of(self.declaration).section_by_ref:
            verdict = Verdict.CHANGE_NEEDED if ref in sections else Verdict.ACCEPTED
            self.session.add(
                VerdictRow(
                    declaration_id=self.declaration.id,
                    section=ref,
                    version=number,
                    verdict=verdict,
                    given_at=NOW,
                )
            )
        if remark:
            self.remark(sections[0], remark)
        drafts.publish_drafts(self.session, self.declaration, now=LATER)
        step = transitions.begin_transition(
            self.session, self.declaration, Action.REQUEST_CHANGES, self.actor("reviewer")
        )
        transitions.apply_transition(Work(self.session, self.actor("reviewer"), NOW), self.declaration, step)
        self.session.flush()

    def remark(
        self, section_ref: str, text: str, audience: Audience = Audience.SHARED, *, ref: str = ""
    ) -> None:
        """A remark of the reviewers that its readers have, as after the end of a round."""
        section = declarations.selection_of(self.declaration).section_by_ref[section_ref]
        review_remarks.start_thread(
            Work(self.session, self.actor("reviewer"), NOW),
            self.declaration,
            section,
            text,
            audience=audience,
            side=ReviewSide.REVIEWERS,
            version=self.declaration.version,
            ref=ref,
        )
        drafts.publish_drafts(self.session, self.declaration, now=NOW)

    def answer(self, thread: remarks.RemarkThread, text: str = "Ist ergänzt.") -> None:
        review_remarks.answer_thread(
            Work(self.session, self.actor("editor"), LATER),
            self.declaration,
            thread,
            text,
            side=ReviewSide.COMPANY,
            version=self.declaration.version,
        )

    def in_session(self, session: Session) -> "DeclarationScenario":
        """The same in another session."""
        declaration = declarations.by_id(session, self.declaration.id)
        assert declaration is not None
        return replace(self, session=session, declaration=declaration)

    def approve(self) -> None:
        self.session.add(
            Approval(
                declaration_id=self.declaration.id,
                version=self.declaration.version,
                cluster_id=self.cluster,
                cluster_name="Cluster Nord",
                approved_at=NOW,
                approved_by=self.people["reviewer"].id,
            )
        )
        step = transitions.begin_transition(
            self.session, self.declaration, Action.APPROVE, self.actor("reviewer")
        )
        transitions.apply_transition(Work(self.session, self.actor("reviewer"), NOW), self.declaration, step)

    def go_to_stage(self, stage: str) -> None:
        """Go the way to a stage, such as "changes"."""
        if stage == "signing":
            self.require_sign_off()
            self.submit(asks="boss")
        elif stage in ("submitted", "changes", "approved"):
            self.submit()
        elif stage in ("finished", "published", "reopened"):
            self.submit(to=False)
        if stage == "changes":
            self.request_changes("13", remark="Bitte ergänzen.")
        elif stage == "approved":
            self.approve()
        elif stage == "published":
            publishing_steps.publish(Work(self.session, self.actor("owner"), NOW), self.declaration)
        elif stage == "reopened":
            submission.reopen(Work(self.session, self.actor("editor"), NOW), self.declaration)

    def may_review(self) -> bool:
        return can(May.REVIEW, self.actor("reviewer"), subject_of(self.session, self.declaration))

    def readable_versions(self) -> list[int]:
        """The numbers of the versions that the cluster may read."""
        self.session.flush()
        return [
            snapshot.version
            for snapshot in versions.submitted_to(self.session, self.declaration.id, self.cluster)
        ]

    def events(self) -> list[EventKind]:
        self.session.flush()
        return [event.kind for event in self.session.scalars(select(Event).order_by(Event.id))]


def make_scenario(session: Session) -> DeclarationScenario:
    row_cache.write_or_restore(session, "play", _write)
    people = {
        account.name.lower(): account
        for account in session.scalars(select(Account).order_by(Account.id.desc()))
    }
    declaration = session.scalars(select(Declaration).order_by(Declaration.id.desc())).first()
    assert declaration is not None
    other, cluster = session.scalars(select(Cluster.id).order_by(Cluster.id.desc()).limit(2))
    return DeclarationScenario(session, declaration, people, cluster, other)


def _write(session: Session) -> None:
    declaration = import_document(Work(session, SHELL, NOW), read_document(CRAFT.read_bytes()))
    declaration.organisation.requires_sign_off = False
    people = {
        name: make_account(session, f"{name}@example.org", name=name.title())
        for name in ("owner", "editor", "boss", "outside")
    }
    for name, role in (("owner", Role.OWNER), ("editor", Role.EDITOR), ("boss", Role.VIEWER)):
        session.add(
            Membership(
                user_id=people[name].id,
                organisation_id=declaration.organisation_id,
                role=role,
                created_at=NOW,
            )
        )
    cluster = make_cluster(session, "Cluster Nord", reviewer=ClusterRole.REVIEWER)
    make_cluster(session, "Cluster Süd")
    add_consent(session, declaration.organisation_id, cluster.id)


# ---- The same over HTTP


@contextmanager
def scenario_session(app: Flask, play: DeclarationScenario) -> Iterator[DeclarationScenario]:
    """What the others do meanwhile."""
    with database_session(app) as session:
        yield play.in_session(session)


def declaration_path(play: DeclarationScenario) -> str:
    return f"/erklaerungen/{play.declaration.id}"


def send_submission(client: FlaskClient, play: DeclarationScenario, **fields: str) -> TestResponse:
    return post(client, f"{declaration_path(play)}/einreichen", fields)


def stored_state(app: Flask, play: DeclarationScenario) -> State:
    with database_session(app) as session:
        return session.get_one(Declaration, play.declaration.id).state


def stored_mails(app: Flask, recipient: str = "") -> list[Mail]:
    """All mails in their order, or those to an address."""
    wanted = select(Mail).where(Mail.recipient == recipient) if recipient else select(Mail)
    with database_session(app) as session:
        return list(session.scalars(wanted.order_by(Mail.id)))


def wrote(words: str, seen: int = 0) -> VersionedEdit[Answer]:
    """An answer in these words, by somebody who has seen the version."""
    return VersionedEdit(Answer(Disclosure.COMPLY, words), seen)
