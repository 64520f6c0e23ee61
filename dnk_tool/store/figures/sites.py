"""Reads the figures of single sites and the sites that a year includes, and renames sites."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select as sql
from sqlalchemy.orm import Session

from dnk_tool.domain.editing import Stored
from dnk_tool.domain.figures.site_scope import SiteChoice, SiteScope, site_scope
from dnk_tool.domain.quantities import Quantity
from dnk_tool.store.tables.figures import LineRow, ScopeRow, SiteFigureRow
from dnk_tool.store.tables.organisations import Organisation


def rows_of_year(session: Session, organisation_id: int, year: int) -> Sequence[SiteFigureRow]:
    """The figures of all sites in a year, by datapoint."""
    return session.scalars(
        sql(SiteFigureRow)
        .where(SiteFigureRow.organisation_id == organisation_id, SiteFigureRow.year == year)
        .order_by(SiteFigureRow.datapoint, SiteFigureRow.id)
    ).all()


def rows_of_figure(
    session: Session, organisation_id: int, year: int, datapoint: str
) -> dict[str, SiteFigureRow]:
    """The part of each site in one figure, by the site's name, as rows to change."""
    rows = session.scalars(
        sql(SiteFigureRow)
        .where(
            SiteFigureRow.organisation_id == organisation_id,
            SiteFigureRow.year == year,
            SiteFigureRow.datapoint == datapoint,
        )
        .order_by(SiteFigureRow.id)
    )
    return {row.site: row for row in rows}


def site_quantity(row: SiteFigureRow | None) -> Quantity | None:
    """The site's part as value and unit, as entered; None without a row."""
    return None if row is None else Quantity(row.value, row.unit)


def scope_row(session: Session, organisation_id: int, year: int) -> ScopeRow | None:
    """The chosen sites of one year, as a row to change; None if nobody chose."""
    return session.get(ScopeRow, (organisation_id, year))


def stored_choice(row: ScopeRow | None) -> Stored[SiteChoice | None]:
    """The choice of sites with its version; without a row, None at version 0: nobody chose."""
    if row is None:
        return Stored(None)
    return Stored(SiteChoice(frozenset(row.sites), row.note), row.version, row.changed_at, row.changed_by)


def read_scope(session: Session, organisation: Organisation, year: int) -> SiteScope:
    """The sites that the figures of a year include, compared with the year before, in one statement."""
    return read_scopes(session, organisation, [year])[year]


def read_scopes(session: Session, organisation: Organisation, years: Collection[int]) -> dict[int, SiteScope]:
    """The sites that the figures of each year include, compared with the year before, in one statement.

    If nobody chose sites for the year before, those count that had figures.
    """
    needed = sorted({*years, *(year - 1 for year in years)})
    scopes = (
        sql(ScopeRow.year, ScopeRow.sites, ScopeRow.note)
        .where(ScopeRow.organisation_id == organisation.id, ScopeRow.year.in_(needed))
        .subquery()
    )
    named = (
        sql(SiteFigureRow.year, SiteFigureRow.site)
        .where(SiteFigureRow.organisation_id == organisation.id, SiteFigureRow.year.in_(needed))
        .distinct()
        .subquery()
    )
    of_both = scopes.join(named, scopes.c.year == named.c.year, full=True)
    chosen: dict[int, tuple[list[str], str]] = {}
    with_figures: dict[int, set[str]] = {year: set() for year in needed}
    columns = (scopes.c.year, scopes.c.sites, scopes.c.note, named.c.year, named.c.site)
    for scope_year, names, note, of, site in session.execute(sql(*columns).select_from(of_both)):
        if scope_year is not None:
            chosen[scope_year] = names, note
        if of is not None:
            with_figures[of].add(site)
    known = [site["name"] for site in organisation.sites]
    return {year: _scope_of(year, known, chosen, with_figures) for year in years}


def _scope_of(
    year: int,
    known: Sequence[str],
    chosen: Mapping[int, tuple[list[str], str]],
    with_figures: Mapping[int, set[str]],
) -> SiteScope:
    return site_scope(
        year,
        known,
        chosen=chosen[year][0] if year in chosen else None,
        with_figures=with_figures[year],
        before=chosen[year - 1][0] if year - 1 in chosen else with_figures[year - 1],
        note=chosen[year][1] if year in chosen else "",
    )


def rename_sites(session: Session, organisation_id: int, names: Mapping[str, str]) -> dict[str, str]:
    """Rename sites in figures, chosen sites and calculator lines of all years. `names`: new by old name.

    A figure keeps the old name where the new one has a figure for the same year and datapoint. Returns the
    renames that changed a figure or a line.
    """
    carried: dict[str, str] = {}
    if not names:
        return carried
    rows = session.scalars(sql(SiteFigureRow).where(SiteFigureRow.organisation_id == organisation_id)).all()
    taken = {(row.year, row.datapoint, row.site) for row in rows}
    for row in rows:
        new = names.get(row.site)
        if new and (row.year, row.datapoint, new) not in taken:
            carried[row.site] = new
            row.site = new
    for chosen in session.scalars(sql(ScopeRow).where(ScopeRow.organisation_id == organisation_id)):
        chosen.sites = [names.get(site, site) for site in chosen.sites]
    for line in session.scalars(sql(LineRow).where(LineRow.organisation_id == organisation_id)):
        if (new := names.get(line.content.get("site", ""))) is not None:
            carried[line.content["site"]] = new
            line.content = {**line.content, "site": new}
    return carried
