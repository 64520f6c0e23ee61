"""Decides figures that this program calculates otherwise: new values are taken over, or stored ones kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.factors.model import Factor, Factors
from dnk_tool.domain.declarations.states import EDITABLE_STATES, EventKind
from dnk_tool.domain.figures.calculators import factor_snapshot, line_to_json, newer_factors
from dnk_tool.domain.figures.recalculation import (
    ChangedFactor,
    Recalculation,
    YearToRecalculate,
    recalculations,
    with_followers,
)
from dnk_tool.domain.permissions import Permission, Subject, require
from dnk_tool.domain.text import normalised
from dnk_tool.services.editing.editable_content import editable_content
from dnk_tool.services.figures import recalculate as recalculation
from dnk_tool.services.figures import save as figure_save
from dnk_tool.services.figures.calculator_lines import (
    StoredLine,
    lines_of,
    open_line,
    recalculate,
    record_line_change,
    stored_line,
)
from dnk_tool.services.figures.recalculate import RecalculationOutcome, calculation_from_lines
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.figures import calculator_lines, decisions
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import LineRow

MAX_NOTE_LENGTH = 2000


@dataclass(frozen=True)
class FigureChoice:
    """What somebody chose for a figure; `seen` is the mark of what stood on the page."""

    seen: str
    is_taken: bool
    note: str = ""


def recalculated_figures(
    session: Session,
    declaration: Declaration,
    factors: Factors,
    content: DeclarationContent | None = None,
    *,
    lines: Sequence[StoredLine] | None = None,
) -> list[Recalculation]:
    """The open figures that would have another value today, decided ones too.

    One SQL statement for the decisions if there are such figures, and one each for what is not given.
    """
    if declaration.state not in EDITABLE_STATES:
        return []
    content = content or declarations.read_content(session, declaration)
    lines = lines_of(session, declaration) if lines is None else lines
    year = _year(declaration, content, lines, factors)
    if not recalculations(year):
        return []
    rows = decisions.decisions_of_year(session, declaration.organisation_id, declaration.reporting_year)
    kept = {key: row.fingerprint for key, row in rows.items()}
    is_open = editable_content(session, declaration).is_open
    return [each for each in recalculations(year, kept) if is_open(each.datapoint)]


def _year(
    declaration: Declaration, content: DeclarationContent, lines: Sequence[StoredLine], factors: Factors
) -> YearToRecalculate:
    return YearToRecalculate(
        lines=tuple(stored.line for stored in lines),
        figures=content.of_year(declaration.reporting_year),
        year=declaration.reporting_year,
        factors=factors,
        calculators=load_calculators(),
        datapoints=content.sheet.selection.catalogue.datapoints,
        evaluate=lambda of_year, figures: calculation_from_lines(declaration, of_year, figures),
        gwp_set=declaration.gwp_set,
    )


def decision_notes(session: Session, declaration: Declaration) -> Mapping[str, str]:
    """What was written to each decision that a stored value stays, by datapoint."""
    rows = decisions.decisions_of_year(session, declaration.organisation_id, declaration.reporting_year)
    return {key: row.note for key, row in rows.items()}


def decide_figures(
    work: Work, declaration: Declaration, factors: Factors, choices: Mapping[str, FigureChoice]
) -> tuple[str, ...]:
    """Take over the new values of figures, with the factors that lead to them, or keep the stored ones.

    Returns the figures that are no longer as the sender saw them; then nothing is written. Raises
    NotPermitted, Locked, and LookupError for an unknown datapoint.
    """
    figure_save.begin_figure_save(work, declaration, choices)
    listed = recalculated_figures(work.session, declaration, factors)
    known = {each.datapoint: each for each in listed if not each.follows}
    outdated = [key for key, choice in choices.items() if key not in known or known[key].mark != choice.seen]
    if outdated:
        return tuple(sorted(outdated))
    taken = {key for key, choice in choices.items() if choice.is_taken}
    kept = [known[key] for key in sorted(choices.keys() - taken)]
    _keep(work, declaration, kept, choices)
    if taken:
        place = declaration.organisation_id, declaration.reporting_year
        decisions.forget(work.session, *place, taken)
        new = [changed for key in sorted(taken) for changed in known[key].factors]
        before = recalculation.lines_before(work.session, declaration)
        _put_factors(work, declaration, new)
        recalculation.recalculate_figures(
            work.session,
            declaration,
            by=work.actor.user_id,
            now=work.now,
            even_without_lines=True,
            before=before,
            decided=with_followers(listed, taken),
        )
    return ()


def _keep(
    work: Work, declaration: Declaration, kept: Iterable[Recalculation], choices: Mapping[str, FigureChoice]
) -> None:
    """Store that these values stay, and record it; a decision that says so already is left alone."""
    stored = list[str]()
    notes = decision_notes(work.session, declaration)
    for each in kept:
        note = normalised(choices[each.datapoint].note).strip()
        if each.is_kept and notes.get(each.datapoint) == note:
            continue
        decisions.save(
            work.session,
            declaration.organisation_id,
            declaration.reporting_year,
            each.datapoint,
            fingerprint=each.fingerprint,
            note=note,
            by=work.actor.user_id,
            now=work.now,
        )
        stored.append(each.datapoint)
    if stored:
        work.session.flush()
        kind, by = EventKind.FIGURE_SAVED, work.actor.user_id
        history.record_declaration_event(
            work.session, declaration, kind, actor_id=by, now=work.now, versions={}, kept=stored
        )


def _put_factors(work: Work, declaration: Declaration, changed_factors: Iterable[ChangedFactor]) -> None:
    """Save the lines with the other factors, each once."""
    by_line: dict[int, list[ChangedFactor]] = {}
    for changed in changed_factors:
        by_line.setdefault(changed.line.id, []).append(changed)
    for line_id, changes in by_line.items():
        row = calculator_lines.find_row(
            work.session, declaration.organisation_id, declaration.reporting_year, line_id
        )
        if row is not None:
            new = {changed.update.slot: changed.update.new for changed in changes}
            _save_factors(work, declaration, row, new)


def _save_factors(work: Work, declaration: Declaration, row: LineRow, new: Mapping[str, Factor]) -> None:
    line = stored_line(row).line
    snapshots = {slot: factor_snapshot(factor) for slot, factor in new.items()}
    content = line_to_json(replace(line, factors={**line.factors, **snapshots}))
    calculator_lines.save(work.session, row, content, by=work.actor.user_id, now=work.now)
    record_line_change(work, declaration, EventKind.LINE_SAVED, row)


def take_newer_factors(
    work: Work,
    declaration: Declaration,
    factors: Factors,
    offers: Mapping[int, Sequence[str]],
    *,
    gwp_set: str = "",
) -> RecalculationOutcome:
    """Replace factors of lines by those of newer editions. `offers`: the chosen slots, by line id.

    A slot that has no newer factor (any more) keeps its own. Raises NotPermitted, Locked and LookupError.
    """
    require(Permission.DECLARATION_EDIT, work.actor, Subject(declaration.organisation_id))
    declarations.lock_organisation(work.session, declaration.organisation_id, declaration)
    before = recalculation.lines_before(work.session, declaration)
    for line_id, slots in offers.items():
        row = open_line(work.session, declaration, line_id, work.actor)
        line = stored_line(row).line
        activity = load_calculators()[line.calculator].activity(line.activity)
        updates = newer_factors(line, factors, declaration.reporting_year, gwp_set, activity=activity)
        new = {update.slot: update.new for update in updates if update.slot in slots}
        if new:
            _save_factors(work, declaration, row, new)
    return recalculate(work, declaration, before=before)
