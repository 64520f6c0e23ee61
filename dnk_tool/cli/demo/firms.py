"""The people and companies of the demo's cluster, each acting in its own name."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dnk_tool.cli.demo.members import Member
from dnk_tool.domain.document import Document
from dnk_tool.domain.permissions import SHELL, Actor, ClusterRole, Role
from dnk_tool.services import consenting, submitting
from dnk_tool.services.accounts import create_account
from dnk_tool.services.documents import import_document
from dnk_tool.services.organisations import add_member, create_organisation
from dnk_tool.store.accounts import Account
from dnk_tool.store.clusters import Cluster
from dnk_tool.store.models import Declaration, Organisation

TEAM = (
    ("karin@demo.example", "Karin Weber", ClusterRole.MANAGER),
    ("ralf@demo.example", "Ralf Nolte", ClusterRole.REVIEWER),
)
MANAGER = TEAM[0][0]


@dataclass
class Demo:
    """What the seeding needs again and again; `people` are the accounts by address."""

    session: Session
    password_hash: str
    now: datetime
    cluster: Cluster
    people: dict[str, Account] = field(default_factory=dict)

    def ago(self, days: int) -> datetime:
        return self.now - timedelta(days=days)

    @property
    def manager(self) -> Actor:
        return Actor(self.people[MANAGER].id, clusters={self.cluster.id: ClusterRole.MANAGER})

    def account(self, email: str, name: str) -> Account:
        """The account of this address, made when it is first asked for."""
        if email not in self.people:
            self.people[email] = create_account(
                self.session,
                email=email,
                name=name,
                password_hash=self.password_hash,
                language="de",
                now=self.ago(200),
            )
        return self.people[email]


@dataclass(frozen=True)
class Firm:
    """A member with its owner, who acts for it."""

    demo: Demo
    organisation: Organisation
    owner: Account

    @property
    def actor(self) -> Actor:
        return Actor(self.owner.id, {self.organisation.id: Role.OWNER})

    def joins(self) -> None:
        """Consent to the cluster; figures count from two years ago."""
        demo = self.demo
        consenting.grant(
            demo.session,
            self.organisation.id,
            demo.cluster.id,
            aggregates_from=demo.now.year - 2,
            actor=self.actor,
            now=demo.ago(190),
        )

    def writes(self, document: Document, *, days: int) -> Declaration:
        """All that the document says, as of so many days ago."""
        return import_document(
            self.demo.session,
            document,
            organisation=self.organisation,
            actor=self.actor,
            now=self.demo.ago(days),
        )

    def submits(self, declaration: Declaration, *, days: int, is_reviewed: bool = True) -> None:
        """Hand it in; the owner confirms at once, as in a small firm."""
        submitting.submit(
            self.demo.session,
            declaration,
            cluster_id=self.demo.cluster.id if is_reviewed else None,
            signatory=self.owner,
            actor=self.actor,
            now=self.demo.ago(days),
        )
        self.demo.session.flush()


def found(demo: Demo, member: Member) -> Firm:
    """The company with its owner, a member of the cluster for half a year."""
    owner = demo.account(f"{member.key}@demo.example", str(member.words["leitung"]))
    organisation = create_organisation(demo.session, member.profile, actor=SHELL, now=demo.ago(200))
    add_member(demo.session, organisation, owner.id, Role.OWNER, now=demo.ago(200))
    firm = Firm(demo, organisation, owner)
    firm.joins()
    return firm
