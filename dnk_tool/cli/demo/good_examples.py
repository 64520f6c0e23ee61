"""Good examples of the demo's climate network: four published, two that wait for its manager."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dnk_tool.cli.demo.companies import DemoCompany
from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.exchange.examples import ExampleContent
from dnk_tool.services.clusters import consent_renewal
from dnk_tool.services.exchange import examples as verbs
from dnk_tool.store.measures import measures

FILE = Path(__file__).with_name("good_examples.json")
NOT_WRITTEN = frozenset({"firm", "measure", "is_waiting"})


def tell_examples(members: Mapping[str, DemoCompany]) -> None:
    """Let members tell of their measures, in the order in which they offer them."""
    for words in json.loads(FILE.read_text("utf-8")):
        _tell(members[words["firm"]], words)


def _tell(member: DemoCompany, words: dict[str, Any]) -> None:
    demo, company, actor = member.demo, member.organisation.id, member.actor
    consent_renewal.change_choice(
        demo.session,
        member.consent,
        ConsentChoice.EXAMPLES,
        is_allowed=True,
        actor=actor,
        now=demo.clock.tick(),
    )
    content = ExampleContent(**{key: value for key, value in words.items() if key not in NOT_WRITTEN})
    noted = measures.of_company(demo.session, company)
    measure_id = next(key for key, measure in noted.items() if measure.text == words["measure"])
    row = verbs.begin_example(demo.session, company, measure_id, content, actor=actor, now=demo.clock.tick())
    verbs.change_example(
        demo.session,
        company,
        row.id,
        content,
        picture=None,
        is_contact=True,
        seen=row.version,
        actor=actor,
        now=demo.clock.tick(),
    )
    verbs.offer_example(
        demo.session, company, row.id, demo.cluster.id, seen=row.version, actor=actor, now=demo.clock.tick()
    )
    if not words.get("is_waiting"):
        verbs.publish_example(
            demo.session, demo.cluster, row.id, seen=row.version, actor=demo.manager, now=demo.clock.tick()
        )
