"""Examples of other members that fit a company, as links beside its own measures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import url_for

from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.domain.measures.model import CompanyMeasure
from dnk_tool.services.exchange.example_proposals import fitting_examples
from dnk_tool.store.exchange.examples import ShownExample
from dnk_tool.web.http.access import current_organisation
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db

MOST = 2


@dataclass(frozen=True, slots=True)
class ExampleLink:
    """An example of another member: its title, the company, and which energy it saves, or empty."""

    title: str
    company: str
    carriers: str
    href: str


def example_links(noted: Iterable[CompanyMeasure]) -> list[ExampleLink]:
    """The examples of other members that fit the company best; none where its clusters show none."""
    found = fitting_examples(db(), current_organisation(), noted, now=datetime.now(UTC))
    return [_link(one) for one in found[:MOST]]


def _link(shown: ShownExample) -> ExampleLink:
    known = load_measure_kinds().carriers
    saved = sorted(shown.number.carriers & known.keys())
    return ExampleLink(
        shown.content.title,
        shown.company,
        ", ".join(known[key].label.to(current_language()) for key in saved),
        url_for("examples_of_company.read", organisation_id=current_organisation().id, example_id=shown.id),
    )
