"""The page of all goals of a declaration, each once: how far it is, and to which criteria it belongs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from dnk_tool.catalogue import Aspect, Section, Selection
from dnk_tool.catalogue.standard.item_model import Table
from dnk_tool.domain.answers.goal_records import WORDS, GoalRecord, goal_numbers, goal_tables
from dnk_tool.domain.answers.table_cells import cell_text
from dnk_tool.domain.answers.values import Row
from dnk_tool.domain.permissions import Permission
from dnk_tool.labels import goal_numbers_text, progress_text
from dnk_tool.services.answers import goal_records
from dnk_tool.services.answers.goal_records import GoalPlacement, GoalWithoutCriterion, SpreadGoals
from dnk_tool.services.editing.locks import section_is_open
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.access import current_declaration, current_work, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import FieldError
from dnk_tool.web.text.options import Option

blueprint = Blueprint("goal_list", __name__, url_prefix="/erklaerungen/<int:declaration_id>/zielliste")

MAX_GOALS_SENT = 1400  # seven tables of 200 rows


@dataclass(frozen=True)
class GoalCriterion:
    """A criterion that asks for goals: its table, and whether it can be changed now."""

    ref: str
    table: Table
    section: Section
    is_open: bool


@dataclass(frozen=True)
class GoalEntry:
    """A goal as the page shows it.

    `said`: what its row says, each with its label. `here`: the first criterion that holds it. `options`: the
    criteria that can be chosen, `ticked` the chosen ones, `frozen` those that hold it and cannot be changed
    now.
    """

    name: str
    record: GoalRecord
    said: tuple[tuple[str, str], ...]
    here: Section
    options: list[Option]
    ticked: frozenset[str]
    frozen: tuple[GoalCriterion, ...]
    error: str = ""


@blueprint.get("")
@permit(Permission.DECLARATION_VIEW)
def show(declaration_id: int) -> ResponseReturnValue:
    return _page(current_declaration())


@blueprint.post("")
@permit(Permission.DECLARATION_EDIT)
def save(declaration_id: int) -> ResponseReturnValue:
    """Add goals to the criteria that were ticked, and remove them where a tick was taken away."""
    declaration = current_declaration()
    sent = _sent_placements(request.form, declarations.selection_of(declaration))
    try:
        changed = goal_records.place_goals(current_work(), declaration, sent)
    except GoalWithoutCriterion as refused:
        return _page(declaration, sent, refused=refused.words), 422
    if changed:
        flash(_("Gespeichert."), "success")
    else:
        flash(_("Es hat sich nichts geändert."), "info")
    return redirect(url_for("goal_list.show", declaration_id=declaration_id), 303)


def flash_spread_goals(goals: SpreadGoals) -> None:
    """Say which criteria follow a change of goals, and which keep the old text because they are frozen.

    On the next page, once, even if the page saved the same change several times by itself.
    """
    if goals.sections:
        _flash_once(
            _(
                "Das geänderte Ziel steht auch bei Kriterium %(numbers)s. Dort haben wir es ebenso geändert.",
                numbers=", ".join(goals.sections),
            ),
            "info",
        )
    if goals.left:
        _flash_once(
            _(
                "Bei Kriterium %(numbers)s steht das Ziel noch in der alten Fassung, "
                "denn dieses Kriterium können Sie gerade nicht ändern.",
                numbers=", ".join(goals.left),
            ),
            "warning",
        )


def _flash_once(text: str, category: str) -> None:
    if [category, text] not in map(list, session.get("_flashes", ())):
        flash(text, category)


def _sent_placements(sent: MultiDict[str, str], selection: Selection) -> dict[str, GoalPlacement]:
    """What the form adds and removes, by the goal's key: the ticks that differ from those shown."""
    tables = frozenset(goal_tables(selection))
    placements: dict[str, GoalPlacement] = {}
    for index in range(MAX_GOALS_SENT):
        key = sent.get(f"goal-{index}-key")
        if key is None:
            break
        shown = frozenset(sent.getlist(f"goal-{index}-shown")) & tables
        chosen = frozenset(sent.getlist(f"goal-{index}-tables")) & tables
        if shown != chosen:
            placements[key] = GoalPlacement(chosen - shown, shown - chosen)
    return placements


def _page(
    declaration: Declaration, sent: Mapping[str, GoalPlacement] | None = None, *, refused: str = ""
) -> str:
    """Render the goals, with the ticks as `sent`; `refused` are the words of the goal that cannot be so."""
    selection = declarations.selection_of(declaration)
    criteria = tuple(_criteria(declaration, selection))
    entries = tuple(
        _entry(index, record, criteria, (sent or {}).get(record.key, GoalPlacement()), refused)
        for index, record in enumerate(goal_records.records_of(db(), declaration))
    )
    return render_template(
        "answers/goal_list.html",
        declaration=declaration,
        goals=entries,
        criteria=criteria,
        is_open=any(criterion.is_open for criterion in criteria),
        errors=tuple(FieldError(f"{entry.name}-tables", entry.error) for entry in entries if entry.error),
    )


def _criteria(declaration: Declaration, selection: Selection) -> Iterator[GoalCriterion]:
    for ref, aspect in goal_tables(selection).items():
        section = goal_records.section_of(selection, ref)
        table = _table_of(aspect, ref)
        yield GoalCriterion(ref, table, section, section_is_open(db(), declaration, section.ref))


def _table_of(aspect: Aspect, ref: str) -> Table:
    """The table of the ref. Raises StopIteration if the aspect has none of it."""
    return next(item.table for item in aspect.items if item.ref == ref and item.table)


def _entry(
    index: int, record: GoalRecord, criteria: tuple[GoalCriterion, ...], sent: GoalPlacement, refused: str
) -> GoalEntry:
    holding = tuple(criterion for criterion in criteria if criterion.ref in record.tables)
    return GoalEntry(
        name=f"goal-{index}",
        record=record,
        said=tuple(_said(record.row, holding[0].table)),
        here=holding[0].section,
        options=[
            {
                "value": criterion.ref,
                "label": f"{criterion.section.ref} {criterion.section.title.to(current_language())}",
            }
            for criterion in criteria
            if criterion.is_open
        ],
        ticked=(frozenset(record.tables) | sent.added) - sent.removed,
        frozen=tuple(criterion for criterion in holding if not criterion.is_open),
        error=_(
            "Ein Ziel gehört zu mindestens einem Kriterium. Wenn Sie es streichen wollen, "
            "entfernen Sie die Zeile beim Kriterium."
        )
        if refused == record.words
        else "",
    )


def _said(row: Row, table: Table) -> Iterator[tuple[str, str]]:
    """The filled cells after the words, each with its label; last the numbers and the progress."""
    language, numbers = current_language(), goal_numbers(row)
    for column in table.columns:
        if column.key in row and column.key != WORDS and not column.shared_unit:
            yield column.label.to(language), cell_text(row[column.key], column, language)
    units = {symbol: unit for column in table.columns for symbol, unit in column.units.items()}
    if not numbers.is_empty:
        yield _("In Zahlen"), goal_numbers_text(numbers, units, language)
    if numbers.progress:
        yield _("Fortschritt"), progress_text(numbers.progress, language)
