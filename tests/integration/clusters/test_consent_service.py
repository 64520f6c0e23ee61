"""A company's consent: granted, changed, withdrawn; and what a cluster can do afterwards: nothing."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.states import Action, Decision, EventKind, State
from dnk_tool.domain.permissions import SHELL, Actor, ClusterRole, NotPermitted, Permission, Role, can
from dnk_tool.domain.review import Verdict
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.clusters import consent_renewal
from dnk_tool.services.clusters.consent import ConsentAlreadyGranted, NotClusterMember
from dnk_tool.services.declarations import submission, transitions
from dnk_tool.services.declarations.documents import import_document
from dnk_tool.services.editing.policy_subject import subject_of
from dnk_tool.services.work import Work
from dnk_tool.store.accounts.queries import by_email
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations import sign_offs, versions
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.mail import Mail
from dnk_tool.store.tables.organisations import Membership, Organisation
from dnk_tool.store.tables.review import Approval, VerdictRow
from tests.contract.test_routes import path_of, rules
from tests.support.app import (
    WORDING,
    World,
    database_session,
    form_fields,
    make_account,
    make_cluster,
    post,
    sign_in,
    token_of,
)
from tests.support.browsers import signed_in

CRAFT = Path(__file__).parents[2] / "data/craft.json"
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


@dataclass
class Play:
    """A company with a complete declaration that belongs to a cluster, its owner, and a reviewer."""

    session: Session
    declaration: Declaration
    owner: Actor
    reviewer: Actor
    boss: Account
    cluster: int
    consent: Consent

    def submit(self, to: int | None = None, *, asks: bool = False) -> None:
        submission.submit(
            Work(self.session, self.owner, NOW),
            self.declaration,
            cluster_id=to or self.cluster,
            signatory=self.boss if asks else None,
        )

    def request_changes(self) -> None:
        self.session.add(
            VerdictRow(
                declaration_id=self.declaration.id,
                section="1",
                version=self.declaration.version,
                verdict=Verdict.CHANGE_NEEDED,
                given_at=NOW,
            )
        )
        step = transitions.begin_transition(
            self.session, self.declaration, Action.REQUEST_CHANGES, self.reviewer
        )
        transitions.apply_transition(Work(self.session, self.reviewer, NOW), self.declaration, step)

    def approve(self) -> None:
        approval = Approval(
            declaration_id=self.declaration.id,
            version=self.declaration.version,
            cluster_id=self.cluster,
            cluster_name="Cluster Nord",
            approved_at=NOW,
        )
        self.session.add(approval)
        step = transitions.begin_transition(self.session, self.declaration, Action.APPROVE, self.reviewer)
        transitions.apply_transition(Work(self.session, self.reviewer, NOW), self.declaration, step)

    def withdraw(self) -> list[Declaration]:
        return cluster_consent.withdraw_consent(Work(self.session, self.owner, LATER), self.consent)

    def may_review(self) -> bool:
        return can(Permission.REVIEW, self.reviewer, subject_of(self.session, self.declaration))

    def events(self, *kinds: EventKind) -> list[Event]:
        self.session.flush()
        statement = select(Event).where(Event.kind.in_(kinds)).order_by(Event.id)
        return list(self.session.scalars(statement))


@pytest.fixture
def play(session: Session) -> Play:
    declaration = import_document(Work(session, SHELL, NOW), read_document(CRAFT.read_bytes()))
    declaration.organisation.requires_sign_off = False
    cluster = make_cluster(session, "Cluster Nord", reviewer=ClusterRole.REVIEWER)
    reviewer, role = clusters.staff(session, cluster.id)[0]
    people = [make_account(session, f"{name}@example.org", name=name.title()) for name in ("owner", "boss")]
    organisation_id = declaration.organisation_id
    for account in people:
        row = Membership(organisation_id=organisation_id, role=Role.OWNER, created_at=NOW, user_id=account.id)
        session.add(row)
    owner = Actor(people[0].id, {organisation_id: Role.OWNER})
    consent = cluster_consent.grant_consent(
        Work(session, owner, NOW), organisation_id, cluster.id, aggregates_from=2025, wording=WORDING
    )
    session.flush()
    return Play(
        session,
        declaration,
        owner,
        Actor(reviewer.id, clusters={cluster.id: role}),
        people[1],
        cluster.id,
        consent,
    )


# ---- The verbs


def renew(play: Play, actor: Actor, *choices: ConsentChoice) -> bool:
    return consent_renewal.renew_consent(
        Work(play.session, actor, LATER),
        play.consent,
        WORDING,
        aggregates_from=None,
        choices=choices or [ConsentChoice.SUPPORT],
    )


def test_newer_words_are_agreed_to_by_owners_once(play: Play) -> None:
    play.consent.edition = "2026-11b"
    with pytest.raises(NotPermitted):
        renew(play, play.reviewer)
    renewed = [renew(play, play.owner) for _ in range(2)]
    assert renewed == [True, False]
    assert play.consent.edition == WORDING.edition
    assert play.consent.granted_at == NOW, "it is the same membership"
    [event] = play.events(EventKind.CONSENT_CHANGED)
    assert event.detail == {
        "wording": WORDING.edition,
        "language": "de",
        "choices": {"support": True},
        "aggregates_from": [2025, None],
    }
    play.withdraw()
    with pytest.raises(NotClusterMember):
        renew(play, play.owner)


def test_members_are_asked_for_newer_words_once_in_a_while(play: Play) -> None:
    cluster = play.session.get_one(Cluster, play.cluster)
    manager = Actor(play.reviewer.user_id, clusters={cluster.id: ClusterRole.MANAGER})

    def ask(now: datetime) -> list[Consent]:
        return consent_renewal.request_renewals(Work(play.session, manager, now), cluster)

    with pytest.raises(NotPermitted):
        consent_renewal.request_renewals(Work(play.session, play.reviewer, NOW), cluster)
    play.consent.edition = ""
    moments = (NOW, LATER - timedelta(seconds=1), LATER)
    assert [len(ask(moment)) for moment in moments] == [1, 0, 1]
    renew(play, play.owner)
    assert ask(LATER + timedelta(days=99)) == []
    play.consent.edition = "2026-11c"
    assert len(ask(LATER + timedelta(days=99))) == 1
    consent_renewal.leave_as_it_is(play.session, play.consent, WORDING.edition, actor=play.owner)
    assert ask(LATER + timedelta(days=999)) == [], "the owners decided"


def test_only_owners_consent_and_only_once(play: Play) -> None:
    session, key = play.session, play.declaration.organisation_id
    with pytest.raises(ConsentAlreadyGranted):
        cluster_consent.grant_consent(
            Work(session, play.owner, NOW), key, play.cluster, aggregates_from=None, wording=WORDING
        )
    for role in (Role.EDITOR, Role.VIEWER, Role.CONTRIBUTOR):
        actor = Actor(99, {key: role})
        with pytest.raises(NotPermitted):
            cluster_consent.grant_consent(
                Work(session, actor, NOW), key, play.cluster, aggregates_from=None, wording=WORDING
            )
        with pytest.raises(NotPermitted):
            cluster_consent.change_aggregates(Work(session, actor, NOW), play.consent, None)
        with pytest.raises(NotPermitted):
            cluster_consent.withdraw_consent(Work(session, actor, NOW), play.consent)
    with pytest.raises(NotPermitted):
        cluster_consent.withdraw_consent(Work(session, play.reviewer, NOW), play.consent)
    assert play.consent.withdrawn_at is None


def test_every_change_of_the_figures_is_recorded(play: Play) -> None:
    change = [
        cluster_consent.change_aggregates(Work(play.session, play.owner, NOW), play.consent, year)
        for year in (2024, 2024, None)
    ]
    assert change == [True, False, True]
    assert play.consent.aggregates_from is None
    events = play.events(EventKind.CONSENT_CHANGED)
    assert [event.detail["aggregates_from"] for event in events] == [[2025, 2024], [2024, None]]


def test_a_withdrawal_is_recorded_and_joining_again_makes_a_new_consent(play: Play) -> None:
    assert play.withdraw() == []
    key = play.declaration.organisation_id
    assert (play.consent.withdrawn_at, play.consent.withdrawn_by) == (LATER, play.owner.user_id)
    assert clusters.cluster_ids_of_company(play.session, key) == frozenset()
    for again in (
        play.withdraw,
        lambda: cluster_consent.change_aggregates(Work(play.session, play.owner, NOW), play.consent, 2020),
    ):
        with pytest.raises(NotClusterMember):
            again()
    new = cluster_consent.grant_consent(
        Work(play.session, play.owner, LATER), key, play.cluster, aggregates_from=None, wording=WORDING
    )
    assert new.id != play.consent.id
    history = cluster_lists.consent_history(play.session, key)
    assert [(event.kind, name) for event, name in history] == [
        (EventKind.CONSENT_GRANTED, "Cluster Nord"),
        (EventKind.CONSENT_WITHDRAWN, "Cluster Nord"),
        (EventKind.CONSENT_GRANTED, "Cluster Nord"),
    ]


def test_what_was_submitted_is_taken_back(play: Play) -> None:
    play.submit()
    assert play.may_review()
    assert cluster_consent.declarations_in_review(
        play.session, play.declaration.organisation_id, play.cluster
    ) == [play.declaration]
    assert play.withdraw() == [play.declaration]
    assert play.declaration.state is State.REOPENED
    assert not play.may_review()
    assert play.declaration.cluster_id is None
    assert versions.submitted_to(play.session, play.declaration.id, play.cluster) == []
    [event] = play.events(EventKind.RECALLED)
    assert (event.cluster_id, event.actor_id) == (play.cluster, play.owner.user_id)


def test_a_review_that_asked_for_changes_ends_and_everything_is_open_again(play: Play) -> None:
    play.submit()
    play.request_changes()
    assert play.withdraw() == [play.declaration]
    assert play.declaration.state is State.REOPENED
    assert not play.may_review()
    assert versions.submitted_to(play.session, play.declaration.id, play.cluster) == []


@pytest.mark.parametrize("is_revision", [False, True])
def test_a_confirmation_that_was_asked_for_is_taken_back(play: Play, is_revision: bool) -> None:
    if is_revision:
        play.submit()
        play.request_changes()
    play.declaration.organisation.requires_sign_off = True
    play.submit(asks=True)
    assert play.declaration.state is State.SIGNING
    asked = play.declaration.version
    assert play.withdraw() == [play.declaration]
    assert play.declaration.state is (State.REOPENED if is_revision else State.DRAFT)
    sign_off = sign_offs.sign_off(play.session, play.declaration.id, asked)
    assert sign_off
    assert sign_off.decision is Decision.WITHDRAWN
    assert (play.declaration.signatory_id, play.declaration.cluster_id) == (None, None)


def test_an_approval_stays_and_the_cluster_still_reads_nothing(play: Play) -> None:
    play.submit()
    play.approve()
    assert play.may_review()
    assert play.withdraw() == []
    assert play.declaration.state is State.APPROVED
    assert not play.may_review()
    assert versions.submitted_to(play.session, play.declaration.id, play.cluster) == []
    [version] = versions.versions(play.session, play.declaration.id)
    assert (version.outcome, version.cluster) == (versions.VersionOutcome.APPROVED, "Cluster Nord")


def test_another_clusters_review_goes_on(play: Play) -> None:
    session, key = play.session, play.declaration.organisation_id
    other = make_cluster(session, "Cluster Süd", sued=ClusterRole.MANAGER)
    cluster_consent.grant_consent(
        Work(session, play.owner, NOW), key, other.id, aggregates_from=None, wording=WORDING
    )
    play.submit(other.id)
    assert play.withdraw() == []
    assert (play.declaration.state, play.declaration.cluster_id) == (State.SUBMITTED, other.id)
    assert clusters.cluster_ids_of_company(session, key) == {other.id}


def test_after_joining_again_the_cluster_sees_nothing_of_before(play: Play) -> None:
    play.submit()
    play.withdraw()
    key = play.declaration.organisation_id
    cluster_consent.grant_consent(
        Work(play.session, play.owner, LATER), key, play.cluster, aggregates_from=None, wording=WORDING
    )
    assert not play.may_review()
    assert versions.submitted_to(play.session, play.declaration.id, play.cluster) == []


# ---- The pages


@dataclass
class Stage:
    """The world, with a submitted declaration that the cluster can really read."""

    world: World
    declaration: int
    company: int
    consent: int


@pytest.fixture
def stage(app: Flask, world: World) -> Stage:
    with database_session(app) as session:
        document = read_document(CRAFT.read_bytes())
        declaration = import_document(Work(session, SHELL, datetime.now(UTC)), document)
        company = declaration.organisation_id
        owner = by_email(session, "owner@example.org")
        assert owner
        session.add(
            Membership(
                user_id=owner.id, organisation_id=company, role=Role.OWNER, created_at=datetime.now(UTC)
            )
        )
        declaration.organisation.requires_sign_off = False
        actor, now = Actor(owner.id, {company: Role.OWNER}), datetime.now(UTC)
        consent = cluster_consent.grant_consent(
            Work(session, actor, now), company, world.cluster, aggregates_from=2025, wording=WORDING
        )
        submission.submit(Work(session, actor, now), declaration, cluster_id=world.cluster)
        stage = Stage(world, declaration.id, company, consent.id)
    return stage


def test_the_page_says_what_the_cluster_sees(owner: FlaskClient, stage: Stage) -> None:
    page = owner.get(f"/unternehmen/{stage.company}/cluster").text
    for words in (
        "Cluster Nord",
        "Stand und Fortschritt",
        "der Versionen, die Sie für 2025",
        "ab dem Berichtsjahr 2025",
    ):
        assert words in page
    assert "Einwilligung erteilt" in page
    assert page.count(f"Einwilligungstext {WORDING.edition}, auf Deutsch") == 2
    assert "offen, in Arbeit, beantwortet oder erklärt" in page
    assert "Owner" in page
    empty = owner.get(f"/unternehmen/{stage.world.own}/cluster").text
    assert "derzeit keine" not in empty  # the world's own declaration is with the cluster
    assert "nie" in empty


def test_everybody_of_the_company_sees_it_and_only_owners_change_it(app: Flask, world: World) -> None:
    viewer = signed_in(app, "viewer")
    page = viewer.get(f"/unternehmen/{world.own}/cluster").text
    assert "Cluster Nord" in page
    assert "widerrufen</a>" not in page
    assert "Ändern kann das, wer im Unternehmen die Leitung hat." in page
    assert viewer.get(f"/unternehmen/{world.own}/cluster/1").status_code == 403
    assert post(viewer, f"/unternehmen/{world.own}/cluster/1/widerruf").status_code == 403


@pytest.mark.usefixtures("one_day")
def test_the_year_is_changed_on_the_page(app: Flask, owner: FlaskClient, stage: Stage) -> None:
    path = f"/unternehmen/{stage.company}/cluster/{stage.consent}"
    fields = form_fields(owner.get(path).text)
    assert (fields["figures"], fields["year"]) == (["from-year"], ["2025"])
    wrong = owner.post(path, data=fields | {"year": ""})
    assert (wrong.status_code, wrong.text.count("Geben Sie das erste Berichtsjahr ein")) == (422, 2)
    assert post(owner, path, {"year": "2025"}).status_code == 422
    last = datetime.now(UTC).year + 1
    for year in ("1850", "2009", str(last + 1)):
        wrong = owner.post(path, data=fields | {"year": year})
        assert (wrong.status_code, wrong.text.count(f"ein Berichtsjahr von 2010 bis {last} ein")) == (422, 2)
        assert "vier Ziffern" not in wrong.text
    assert "Beides gibt es noch nicht." in owner.get(path).text
    answer = owner.post(path, data=fields | {"figures": "never", "year": "Unsinn"}, follow_redirects=True)
    assert "Kennzahlen in Summen: nie." in answer.text
    with database_session(app) as session:
        assert session.get_one(Consent, stage.consent).aggregates_from is None


def test_foreign_and_ended_consents_do_not_exist(owner: FlaskClient, stage: Stage) -> None:
    with_other = f"/unternehmen/{stage.world.own}/cluster/{stage.consent}"
    for path in (with_other, f"{with_other}/widerruf", f"/unternehmen/{stage.company}/cluster/{2**40}"):
        assert owner.get(path).status_code == 404
        assert post(owner, path, {"figures": "never"}).status_code == 404
    path = f"/unternehmen/{stage.company}/cluster/{stage.consent}/widerruf"
    assert post(owner, path).status_code == 303
    assert post(owner, path).status_code == 404
    assert owner.get(path).status_code == 404


def test_the_withdrawal_says_exactly_what_happens_and_does_it(
    app: Flask, owner: FlaskClient, stage: Stage
) -> None:
    path = f"/unternehmen/{stage.company}/cluster/{stage.consent}/widerruf"
    page = owner.get(path).text
    assert "Die laufende Prüfung für 2025 endet." in page
    with database_session(app) as session:
        assert session.get_one(Consent, stage.consent).withdrawn_at is None
    answer = owner.post(path, data=form_fields(page), follow_redirects=True)
    assert "Die Einwilligung ist widerrufen." in answer.text
    assert "Ihr Unternehmen gehört zu keinem Cluster." in answer.text
    assert "Einwilligung widerrufen" in answer.text
    with database_session(app) as session:
        declaration = session.get_one(Declaration, stage.declaration)
        assert (declaration.state, declaration.cluster_id) == (State.REOPENED, None)
        [mail] = session.scalars(select(Mail))
        name = session.get_one(Organisation, stage.company).name
    assert mail.recipient == "manager@example.org"
    assert mail.subject == f"Nicht mehr Mitglied: {name}"
    assert "Erklärung für 2025" in mail.body


def answer_words(answer: TestResponse) -> str:
    """What a page or a file says, unpacked if need be."""
    if not answer.data.startswith(b"PK"):
        return unescape(answer.text)
    with ZipFile(BytesIO(answer.data)) as archive:
        return unescape("".join(archive.read(part).decode() for part in archive.namelist()))


@pytest.mark.parametrize("who", ["manager", "reviewer"])
def test_after_the_withdrawal_every_request_of_the_cluster_is_refused_at_once(
    app: Flask, owner: FlaskClient, stage: Stage, who: str
) -> None:
    """The same session, the same addresses: as if the company had never been there."""
    client, world = app.test_client(), stage.world
    sign_in(client, f"{who}@example.org")
    with database_session(app) as session:
        name = session.get_one(Organisation, stage.company).name
    concerned = [
        (rule, method)
        for rule, method in rules(app)
        if "cluster_id" in rule.arguments and {"organisation_id", "declaration_id"} & rule.arguments
    ]
    assert len(concerned) >= 10
    ids = stage.company, stage.declaration, world.cluster
    about = [(path_of(app, rule, *ids), method) for rule, method in concerned]
    before = [client.get(path).status_code for path, method in about if method == "GET"]
    assert before.count(200) >= 4
    # The cluster's own trail says that the company came and went, and keeps saying so.
    lists = [
        path_of(app, rule, *ids)
        for rule, method in rules(app)
        if method == "GET" and rule.arguments == {"cluster_id"} and rule.endpoint != "trail.cluster"
    ]
    assert sum(name in answer_words(client.get(address)) for address in lists) >= 5
    token = token_of(client)
    assert post(owner, f"/unternehmen/{stage.company}/cluster/{stage.consent}/widerruf").status_code == 303
    for path, method in about:
        answer = client.open(path, method=method, headers={"X-CSRFToken": token})
        assert answer.status_code == 404, (method, path)
        assert name not in answer_words(answer)
    for address in lists:
        assert name not in answer_words(client.get(address)), address


def test_the_wall_holds_for_declarations_that_still_name_the_cluster(play: Play) -> None:
    """Even if a row was forgotten: the policy asks for the consent itself."""
    play.submit()
    play.withdraw()
    play.declaration.cluster_id = play.cluster
    play.session.flush()
    assert not play.may_review()
    company_declarations = declarations.of_organisations(play.session, [play.declaration.organisation_id])
    assert [declaration.cluster_id for declaration in company_declarations] == [play.cluster]
