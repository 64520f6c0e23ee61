"""Creates the people and companies of the demo's cluster, and acts in their names."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.cli.demo.clock import DemoClock
from dnk_tool.cli.demo.content import Person, cluster_content
from dnk_tool.domain.answers.answer import Disclosure
from dnk_tool.domain.answers.goals import GoalReview
from dnk_tool.domain.clusters import consent_editions
from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.editing import VersionedEdit
from dnk_tool.domain.organisation import Profile
from dnk_tool.domain.permissions import SHELL, Actor, ClusterRole, Role
from dnk_tool.services.accounts.lifecycle import create_account
from dnk_tool.services.aggregates.confirmations import confirm_firms
from dnk_tool.services.answers import goals as goal_reviews
from dnk_tool.services.answers import take_over
from dnk_tool.services.answers.save import SectionEdit, save_section
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.clusters.consent import ConsentWording
from dnk_tool.services.declarations import next_year
from dnk_tool.services.declarations import submission as submissions
from dnk_tool.services.declarations.documents import import_document
from dnk_tool.services.people.organisations import add_member, create_organisation
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.publication.quotations import allow_quotation
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.aggregates.confirmations import unconfirmed_members
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.evidence.blob_store import BlobStore
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, ClusterStaff, Consent
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Organisation

# Sector, size, attendance, notes and last year: what most members allow on top.
USUAL_CHOICES = (ConsentChoice.PROFILE, ConsentChoice.SUPPORT, ConsentChoice.EARLIER_VERSION)


@dataclass
class DemoContext:
    """The data that every scenario needs; `year`: the reporting year in progress."""

    session: Session
    blobs: BlobStore
    password_hash: str
    clock: DemoClock
    year: int
    cluster: Cluster = field(init=False)
    manager: Actor = field(init=False)
    reviewer: Actor = field(init=False)

    @property
    def now(self) -> datetime:
        """The time of the demo's clock."""
        return self.clock.now

    def work(self, actor: Actor | None = None) -> Work:
        """What the actor does next, one step of the clock later; by default the cluster's manager."""
        return Work(self.session, actor or self.manager, self.clock.tick())

    def account(self, email: str, name: str, *, is_operator: bool = False) -> Account:
        """Create an account with the demo's password."""
        return create_account(
            self.session,
            email=email,
            name=name,
            password_hash=self.password_hash,
            language="de",
            now=self.now,
            is_operator=is_operator,
        )


@dataclass(frozen=True)
class DemoCompany:
    """A member of the cluster; its owner acts for it where no other actor is given."""

    demo: DemoContext
    organisation: Organisation
    owner: Account
    consent: Consent

    @property
    def actor(self) -> Actor:
        """The owner, with the permissions in this company alone."""
        return Actor(self.owner.id, {self.organisation.id: Role.OWNER})

    def work(self, actor: Actor | None = None) -> Work:
        """What the owner does next, or the actor, one step of the clock later."""
        return self.demo.work(actor or self.actor)

    def add_editor(self, email: str, name: str) -> Actor:
        """Create an account and make it an editor of the company."""
        account = self.demo.account(email, name)
        add_member(self.demo.session, self.organisation, account.id, Role.EDITOR, now=self.demo.now)
        return Actor(account.id, {self.organisation.id: Role.EDITOR})

    def import_declaration(self, document: Document, *, by: Actor | None = None) -> Declaration:
        """Create the company's declaration from the document."""
        return import_document(
            Work(self.demo.session, by or self.actor, self.demo.now), document, organisation=self.organisation
        )

    def begin_next_year(
        self, before: Declaration, *, taking: Collection[str], confirming: Collection[str]
    ) -> Declaration:
        """Begin next year's declaration; take over the sections `taking`, confirm and finish `confirming`."""
        begun = next_year.begin_next_year(self.work(), before)
        for section in declarations.selection_of(begun).sections:
            if section.ref in taking:
                take_over.take_over(self.work(), begun, section)
            if section.ref in confirming:
                take_over.confirm_taken_over(self.work(), begun, section)
                save_section(self.work(), begun, section, SectionEdit(done=True))
        return begun

    def review_goal(self, declaration: Declaration, ref: str, review: GoalReview) -> None:
        """Save what became of last year's goal `ref`."""
        section = declarations.selection_of(declaration).section_of[ref]
        given = {ref: VersionedEdit(review, 0)}
        goal_reviews.save_goal_reviews(self.work(), declaration, section, given)

    def publish(self, declaration: Declaration, *, is_quotable: bool = False) -> None:
        """Publish the declaration; `is_quotable`: others may be shown how it puts things."""
        work = Work(self.demo.session, self.actor, self.demo.now)
        publishing_steps.publish(work, declaration)
        if is_quotable:
            allow_quotation(work, declaration, is_allowed=True)

    def append_to_answer(
        self, declaration: Declaration, ref: str, more: str, *, by: Actor | None = None
    ) -> None:
        """Append a sentence to the answer of an aspect."""
        content = declarations.read_content(self.demo.session, declaration)
        section = content.sheet.selection.section_of[ref]
        answer = content.sheet.answer(ref)
        text = replace(answer, disclosure=Disclosure.COMPLY, text=f"{answer.text} {more}")
        submission = SectionEdit({ref: VersionedEdit(text, content.version(ref))})
        save_section(self.work(by), declaration, section, submission)
        self.demo.session.flush()

    def submit(self, declaration: Declaration, *, by: Actor | None = None, is_reviewed: bool = True) -> None:
        """Submit the declaration; if a sign-off is required, the owner is asked or gives it at once.

        `is_reviewed`: to the cluster's review; otherwise it is finished without one.
        """
        submissions.submit(
            Work(self.demo.session, by or self.actor, self.demo.now),
            declaration,
            cluster_id=self.demo.cluster.id if is_reviewed else None,
            signatory=self.owner,
        )
        self.demo.session.flush()


def add_company(
    demo: DemoContext,
    profile: Profile,
    email: str,
    leader: str,
    *,
    edition: str = consent_editions.NEWEST_EDITION,
    allows_figures: bool = True,
    choices: Collection[ConsentChoice] = USUAL_CHOICES,
) -> DemoCompany:
    """Create a company whose owner consents to the cluster; figures enter sums from last year on.

    `edition`: of the consent's text. Where it asks, the `choices` are allowed.
    """
    owner = demo.account(email, leader)
    organisation = create_organisation(Work(demo.session, Actor(owner.id), demo.now), profile)
    consent = cluster_consent.grant_consent(
        demo.work(Actor(owner.id, {organisation.id: Role.OWNER})),
        organisation.id,
        demo.cluster.id,
        aggregates_from=demo.year - 1 if allows_figures else None,
        choices=choices if edition in consent_editions.EDITIONS_WITH_CHOICES else (),
        wording=ConsentWording(edition, "de"),
    )
    return DemoCompany(demo, organisation, owner, consent)


def demo_operator(session: Session) -> Actor:
    """The operator of the demo's installation, or the command line if the demo has none."""
    account = accounts.by_email(session, cluster_content().people["operator"].email)
    return Actor(account.id, is_operator=True) if account else SHELL


def confirm_members(demo: DemoContext) -> None:
    """Confirm all members of the demo's cluster as real firms, as its operator does."""
    work = Work(demo.session, demo_operator(demo.session), demo.now)
    confirm_firms(work, unconfirmed_members(demo.session, demo.cluster.id))


def add_cluster_staff(demo: DemoContext, person: Person, role: ClusterRole) -> Actor:
    """Create an account in the cluster's team."""
    account = demo.account(person.email, person.name)
    demo.session.add(
        ClusterStaff(user_id=account.id, cluster_id=demo.cluster.id, role=role, created_at=demo.now)
    )
    demo.session.flush()
    return Actor(account.id, clusters={demo.cluster.id: role})
