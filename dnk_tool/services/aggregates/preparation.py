"""Prepares ordered releases in the background, without holding the database while it computes."""

import logging
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.catalogue import editions, load_catalogue
from dnk_tool.catalogue.aggregation_rules import load_aggregation_rules
from dnk_tool.domain.aggregates.correction import CorrectionRefused, check_news
from dnk_tool.domain.aggregates.entering_versions import ReleaseState
from dnk_tool.domain.aggregates.entries import BuiltRelease, ReleaseEntry
from dnk_tool.domain.aggregates.json_format import entry_to_json, release_to_json
from dnk_tool.domain.aggregates.release import build_release
from dnk_tool.services.aggregates.inputs import ReleaseInputs, current_digest, read_inputs
from dnk_tool.services.mail.background_worker import PeriodicJob
from dnk_tool.store.aggregates import entering_members, releases
from dnk_tool.store.database import write_session
from dnk_tool.store.tables.aggregates import ReleaseCompany, ReleaseRow

log = logging.getLogger(__name__)

# What changes while a release is computed has it computed again; after this many times the next round does.
ATTEMPTS = 3


def chores(factory: sessionmaker[Session]) -> tuple[PeriodicJob, ...]:
    """The periodic jobs of this module; it has a thread of its own, so that mails need not wait."""
    return (PeriodicJob("releases", lambda _now: prepare_ordered(factory), timedelta(0), is_long=True),)


def prepare_ordered(factory: sessionmaker[Session]) -> int:
    """Prepare every release that managers ordered; returns how many were prepared, refused or discarded."""
    with factory() as session:
        keys = releases.ordered(session)
    return sum(_attempt(factory, key) for key in keys)


def _attempt(factory: sessionmaker[Session], release_id: int) -> bool:
    """Prepare one release; True unless that is left to the next round, after an error or too many changes."""
    try:
        return any(_prepare(factory, release_id) for _again in range(ATTEMPTS))
    except Exception as error:  # noqa: BLE001 -- after any failure the others are still prepared
        # Logs only the exception's type: its message may hold a company's figures.
        log.error("release %s: unexpected %s", release_id, type(error).__name__)
        return False


def _prepare(factory: sessionmaker[Session], release_id: int) -> bool:
    """Prepare one release, unless it is discarded; False if what it is made from changed meanwhile."""
    with factory() as session:
        row = session.get(ReleaseRow, release_id)
        if row is None:
            return True
        year, inputs = row.reporting_year, read_inputs(session, row)
    built = _build(year, inputs)
    with write_session(factory) as session, session.begin():
        return _store(session, release_id, inputs, built)


def _build(reporting_year: int, inputs: ReleaseInputs) -> BuiltRelease | CorrectionRefused:
    points = load_catalogue(editions()[-1]).datapoints
    if inputs.earlier and inputs.is_followed:
        return CorrectionRefused()
    try:
        built = build_release(
            reporting_year,
            inputs.companies,
            points,
            load_aggregation_rules(),
            year_before=inputs.year_before,
            earlier=inputs.earlier,
            are_checked=inputs.are_checked,
        )
        check_news(built, inputs.earlier)
    except CorrectionRefused as refused:
        return refused
    return built


def _store(
    session: Session, release_id: int, inputs: ReleaseInputs, built: BuiltRelease | CorrectionRefused
) -> bool:
    entering_members.lock_companies(session, [each.company for each in inputs.versions])
    row = releases.locked(session, release_id)
    if row is None or row.state is not ReleaseState.ORDERED:
        return True
    if current_digest(session, row) != inputs.digest:
        return False
    if isinstance(built, CorrectionRefused):
        row.state, row.refusal = ReleaseState.REFUSED, built.key
        return True
    row.content, row.sha256 = release_to_json(built.content)
    row.state, row.inputs, row.companies = ReleaseState.PREPARED, inputs.digest, len(built.entries)
    session.add_all(_rows(row.id, inputs, built.entries))
    return True


def _rows(release_id: int, inputs: ReleaseInputs, entries: Iterable[ReleaseEntry]) -> list[ReleaseCompany]:
    by_company = {each.company: each for each in entries}
    return [
        ReleaseCompany(
            release_id=release_id,
            organisation_id=each.company,
            declaration_id=each.declaration,
            version=each.version,
            entry=entry_to_json(by_company[each.company]),
        )
        for each in inputs.versions
        if each.company in by_company
    ]
