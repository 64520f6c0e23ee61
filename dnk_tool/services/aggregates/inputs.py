"""Reads what a release is made from: finished versions, earlier releases of the year, and the year before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from dnk_tool.domain.aggregates.comparability import company_figures
from dnk_tool.domain.aggregates.entering_versions import EnteringVersion, inputs_digest
from dnk_tool.domain.aggregates.entries import EarlierRelease
from dnk_tool.domain.aggregates.json_format import entry_from_json
from dnk_tool.domain.aggregates.model import CompanyFigures
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.store.aggregates import confirmations, entering_members, releases
from dnk_tool.store.aggregates.releases import StoredRelease
from dnk_tool.store.tables.aggregates import ReleaseRow


@dataclass(frozen=True, slots=True)
class ReleaseInputs:
    """What a release is made from, and its digest.

    `earlier`: all releases of the year that were made, also withdrawn ones. `year_before`: that of the year
    before, None unless it stands and is the only one ever made: with two, sums over the same companies could
    be set off. `is_followed`: a release of the next year was made, which may speak of this year's.
    `are_checked`: who is confirmed was looked at, as somebody outside the cluster's team can confirm.
    """

    digest: str
    versions: tuple[EnteringVersion, ...]
    companies: tuple[CompanyFigures, ...]
    earlier: tuple[EarlierRelease, ...]
    year_before: EarlierRelease | None
    is_followed: bool
    are_checked: bool


def current_digest(session: Session, row: ReleaseRow) -> str:
    """The digest of what the release would be made from now; reads no version's content."""
    versions = entering_members.entering_versions(session, row.cluster_id, row.reporting_year)
    return _digest(versions, _made_before(session, row))


def read_inputs(session: Session, row: ReleaseRow) -> ReleaseInputs:
    """What the release is made from. The statements grow with the number of versions by batches only."""
    versions = entering_members.entering_versions(session, row.cluster_id, row.reporting_year)
    made = _made_before(session, row)
    entered = {it.row.id: entering_members.versions_in(session, it.row.id, row.cluster_id) for it in made}
    figures = _figures(session, [*versions, *(each for some in entered.values() for each in some)])
    kept = releases.companies(session, list(entered))
    earlier = {
        it.row.id: EarlierRelease(
            content=it.release.content,
            entries=tuple(entry_from_json(each.entry) for each in kept[it.row.id]),
            companies=tuple(figures[each.snapshot] for each in entered[it.row.id]),
        )
        for it in made
    }
    of_year = [earlier[it.row.id] for it in made if it.row.reporting_year == row.reporting_year]
    before = [earlier[it.row.id] for it in made if it.row.reporting_year < row.reporting_year]
    return ReleaseInputs(
        digest=_digest(versions, made),
        versions=tuple(versions),
        companies=tuple(figures[each.snapshot] for each in versions),
        earlier=tuple(of_year),
        year_before=before[0] if before else None,
        is_followed=bool(_made_in(session, row.cluster_id, row.reporting_year + 1)),
        are_checked=not confirmations.counts_all(session, row.cluster_id),
    )


def _made_before(session: Session, row: ReleaseRow) -> list[StoredRelease]:
    """The releases of the year that were made, by number, and then that of the year before."""
    made = [it for it in _made_in(session, row.cluster_id, row.reporting_year) if it.row.id != row.id]
    before = _made_in(session, row.cluster_id, row.reporting_year - 1)
    return made + [it for it in before if it.is_shown and len(before) == 1]


def _made_in(session: Session, cluster_id: int, reporting_year: int) -> list[StoredRelease]:
    of_year = releases.of_year(session, cluster_id, reporting_year)
    return [it for it in reversed(of_year) if it.row.made_at is not None]


def _digest(versions: Iterable[EnteringVersion], made: Iterable[StoredRelease]) -> str:
    return inputs_digest(versions, ((it.row.id, it.left) for it in made))


def _figures(session: Session, versions: Sequence[EnteringVersion]) -> dict[int, CompanyFigures]:
    """The figures of each version by the id of its snapshot; each is read once."""
    wanted = {each.snapshot: each for each in versions}
    return {
        key: company_figures(read_document(content), wanted[key])
        for key, content in entering_members.contents(session, sorted(wanted))
    }
