"""Saves the amounts of single sites, and the choice of sites that the figures of a year include."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.answer import Figure, Origin, Quality
from dnk_tool.domain.declarations.states import EDITABLE_STATES, EventKind
from dnk_tool.domain.editing import Conflict, Seen, Stored, Write, decide, is_change
from dnk_tool.domain.figures import site_scope
from dnk_tool.domain.figures import updates as figure_merging
from dnk_tool.domain.figures.site_scope import SiteChoice, SiteScope, SiteSum
from dnk_tool.domain.permissions import Permission, Subject, require
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services.editing.editable_content import editable_content
from dnk_tool.services.editing.locks import Locked
from dnk_tool.services.figures import save as figure_save
from dnk_tool.services.figures.save import FigureSaveOutcome
from dnk_tool.services.work import Work
from dnk_tool.store.answers.versioned_rows import carry_out
from dnk_tool.store.answers.writer import AnswerWriter
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.figures import sites
from dnk_tool.store.figures.sites import site_quantity
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import ScopeRow, SiteFigureRow

KIND = EventKind.FIGURE_SAVED


@dataclass(frozen=True, slots=True)
class SiteAmountEdit:
    """The amount sent for one site, and the one the sender had seen; None: no value, which is not zero."""

    value: Quantity | None
    seen: Quantity | None


@dataclass(frozen=True, slots=True)
class SiteFigureSaveOutcome:
    """What a save did. `conflicts`: the stored amount of each site that somebody else changed meanwhile."""

    saved: FigureSaveOutcome
    total: SiteSum
    conflicts: Mapping[str, Quantity | None]


def save_site_figures(
    work: Work,
    declaration: Declaration,
    point: Datapoint,
    given: Mapping[str, SiteAmountEdit],
    *,
    quality: Quality | None,
    seen: int,
) -> SiteFigureSaveOutcome:
    """Write the amounts of sites, and their sum as the company's figure, with the given quality.

    Colleagues at different sites do not conflict. `seen` is the version of the company's figure that the
    sender had seen: if somebody entered another one meanwhile, that stays and the sum is kept aside.
    Raises NotPermitted, Locked, and LookupError for a figure that cannot be summed over sites.
    """
    if not site_scope.is_summable(point):
        raise LookupError(point.key)
    writer = figure_save.begin_figure_save(work, declaration, [point.key])
    organisation, year = declaration.organisation_id, declaration.reporting_year
    rows = sites.rows_of_figure(work.session, organisation, year, point.key)
    conflicts: dict[str, Quantity | None] = {}
    changed: dict[str, list[str]] = {}
    for site, edit in given.items():
        current = site_quantity(rows.get(site))
        decision = decide(Stored(current, current), Seen(edit.seen, edit.seen), edit.value)
        if isinstance(decision, Conflict):
            conflicts[site] = current
        elif isinstance(decision, Write):
            changed[site] = [_as_text(current), _as_text(edit.value)]
            _write(writer, rows, point.key, site, edit.value)
    work.session.flush()
    scope = sites.read_scope(work.session, declaration.organisation, year)
    total = _sum(rows, scope, point)
    _put_sum(writer, point.key, total, quality, seen=seen)
    saved = figure_save.finish_figure_save(
        writer, KIND, is_changed=bool(changed), datapoint=point.key, sites=changed
    )
    return SiteFigureSaveOutcome(saved, total, conflicts)


def save_scope(
    work: Work, declaration: Declaration, included: frozenset[str], note: str, *, seen: int
) -> FigureSaveOutcome:
    """Save the choice of sites that the year's figures include, and recalculate the sums of sites.

    `note`: why the sites differ from the year before. `seen`: the version of the choice that the sender had
    seen (0: none). Frozen figures stay. Raises NotPermitted, Locked, and ConflictError with both choices.
    """
    require(Permission.DECLARATION_EDIT, work.actor, Subject(declaration.organisation_id))
    declarations.lock_organisation(work.session, declaration.organisation_id, declaration)
    if declaration.state not in EDITABLE_STATES:
        raise Locked(declaration.state)
    organisation, year = declaration.organisation, declaration.reporting_year
    before = sites.read_scope(work.session, organisation, year)
    row = sites.scope_row(work.session, organisation.id, year)
    if not is_change(sites.stored_choice(row), seen, SiteChoice(included, note)):
        return FigureSaveOutcome({})
    if row is None:
        row = ScopeRow(organisation_id=organisation.id, year=year, version=0)
        work.session.add(row)
    row.sites, row.note, row.version = sorted(included), note, row.version + 1
    row.changed_at, row.changed_by = work.now, work.actor.user_id
    work.session.flush()
    after = sites.read_scope(work.session, organisation, year)
    writer = _recomputed_sums(work, declaration, after)
    return figure_save.finish_figure_save(writer, KIND, is_changed=True, fields=dict(_changes(before, after)))


def _changes(before: SiteScope, after: SiteScope) -> Iterator[tuple[str, list[str]]]:
    if before.included != after.included:
        yield "scope_sites", ["; ".join(before.included), "; ".join(after.included)]
    if before.note != after.note:
        yield "scope_note", [before.note, after.note]


def _recomputed_sums(work: Work, declaration: Declaration, scope: SiteScope) -> AnswerWriter:
    """A writer in which every open figure from sites has its sum over the sites of the scope."""
    writer = AnswerWriter(work.session, declaration, work.actor.user_id, work.now)
    current = editable_content(work.session, declaration)
    by_figure: dict[str, dict[str, SiteFigureRow]] = {}
    for row in sites.rows_of_year(work.session, declaration.organisation_id, declaration.reporting_year):
        by_figure.setdefault(row.datapoint, {})[row.site] = row
    for key, rows in by_figure.items():
        figure = writer.figures.content(key)
        point = current.selection.catalogue.datapoints.get(key)
        if point and figure.origin is Origin.SITES and current.is_open(key):
            _put_sum(writer, key, _sum(rows, scope, point), figure.quality, seen=writer.figures.version(key))
    return writer


def _write(
    writer: AnswerWriter, rows: dict[str, SiteFigureRow], datapoint: str, site: str, value: Quantity | None
) -> None:
    row = rows.get(site)
    if value is None:
        if row is not None:
            writer.session.delete(rows.pop(site))
        return
    if row is None:
        declaration = writer.declaration
        row = rows[site] = SiteFigureRow(
            organisation_id=declaration.organisation_id,
            year=declaration.reporting_year,
            datapoint=datapoint,
            site=site,
        )
        writer.session.add(row)
    row.value, row.unit = value.value, value.unit
    row.changed_at, row.changed_by = writer.now, writer.user_id


def _sum(rows: Mapping[str, SiteFigureRow], scope: SiteScope, point: Datapoint) -> SiteSum:
    amounts = {site: Quantity(row.value, row.unit) for site, row in rows.items()}
    return site_scope.sum_sites(amounts, scope.included, point)


def _put_sum(
    writer: AnswerWriter, datapoint: str, total: SiteSum, quality: Quality | None, *, seen: int
) -> None:
    """Write the sum as the figure. If no site has a value, empty the figure if it came from sites."""
    stored = writer.figures.stored(datapoint)
    current = stored.content
    is_from_sites = current.origin is Origin.SITES
    if total.total is not None:
        given = Figure(total.total.value, total.total.unit, quality)
        figure = figure_merging.calculated_figure(given, current, Origin.SITES)
    elif is_from_sites:
        figure = figure_merging.without_value(current)
    else:
        return
    # Amounts of other sites are in the sum already, so only a figure of another origin can conflict.
    known = Seen[Figure](stored.version if is_from_sites else seen)
    carry_out(writer.figures, datapoint, decide(stored, known, figure))


def _as_text(value: Quantity | None) -> str:
    return "" if value is None else f"{numbers.plain(value.value)} {value.unit}"
