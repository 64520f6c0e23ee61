"""What the buttons of a criterion's page do: what they change in the posted fields, and where they lead."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from dnk_tool.catalogue import Section
from dnk_tool.catalogue.standard.item_model import Item
from dnk_tool.domain.editing import Conflict
from dnk_tool.language import Language
from dnk_tool.services.answers.save import SectionSaveOutcome
from dnk_tool.services.editing.settings import settings_of
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.answers.conflicts import render_conflicts
from dnk_tool.web.answers.criterion.after_saving import url_after_saving
from dnk_tool.web.answers.criterion.method import requested_split, with_followers, without_untouched
from dnk_tool.web.answers.criterion.page import HELP_PARAMETER, may_view_figures
from dnk_tool.web.answers.goal_fields import GoalForm
from dnk_tool.web.answers.goals import render_goals_page
from dnk_tool.web.answers.odd_figures import OddFigures, PostedExplanations
from dnk_tool.web.answers.proposals.draft_page import VOICE_PARAMETER
from dnk_tool.web.answers.proposals.drafts import (
    VOICE,
    ProposedDrafts,
    carried_fields,
    flash_draft,
    with_drafts,
)
from dnk_tool.web.answers.proposals.scope3 import flash_proposal, requested_proposal, with_proposal
from dnk_tool.web.answers.proposals.zeros import flash_zeros, with_zeros
from dnk_tool.web.answers.table_rows import RowAction, requested_row, without_removed_row
from dnk_tool.web.answers.take_over import is_take_over_action, perform_take_over_action
from dnk_tool.web.figures.plausibility import explanations_page
from dnk_tool.web.text.form_fields import field_name
from dnk_tool.web.text.section_parts import SectionPart, part_of, point_url

HELP_ACTION = "help:"  # then the id of a long help


@dataclass(frozen=True)
class PressedButtons:
    """What was asked for beside saving, and `sent`, the posted fields as that leaves them."""

    sent: MultiDict[str, str]
    language: Language
    is_autosave: bool
    row: RowAction | None
    zeros: Collection[bool]
    split: str
    proposal: Item | None
    draft: ProposedDrafts


@dataclass(frozen=True)
class SavedPage:
    """A page that was saved, and what came of it. `asked`: the section restricted to what was posted."""

    declaration: Declaration
    part: SectionPart
    section: Section
    asked: Section
    pressed: PressedButtons
    outcome: SectionSaveOutcome
    sentences: PostedExplanations
    odd: OddFigures | None


def pressed_buttons(declaration: Declaration, asked: Section) -> PressedButtons:
    """Read the buttons of the posted page, and fill in what they propose. An autosave proposes no drafts."""
    language = settings_of(declaration).language
    row, proposal = requested_row(request.form), requested_proposal(request.form, asked)
    split, is_autosave = requested_split(request.form), request.form.get("autosave") == "1"
    sent, zeros = with_zeros(without_removed_row(request.form, row), asked, language)
    sent = with_proposal(sent, proposal, declaration)
    draft = (
        ProposedDrafts(sent)
        if is_autosave
        else with_drafts(request.form, sent, declaration, asked, may_see_figures=may_view_figures())
    )
    sent = with_followers(draft.sent, asked)
    if split or is_autosave:
        sent = without_untouched(sent, asked)
    return PressedButtons(sent, language, is_autosave, row, zeros, split, proposal, draft)


def conflict_page(
    saved: SavedPage,
    goals: Mapping[str, GoalForm],
    goal_conflicts: Sequence[Conflict[Any]],
    clashes: Sequence[Conflict[Any]],
) -> str:
    """The page that shows both versions: of goals, else of answers and figures, else of explanations."""
    declaration, section = saved.declaration, saved.section
    if goal_conflicts:
        return render_goals_page(declaration, sent=goals, conflicts=goal_conflicts, only=section)
    if saved.outcome.conflicts:
        here, drafts = saved.part.url(declaration.id), saved.pressed.draft.drafts
        carried = carried_fields(declaration, drafts)
        return render_conflicts(declaration, section, saved.outcome.conflicts, here=here, carried=carried)
    refs = {clash.ref for clash in clashes}
    again = {key: one for key, one in saved.sentences.typed.items() if one.ref in refs}
    return explanations_page(again, conflicts=clashes)


def url_after_button(saved: SavedPage) -> str:
    """Say what the pressed button did, and give the address from which the person goes on."""
    flash_zeros(saved.pressed.zeros)
    return next(filter(None, (act(saved) for act in _ACTIONS)))


def _after_row(saved: SavedPage) -> str:
    row = saved.pressed.row
    if not row:
        return ""
    extra, anchor = row.ref if row.is_added else None, f"{field_name(row.ref)}-rows"
    return part_of(saved.section, row.ref).url(saved.declaration.id, zeile=extra, _anchor=anchor)


def _after_split(saved: SavedPage) -> str:
    split = saved.pressed.split
    return split and saved.part.url(saved.declaration.id, einzeln=split, _anchor=f"method-{split}")


def _after_proposal(saved: SavedPage) -> str:
    proposal = saved.pressed.proposal
    if not proposal:
        return ""
    flash_proposal()
    rows = f"{field_name(proposal.ref)}-rows"
    return point_url(saved.declaration.id, saved.section, proposal.ref, anchor=rows)


def _after_take_over(saved: SavedPage) -> str:
    action = request.form.get("action", "")
    if not is_take_over_action(action):
        return ""
    anchor = perform_take_over_action(saved.declaration, saved.asked, action, written=saved.outcome.versions)
    return saved.part.url(saved.declaration.id, _anchor=anchor)


def _after_draft(saved: SavedPage) -> str:
    draft = saved.pressed.draft
    if draft.action or draft.has_facts:
        flash_draft(draft)
    if not draft.action:
        return ""
    voice = {VOICE_PARAMETER: draft.action.branch or None}
    if draft.action.verb == VOICE:
        voice[HELP_PARAMETER] = draft.action.ref
    return saved.part.url(saved.declaration.id, _anchor=draft.anchor, **voice)


def _after_help(saved: SavedPage) -> str:
    place = request.form.get("action", "")
    if not place.startswith(HELP_ACTION):
        return ""
    place = place.removeprefix(HELP_ACTION)
    ref = place.partition("-")[2]
    return saved.part.url(saved.declaration.id, _anchor=place, **{HELP_PARAMETER: ref})


def _after_explanation(saved: SavedPage) -> str:
    if not saved.sentences.pressed:
        return ""
    flash(_("Gespeichert."), "success")
    return saved.part.url(saved.declaration.id)


def _after_odd_figure(saved: SavedPage) -> str:
    warning = saved.odd and saved.odd.newly_open(saved.outcome.versions)
    if not warning:
        return ""
    flash(_("Gespeichert. Eine Zahl fällt auf: Sehen Sie kurz hin, oder gehen Sie einfach weiter."), "info")
    return saved.part.url(saved.declaration.id, _anchor=warning)


def _after_saving(saved: SavedPage) -> str:
    return url_after_saving(saved.declaration, saved.part, saved.outcome)


# In the order in which they count: the first that was asked for leads on.
_ACTIONS: tuple[Callable[[SavedPage], str], ...] = (
    _after_row,
    _after_split,
    _after_proposal,
    _after_take_over,
    _after_draft,
    _after_help,
    _after_explanation,
    _after_odd_figure,
    _after_saving,
)
