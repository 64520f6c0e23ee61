"""What releases cost, by number of members: the page of numbers, and preparing one in the background."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import cycle
from typing import Any

from sqlalchemy import insert

from dnk_tool.domain.clusters.consent_editions import NEWEST_EDITION
from dnk_tool.domain.declarations.document import canonical_json, fingerprint
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.permissions import SHELL, ClusterRole
from dnk_tool.services.aggregates import joint_goals as goals
from dnk_tool.services.aggregates import preparation, releases
from dnk_tool.services.work import Work
from dnk_tool.store.database import write_session
from dnk_tool.store.tables.aggregates import ReleaseRow
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.declarations import Declaration, Snapshot
from dnk_tool.store.tables.organisations import Organisation
from tests.integration.aggregates import joint_goal_members
from tests.support.app import make_cluster
from tests.support.browsers import signed_in
from tests.support.documents import EDITION, YEAR, full_document

DISTINCT = 20  # declarations that differ; the others repeat them


def aggregates(app: Any, members: int, measure: Any) -> dict[str, Any]:
    """A cluster whose members all have a full finished version of the year."""
    who, now = f"zahlen{members}", datetime.now(UTC)
    factory = app.extensions["dnk_session_factory"]
    with write_session(factory) as session, session.begin():
        cluster = make_cluster(session, f"Zahlen {members}", **{who: ClusterRole.MANAGER}).id
        _add_members(session, cluster, members, now)
    client = signed_in(app, who)
    show = partial(client.get, f"/cluster/{cluster}/zahlen?jahr={YEAR}")
    before = measure(app, show)
    order = partial(_order, factory, cluster, now)
    row = order()
    begun, processor = time.perf_counter(), time.process_time()
    preparation.prepare_ordered(factory)
    taken = {
        "seconds": round(time.perf_counter() - begun, 2),
        "processor": round(time.process_time() - processor, 2),
    }
    preview = measure(app, show)
    _make(factory, cluster, row, now)
    return {
        "members": members,
        "page": before,
        "prepare": taken,
        "preview": preview,
        "released": measure(app, show),
        "report": measure(app, partial(client.get, f"/cluster/{cluster}/bericht?jahr={YEAR}")),
    }


def _order(factory: Any, cluster: int, now: datetime) -> int:
    with write_session(factory) as session, session.begin():
        held = session.get_one(Cluster, cluster)
        return releases.order_release(Work(session, SHELL, now), held, YEAR).id


def _make(factory: Any, cluster: int, row: int, now: datetime) -> None:
    with write_session(factory) as session, session.begin():
        held, digest = session.get_one(Cluster, cluster), session.get_one(ReleaseRow, row).sha256
        releases.make_release(Work(session, SHELL, now), held, row, digest)


def _add_members(session: Any, cluster: int, members: int, now: datetime) -> None:
    """Members in few statements; their ids begin with a number of their own."""
    ids = range(20_000_000 + 100_000 * members, 20_000_000 + 100_000 * members + members)
    made, contents = {"created_at": now}, cycle(_declarations_of_sizes())
    session.execute(
        insert(Organisation),
        [{"id": key, "name": f"Betrieb {key}", "requires_sign_off": False, **made} for key in ids],
    )
    consent = {"cluster_id": cluster, "granted_at": now, "edition": NEWEST_EDITION, "aggregates_from": YEAR}
    session.execute(insert(Consent), [{"organisation_id": key, **consent} for key in ids])
    declaration = {
        "edition": EDITION,
        "reporting_year": YEAR,
        "indicator_set": "gri",
        "language": "de",
        "options": [],
        "state": State.FINISHED,
        "changed_at": now,
        **made,
    }
    session.execute(insert(Declaration), [{"id": key, "organisation_id": key, **declaration} for key in ids])
    session.execute(
        insert(Snapshot),
        [
            {"declaration_id": key, "version": 1, "content": content, "sha256": digest, "finished_at": now}
            for key, (content, digest) in zip(ids, contents, strict=False)
        ],
    )


def _declarations_of_sizes() -> list[tuple[bytes, str]]:
    """Full declarations of different sizes, with their digests."""
    whole = full_document()
    made = []
    for place in range(DISTINCT):
        factor = 1 + Decimal(place) / 10
        figures = {
            key: replace(figure, value=None if figure.value is None else figure.value * factor)
            for key, figure in whole.figures.items()
        }
        content = canonical_json(replace(whole, figures=figures))
        made.append((content, fingerprint(content)))
    return made


def joint_goals(app: Any, members: int, measure: Any) -> dict[str, Any]:
    """A cluster whose members all have two measures: the page of its goal, and making a sum after another."""
    who, now = f"ziel{members}", datetime.now(UTC)
    factory = app.extensions["dnk_session_factory"]
    with write_session(factory) as session, session.begin():
        cluster = make_cluster(session, f"Ziel {members}", **{who: ClusterRole.MANAGER})
        joint_goal_members.add_members(session, cluster.id, members)
        goals.save_goal(Work(session, SHELL, now), cluster, joint_goal_members.GOAL, seen=0)
        key = cluster.id
    seconds = [_make_sum(factory, key, now + timedelta(days=30 * month)) for month in range(3)]
    client = signed_in(app, who)
    page = measure(app, partial(client.get, f"/cluster/{key}/ziel"))
    return {"members": members, "page": page, "sum": seconds[0], "sum_after_two": seconds[-1]}


def _make_sum(factory: Any, cluster: int, now: datetime) -> float:
    begun = time.perf_counter()
    with write_session(factory) as session, session.begin():
        goals.make_sum(Work(session, SHELL, now), session.get_one(Cluster, cluster))
    return round(time.perf_counter() - begun, 2)
