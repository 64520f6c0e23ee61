"""Takes a company out of releases as soon as it takes its figures back."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from dnk_tool.domain.aggregates.entering_versions import ReleaseState
from dnk_tool.store.tables.aggregates import ReleaseCompany, ReleaseRow


def forget_company(
    session: Session,
    organisation_id: int,
    *,
    cluster_id: int | None = None,
    before: int | None = None,
    declaration_id: int | None = None,
) -> int:
    """Delete what releases hold of a company, at once; returns from how many releases it went.

    Of one cluster or all, of reporting years before one or all, of one declaration or all. What was made
    stays and counts it as left; what was only prepared is ordered anew.
    """
    conditions: list[ColumnElement[bool]] = [ReleaseCompany.organisation_id == organisation_id]
    if cluster_id is not None:
        conditions.append(ReleaseRow.cluster_id == cluster_id)
    if before is not None:
        conditions.append(ReleaseRow.reporting_year < before)
    if declaration_id is not None:
        conditions.append(ReleaseCompany.declaration_id == declaration_id)
    asked = select(ReleaseRow.id).join(ReleaseCompany, ReleaseCompany.release_id == ReleaseRow.id)
    keys = session.scalars(asked.where(*conditions).with_for_update(of=ReleaseRow)).all()
    if keys:
        own = ReleaseCompany.release_id.in_(keys), ReleaseCompany.organisation_id == organisation_id
        session.execute(delete(ReleaseCompany).where(*own))
        _order_anew(session, keys)
    return len(keys)


def remove_companies(session: Session, release_id: int) -> None:
    """Delete the rows of all companies of a release that is prepared anew."""
    session.execute(delete(ReleaseCompany).where(ReleaseCompany.release_id == release_id))


def _order_anew(session: Session, keys: Sequence[int]) -> None:
    """Have what was prepared from a company that left prepared again without it."""
    prepared = ReleaseRow.id.in_(keys), ReleaseRow.state == ReleaseState.PREPARED
    anew = {"state": ReleaseState.ORDERED, "content": None, "sha256": "", "inputs": "", "companies": 0}
    rows = select(ReleaseRow.id).where(*prepared)
    session.execute(delete(ReleaseCompany).where(ReleaseCompany.release_id.in_(rows)))
    session.execute(update(ReleaseRow).where(*prepared).values(anew))
