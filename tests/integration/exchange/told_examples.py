"""A company that tells good examples to its cluster: what tests of its pages and of the service share."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from flask import Flask
from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.exchange.examples import ExampleContent
from dnk_tool.domain.measures.model import (
    CompanyMeasure,
    EffectBasis,
    EnergySaving,
    MeasureEffect,
    MeasureState,
)
from dnk_tool.domain.permissions import SHELL
from dnk_tool.services.exchange import examples as verbs
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import choices
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.examples import ExampleRow
from tests.support.app import World, database_session

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
CANARY = "Kanarienvogel im Ofen"
GAS = EnergySaving("natural-gas", Decimal(127_000), Decimal("25.5"), "natural-gas.hi|uba-2025|2024")
EFFECT = MeasureEffect((GAS,), t_co2e=Decimal("25.5"), cost_eur=Decimal(11_400), basis=EffectBasis.MEASURED)
MEASURE = CompanyMeasure(
    "Abwärme des Backofens nutzen", state=MeasureState.DONE, effect=EFFECT, from_year=2025
)
CONTENT = ExampleContent(
    title=CANARY,
    before="Zwei Kessel für Warmwasser.",
    idea="Der Meister maß an einem Samstag die Abluft.",
    done="Wärmetauscher und Pufferspeicher.",
    effort="48.000 EUR, drei Wochen.",
    advice="Zuerst einen Monat messen.",
    fits="Wäschereien und Gießereien.",
    is_public=True,
)


def allow_examples(session: Session, organisation_id: int, cluster_id: int) -> None:
    """Let the cluster show examples of the company, besides what it allows already."""
    consent = clusters.find_consent(session, organisation_id, cluster_id)
    assert consent is not None
    allowed = choices.choices_of(session, consent.id) | {ConsentChoice.EXAMPLES}
    choices.replace_choices(session, consent.id, allowed)


def tell_example(
    session: Session,
    organisation_id: int,
    cluster_id: int,
    content: ExampleContent = CONTENT,
    *,
    is_published: bool = True,
    contact_id: int | None = None,
    picture: bytes = b"",
    measure: CompanyMeasure = MEASURE,
) -> ExampleRow:
    """An example of a measure that is done, offered to the cluster and published."""
    noted = measures.add(session, organisation_id, measure, by=None, now=NOW)
    row = verbs.begin_example(Work(session, SHELL, NOW), organisation_id, noted.id, content)
    session.flush()
    row.contact_id = contact_id
    if picture:
        told = replace(content, picture_alt=content.picture_alt or "Der Ofen")
        verbs.change_example(
            Work(session, SHELL, NOW),
            organisation_id,
            row.id,
            told,
            picture=picture,
            is_contact=None,
            seen=row.version,
        )
    verbs.offer_example(Work(session, SHELL, NOW), organisation_id, row.id, cluster_id, seen=row.version)
    if is_published:
        cluster = session.get_one(Cluster, cluster_id)
        verbs.publish_example(Work(session, SHELL, NOW), cluster, row.id, seen=row.version)
    return row


def told_in_world(app: Flask, world: World, **more: object) -> int:
    """The id of a published example of the company of the world, which allows its cluster to show it."""
    with database_session(app) as session:
        allow_examples(session, world.own, world.cluster)
        return tell_example(session, world.own, world.cluster, **more).id  # type: ignore[arg-type]


def add_examples(session: Session, organisation_id: int, cluster_id: int) -> None:
    """A draft that can be offered, an offer, a published example, and a measure that nobody told of."""
    allow_examples(session, organisation_id, cluster_id)
    draft = tell_example(session, organisation_id, cluster_id, is_published=False)
    verbs.withdraw_example(Work(session, SHELL, NOW), organisation_id, draft.id)
    tell_example(session, organisation_id, cluster_id, is_published=False)
    tell_example(session, organisation_id, cluster_id)
    measures.add(session, organisation_id, MEASURE, by=None, now=NOW)
