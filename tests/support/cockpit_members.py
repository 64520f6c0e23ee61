"""Members of a cluster for the tests of its cockpit, made straight as rows."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from dnk_tool.domain.clusters import consent_editions
from dnk_tool.domain.clusters.cockpit import STATES_OR_NONE
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.organisation import CompanySize
from dnk_tool.store.tables.clusters import Cluster, Cohort, Consent
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.store.tables.publication import Publication

YEAR = 2025
LONG_AGO = timedelta(days=400)
HOSTILE = '<script>alert("x")</script>'

_slugs = count(1)


@dataclass(frozen=True)
class Case:
    """What distinguishes members for the cockpit.

    `other`: a declaration of another year, and its age. `cohort`: "" for no assignment, "named", "absent"
    (takes no part) or "default" (by hand in that of all members).
    """

    state: State | None
    is_here: bool
    is_published: bool
    age: timedelta
    joined: timedelta = LONG_AGO
    other: tuple[int, timedelta] | None = None
    cohort: str = ""

    @property
    def idle(self) -> timedelta:
        """How long nothing has happened: neither a change in any year nor the joining."""
        changes = [self.age] if self.state else []
        return min([self.joined, *changes, *([self.other[1]] if self.other else [])])

    @property
    def has_later(self) -> bool:
        return self.other is not None and self.other[0] > YEAR


DAYS = tuple(timedelta(days=days) for days in (0, 20, 21, 50))
ALONE = tuple(
    Case(state, is_here, is_published, age, LONG_AGO if state else age)
    for state in STATES_OR_NONE
    for is_here in (False, True)
    for is_published in (False, True)
    for age in DAYS
    if state is not None or not (is_here or is_published)
)
WITH_ANOTHER_YEAR = tuple(
    Case(state, False, False, timedelta(days=50), joined, (YEAR + step, age))
    for state in (None, State.DRAFT)
    for joined in (timedelta(days=95), LONG_AGO)
    for step in (-1, 1)
    for age in DAYS[1:]
)
IN_COHORTS = tuple(
    Case(state, False, False, timedelta(days=50), joined, cohort=cohort)
    for state in (None, State.DRAFT, State.FINISHED, State.APPROVED)
    for joined in (timedelta(days=31), LONG_AGO)
    for cohort in ("named", "absent", "default")
)
CASES = (*ALONE, *WITH_ANOTHER_YEAR, *IN_COHORTS)


def make_bare_cluster(session: Session, name: str = "Cluster Nord") -> int:
    """An empty cluster."""
    cluster = Cluster(name=name, created_at=datetime.now(UTC))
    session.add(cluster)
    session.flush()
    return cluster.id


def add_company(session: Session, cluster_id: int, name: str, *, joined_at: datetime, **consent: Any) -> int:
    """A company that belongs to the cluster."""
    company = Organisation(name=name, requires_sign_off=False, created_at=joined_at)
    session.add(company)
    session.flush()
    session.add(Consent(cluster_id=cluster_id, organisation_id=company.id, granted_at=joined_at, **consent))
    session.flush()
    return company.id


def add_declaration(
    session: Session, organisation_id: int, *, changed_at: datetime, year: int = YEAR, **given: Any
) -> Declaration:
    """Its declaration of a year."""
    made = Declaration(
        organisation_id=organisation_id,
        edition="dnk-2017",
        reporting_year=year,
        indicator_set="gri",
        language="de",
        options=[],
        created_at=changed_at,
        changed_at=changed_at,
        **given,
    )
    session.add(made)
    session.flush()
    return made


def publish_member(session: Session, declaration: Declaration, *, now: datetime, **given: Any) -> None:
    """Its first version can be read by everybody."""
    slug = f"slug-{next(_slugs)}"
    session.add(Publication(declaration_id=declaration.id, version=1, slug=slug, published_at=now, **given))
    session.flush()


def add_case(session: Session, cluster_id: int, case: Case, *, now: datetime) -> int:
    """A member of this kind; gives the company."""
    name = f"Firma {len(session.new)} {case}"[:200]
    company = add_company(session, cluster_id, name, joined_at=now - case.joined)
    if case.other:
        year, age = case.other
        add_declaration(session, company, changed_at=now - age, year=year, state=State.FINISHED)
    if case.state is not None:
        made = add_declaration(
            session,
            company,
            changed_at=now - case.age,
            state=case.state,
            cluster_id=cluster_id if case.is_here else None,
        )
        if case.is_published:
            publish_member(session, made, now=now)
    return company


def add_kinds(session: Session, cluster_id: int, *, now: datetime) -> dict[str, int]:
    """A member of each kind that has something to do; declarations by the company's first word."""
    session.add(
        default_cohort(cluster_id=cluster_id, reporting_year=YEAR, due=now.date() - timedelta(days=1))
    )
    made = {}
    for name, state, days in (
        ("Adler GmbH", State.SUBMITTED, 3),
        ("Bäcker KG", State.DRAFT, 30),
        ("Chemie AG", State.APPROVED, 5),
        (f"Dreher {HOSTILE}", State.CHANGES_REQUESTED, 1),
    ):
        company = add_company(session, cluster_id, name, joined_at=now - LONG_AGO)
        is_here = state is not State.DRAFT
        made[name.split()[0]] = add_declaration(
            session,
            company,
            changed_at=now - timedelta(days=days),
            state=state,
            cluster_id=cluster_id if is_here else None,
            submitted_at=now - timedelta(days=days) if is_here else None,
            criteria_done=12,
            progress={"5": "answered", "6": "explained", "7": "in-progress"},
        ).id
    add_company(session, cluster_id, "Elektro GmbH", joined_at=now)
    return made


def add_many(session: Session, cluster_id: int, number: int, *, now: datetime, first: int = 100_000) -> None:
    """So many members in all states, in few statements; their ids begin with `first`."""
    ids = range(first, first + number)
    states = list(State)
    session.execute(
        insert(Organisation),
        [
            {
                "id": member_id,
                "name": f"Betrieb {member_id} GmbH",
                "requires_sign_off": False,
                "created_at": now,
            }
            for member_id in ids
        ],
    )
    session.execute(
        insert(Consent),
        [
            {
                "cluster_id": cluster_id,
                "organisation_id": member_id,
                "granted_at": now - LONG_AGO,
                "edition": consent_editions.NEWEST_EDITION,
            }
            for member_id in ids
        ],
    )
    session.execute(
        insert(Declaration),
        [
            {
                "id": member_id,
                "organisation_id": member_id,
                "edition": "dnk-2017",
                "reporting_year": YEAR,
                "indicator_set": "gri",
                "language": "de",
                "options": [],
                "state": states[member_id % len(states)],
                "cluster_id": cluster_id if member_id % 3 else None,
                "criteria_done": member_id % 21,
                "progress": {str(criterion): "answered" for criterion in range(1, member_id % 21 + 1)},
                "submitted_at": now - timedelta(days=member_id % 30),
                "created_at": now - LONG_AGO,
                "changed_at": now - timedelta(days=member_id % 60),
            }
            for member_id in ids
            if member_id % 10
        ],
    )


def add_published(
    session: Session, cluster_id: int, number: int, *, now: datetime, first: int = 500_000
) -> None:
    """So many members that published their declarations of several years, in few statements."""
    ids = range(first, first + number)
    sizes, years = list(CompanySize), 10
    session.execute(
        insert(Organisation),
        [
            {
                "id": member_id,
                "name": f"Betrieb {member_id} GmbH",
                "requires_sign_off": False,
                "created_at": now,
            }
            for member_id in ids
        ],
    )
    session.execute(
        insert(Consent),
        [
            {"cluster_id": cluster_id, "organisation_id": member_id, "granted_at": now - LONG_AGO}
            for member_id in ids
        ],
    )
    session.execute(
        insert(Declaration),
        [
            {
                "id": member_id,
                "organisation_id": member_id,
                "edition": "dnk-2017",
                "reporting_year": YEAR - member_id % years,
                "indicator_set": "gri",
                "language": "de",
                "options": [],
                "state": State.FINISHED,
                "created_at": now - LONG_AGO,
                "changed_at": now,
            }
            for member_id in ids
        ],
    )
    session.execute(
        insert(Publication),
        [
            {
                "declaration_id": member_id,
                "version": 1,
                "slug": f"betrieb-{member_id}",
                "company": f"Betrieb {member_id} GmbH",
                "search_name": f"betrieb {member_id} gmbh",
                "reporting_year": YEAR - member_id % years,
                "sector": f"{member_id % 99 + 1:02}",
                "size": sizes[member_id % len(sizes)],
                "indicator_set": "gri",
                "published_at": now - timedelta(minutes=member_id - first),
            }
            for member_id in ids
        ],
    )


def default_cohort(cluster_id: int, reporting_year: int, due: date) -> Cohort:
    """The cohort of all members of the cluster in this year, with its final day."""
    created = datetime(2025, 1, 1, tzinfo=UTC)
    return Cohort(
        cluster_id=cluster_id, reporting_year=reporting_year, is_default=True, due=due, created_at=created
    )


def let_members_be_old(session: Session) -> None:
    """Let everybody have joined long ago, so that each final day is theirs."""
    session.execute(update(Consent).values(granted_at=datetime.now(UTC) - LONG_AGO))
