"""The demo's cluster: twelve members in every state, two reporting years, a review in progress."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.cli.demo import examples, review
from dnk_tool.cli.demo.clock import Clock, Story, tell
from dnk_tool.cli.demo.companies import Demo, works_for_cluster
from dnk_tool.cli.demo.member_declarations import members
from dnk_tool.cli.demo.scenarios import STORIES
from dnk_tool.domain.permissions import Actor, ClusterRole
from dnk_tool.services.clusters import clusters
from dnk_tool.store.evidence.blob_store import Blobs

NAME = "Mittelstand Ostwestfalen"
CONTACT = "Karin Weber, Telefon 0521 123456"
FOUNDED = 420
# Days from today to the deadlines: last year's has passed, reminders of this year's are on their way.
LAST_YEAR_DUE, THIS_YEAR_DUE = -170, 5


def seed(session: Session, blobs: Blobs, *, password_hash: str, now: datetime) -> None:
    """An operator, the cluster with its team, and its members."""
    demo = Demo(session, blobs, password_hash, Clock(now), examples.year())
    demo.clock.go_to(FOUNDED)
    operator = demo.account("betrieb@demo.example", "Demo-Betrieb", is_operator=True)
    runs_it = Actor(operator.id, is_operator=True)
    demo.cluster = clusters.create_cluster(session, NAME, actor=runs_it, now=demo.clock.tick())
    demo.manager = works_for_cluster(demo, "karin@demo.example", "Karin Weber", ClusterRole.MANAGER)
    demo.reviewer = works_for_cluster(demo, "ralf@demo.example", "Ralf Nolte", ClusterRole.REVIEWER)
    tell(demo.clock, _stories(demo))


def _stories(demo: Demo) -> Iterator[Story]:
    yield _leads(demo)
    for key, member in members().items():
        yield STORIES[key](demo, member)
    yield examples.goes_all_the_way(demo)
    yield examples.is_in_work(demo)


def _leads(demo: Demo) -> Story:
    """The manager's own steps."""
    yield 412
    clusters.change_cluster(
        demo.session,
        demo.cluster,
        name=NAME,
        contact=CONTACT,
        has_public_list=True,
        actor=demo.manager,
        now=demo.now,
    )
    _set_deadline(demo, demo.year - 1, LAST_YEAR_DUE)
    review.add_stock(demo)
    yield 150
    _set_deadline(demo, demo.year, THIS_YEAR_DUE)


def _set_deadline(demo: Demo, year: int, days: int) -> None:
    clusters.set_deadline(
        demo.session, demo.cluster, year, demo.clock.day(-days), actor=demo.manager, now=demo.clock.tick()
    )
