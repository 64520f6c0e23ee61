"""Finds the examples that a company may read and that fit it, and those that everybody may read."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.domain.aggregates.comparability import section_of
from dnk_tool.domain.exchange.examples import ExampleState, PublicExample, UsedEnergy, fit_rank, fits_company
from dnk_tool.domain.measures.model import CompanyMeasure
from dnk_tool.language import local_day
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.exchange import examples
from dnk_tool.store.exchange.examples import ShownExample, used_activities
from dnk_tool.store.tables.organisations import Organisation

YEARS = 3  # lines of calculators of so many years count


def used_energy(
    session: Session, organisation: Organisation, noted: Iterable[CompanyMeasure], *, now: datetime
) -> UsedEnergy:
    """The carriers in the company's calculators of the last years and in its measures, and its section."""
    since = local_day(now).year - YEARS
    activities = used_activities(session, organisation.id, since=since)
    carriers = load_measure_kinds().carriers.values()
    by_lines = {each.key for each in carriers if activities & {*each.activities, *each.own_factor}}
    by_measures = {saving.carrier for measure in noted for saving in measure.effect.energy}
    return UsedEnergy(frozenset(by_lines | by_measures), section_of(organisation.sector))


def shown_to_company(session: Session, organisation_id: int, *, now: datetime) -> list[ShownExample]:
    """The published examples of other companies of the company's clusters, the latest first."""
    own = sorted(clusters.cluster_ids_of_company(session, organisation_id))
    shown = examples.list_shown(session, own, ExampleState.PUBLISHED, today=local_day(now)) if own else []
    return [one for one in shown if one.organisation_id != organisation_id]


def public_examples(session: Session, cluster_id: int, *, now: datetime) -> tuple[PublicExample, ...]:
    """The published examples of a cluster that everybody may read, the latest first."""
    shown = examples.list_shown(
        session, [cluster_id], ExampleState.PUBLISHED, today=local_day(now), is_public=True
    )
    return tuple(PublicExample(one.company, one.content, one.number) for one in shown)


def sorted_by_fit(shown: Sequence[ShownExample], company: UsedEnergy) -> list[ShownExample]:
    """The examples that fit best first; else as they came."""
    return sorted(shown, key=lambda one: fit_rank(one.number, one.content.section, company))


def fitting_examples(
    session: Session, organisation: Organisation, noted: Iterable[CompanyMeasure], *, now: datetime
) -> list[ShownExample]:
    """The examples of the company's clusters that fit it, best first; four statements at most."""
    shown = shown_to_company(session, organisation.id, now=now)
    if not shown:
        return []
    company = used_energy(session, organisation, noted, now=now)
    fitting = [one for one in shown if fits_company(one.number, one.content.section, company)]
    return sorted_by_fit(fitting, company)
