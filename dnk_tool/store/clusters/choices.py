"""Reads and writes what members allow their clusters on top of the membership."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.consent_editions import EDITIONS_WITH_CHOICES, ConsentChoice
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.consents import AllowedChoice


def allows(choice: ConsentChoice, consent: type[Consent] = Consent) -> ColumnElement[bool]:
    """Whether the member of a query over consents allows this; False under an edition that does not ask.

    `consent`: an alias, where the query has several.
    """
    granted = exists().where(AllowedChoice.consent_id == consent.id, AllowedChoice.choice == choice)
    return granted.correlate(consent) & consent.edition.in_(EDITIONS_WITH_CHOICES)


def choices_by_consent(
    session: Session, consent_ids: Collection[int]
) -> Mapping[int, frozenset[ConsentChoice]]:
    """What is allowed by each of these consents; consents without any are left out."""
    rows = session.execute(
        select(AllowedChoice.consent_id, AllowedChoice.choice)
        .join(Consent, Consent.id == AllowedChoice.consent_id)
        .where(AllowedChoice.consent_id.in_(consent_ids), Consent.edition.in_(EDITIONS_WITH_CHOICES))
    )
    found: dict[int, frozenset[ConsentChoice]] = {}
    for consent_id, choice in rows:
        found[consent_id] = found.get(consent_id, frozenset()) | {choice}
    return found


def choices_of(session: Session, consent_id: int) -> frozenset[ConsentChoice]:
    """What is allowed by this consent."""
    return choices_by_consent(session, [consent_id]).get(consent_id, frozenset())


def replace_choices(session: Session, consent_id: int, choices: Collection[ConsentChoice]) -> None:
    """Store exactly these as allowed by the consent."""
    session.execute(delete(AllowedChoice).where(AllowedChoice.consent_id == consent_id))
    session.add_all(AllowedChoice(consent_id=consent_id, choice=choice) for choice in choices)
    session.flush()
