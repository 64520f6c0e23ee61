"""Members of a cluster with finished versions of a year, written without the pages, for releases."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import Figure, Quality
from dnk_tool.domain.clusters.consent_editions import NEWEST_EDITION, ConsentChoice
from dnk_tool.domain.declarations.document import Document, canonical_json, fingerprint
from dnk_tool.domain.declarations.material_flow import DeclaredFlow
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.figures.material_flow import FlowYear
from dnk_tool.store.aggregates import confirmations
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.consents import AllowedChoice
from dnk_tool.store.tables.declarations import Declaration, Snapshot
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.store.tables.publication import Publication
from tests.support.documents import EDITION, empty_document

YEAR = 2025
LONG_AGO = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
_slugs = count(1)

# Datapoint: unit of the values that `add_firm` gets.
UNITS = {
    "energy.total": "MWh",
    "energy.electricity.consumption": "MWh",
    "ghg.scope1.gross": "t-co2e",
    "ghg.scope2.location": "t-co2e",
    "water.withdrawal.total": "m3",
}


def measured_document(year: int, figures: Mapping[str, int], flow: FlowYear | None = None) -> Document:
    """A declaration of the year with these measured figures, and a flow of material if it takes one in."""
    entered = {
        (year, key): Figure(Decimal(value), UNITS[key], Quality.MEASURED) for key, value in figures.items()
    }
    declared = DeclaredFlow((flow,)) if flow else None
    return replace(empty_document(), reporting_year=year, figures=entered, material_flow=declared)


def add_firm(
    session: Session,
    cluster_id: int,
    name: str,
    *,
    aggregates_from: int | None = YEAR - 1,
    edition: str = NEWEST_EDITION,
    choices: Collection[ConsentChoice] = (),
    is_confirmed: bool = True,
) -> int:
    """A member that allows its figures, and that an operator has confirmed; gives the id of the company."""
    firm = Organisation(name=name, requires_sign_off=False, created_at=LONG_AGO)
    session.add(firm)
    session.flush()
    consent = Consent(
        cluster_id=cluster_id,
        organisation_id=firm.id,
        aggregates_from=aggregates_from,
        edition=edition,
        granted_at=LONG_AGO,
    )
    session.add(consent)
    session.flush()
    session.add_all(AllowedChoice(consent_id=consent.id, choice=choice) for choice in choices)
    if is_confirmed:
        confirmations.add(session, [firm.id], by=None, now=LONG_AGO)
    session.flush()
    return firm.id


def add_version(
    session: Session,
    firm: int,
    figures: Mapping[str, int],
    *,
    year: int = YEAR,
    declaration: Declaration | None = None,
    submitted_to: int | None = None,
    flow: FlowYear | None = None,
) -> Snapshot:
    """A finished version with these figures; the next one of `declaration` if it is given.

    With `submitted_to` it is only submitted to the cluster, not approved yet.
    """
    if declaration is None:
        declaration = Declaration(
            organisation_id=firm,
            edition=EDITION,
            reporting_year=year,
            indicator_set="gri",
            language="de",
            options=[],
            state=State.FINISHED,
            version=0,
            created_at=LONG_AGO,
            changed_at=LONG_AGO,
        )
    declaration.version += 1
    session.add(declaration)
    session.flush()
    content = canonical_json(measured_document(year, figures, flow))
    version = Snapshot(
        declaration_id=declaration.id,
        version=declaration.version,
        content=content,
        sha256=fingerprint(content),
        finished_at=LONG_AGO + timedelta(days=declaration.version),
        submitted_at=LONG_AGO if submitted_to else None,
        cluster_id=submitted_to,
    )
    session.add(version)
    session.flush()
    return version


def add_firms(
    session: Session,
    cluster_id: int,
    number: int,
    *,
    year: int = YEAR,
    first: int = 0,
    is_confirmed: bool = True,
) -> list[int]:
    """So many members with finished versions of the year, none of which prevails."""
    firms = [
        add_firm(session, cluster_id, f"Firma {place}", is_confirmed=is_confirmed)
        for place in range(first, first + number)
    ]
    for place, firm in enumerate(firms):
        add_version(session, firm, usual_figures(place), year=year)
    return firms


def usual_figures(place: int) -> dict[str, int]:
    """Figures of a firm that differ from those of the next one."""
    return {
        "energy.total": 1000 + 137 * place,
        "energy.electricity.consumption": 400 + 53 * place,
        "ghg.scope1.gross": 100 + 13 * place,
        "ghg.scope2.location": 60 + 7 * place,
        "water.withdrawal.total": 500 + 41 * place,
    }


def publish_version(session: Session, version: Snapshot) -> None:
    """Everybody can read the version."""
    session.add(
        Publication(
            declaration_id=version.declaration_id,
            version=version.version,
            slug=f"freigabe-{next(_slugs)}",
            published_at=LONG_AGO,
        )
    )
    session.flush()
