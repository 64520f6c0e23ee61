"""The pages of one criterion: shown, saved with any gaps, autosaved, and conflicts resolved.

A section as the report prints it, in the frame of its pages.
"""

from dataclasses import replace
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dnk_tool.catalogue import Section
from dnk_tool.domain.permissions import Permission
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import ExportOptions, Variant
from dnk_tool.services.answers.save import save_section
from dnk_tool.services.declarations.documents import document_with
from dnk_tool.services.exports.issues import issue_of
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.answers.autosave import autosave_response
from dnk_tool.web.answers.criterion.buttons import SavedPage, conflict_page, pressed_buttons, url_after_button
from dnk_tool.web.answers.criterion.page import may_view_figures, render_part
from dnk_tool.web.answers.form_content import form_data, read_section_edit, with_posted
from dnk_tool.web.answers.goal_fields import goal_errors, posted_goal_forms
from dnk_tool.web.answers.goal_list import flash_spread_goals
from dnk_tool.web.answers.goals import save_goals
from dnk_tool.web.answers.last_year import content_with_last_year
from dnk_tool.web.answers.live_progress import SHOWN_STATES, LiveProgress
from dnk_tool.web.answers.number_notes import ambiguity_notice, number_readings, reading_sentences
from dnk_tool.web.answers.odd_figures import live_fields, odd_after_save, posted_explanations
from dnk_tool.web.answers.part_links import part_links
from dnk_tool.web.answers.section_forms import section_form
from dnk_tool.web.answers.section_page import named_errors
from dnk_tool.web.declarations.criteria_map import criteria_map
from dnk_tool.web.declarations.visible_sections import visible_sections
from dnk_tool.web.http.access import current_declaration, current_work, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.company_side.review_state import company_review_state, map_review_state
from dnk_tool.web.text.form_errors import field_messages
from dnk_tool.web.text.markup import formatted_texts
from dnk_tool.web.text.section_parts import PartKind, SectionPart, point_url, section_parts

blueprint = Blueprint("criterion", __name__, url_prefix="/erklaerungen/<int:declaration_id>/kriterien")


@blueprint.get("/<section_ref>")
@permit(Permission.SECTION_VIEW)
def show(declaration_id: int, section_ref: str) -> ResponseReturnValue:
    """Show the texts."""
    declaration = current_declaration()
    return _shown(declaration, section_parts(section_or_404(declaration, section_ref))[0])


@blueprint.get("/<section_ref>/kennzahlen")
@blueprint.get("/<section_ref>/kennzahlen/<indicator_ref>")
@permit(Permission.SECTION_VIEW)
def figures(declaration_id: int, section_ref: str, indicator_ref: str = "") -> ResponseReturnValue:
    """Show the page of the figures that holds the indicator, by default the first."""
    declaration = current_declaration()
    section = section_or_404(declaration, section_ref)
    part = _figures_part(section, indicator_ref)
    if part is None:  # few figures stand with the texts; or the declaration asks for none (any more)
        with_texts = section_parts(section)[0]
        first = indicator_ref or next((one.ref for one in with_texts.indicators), "")
        return redirect(point_url(declaration_id, section, first if first in with_texts.refs else ""), 303)
    return _shown(declaration, part)


@blueprint.get("/<section_ref>/rechenweg")
@permit(Permission.SECTION_VIEW)
def method(declaration_id: int, section_ref: str) -> ResponseReturnValue:
    """Show the method behind all figures of the section."""
    declaration = current_declaration()
    section = section_or_404(declaration, section_ref)
    part = section_parts(section)[-1]
    if part.kind is not PartKind.METHOD:  # the declaration asks for none (any more)
        return redirect(point_url(declaration_id, section), 303)
    return _shown(declaration, part)


@blueprint.post("/<section_ref>")
@permit(Permission.SECTION_EDIT)
def save(declaration_id: int, section_ref: str) -> ResponseReturnValue:
    """Save the texts and all other fields posted: a page opened before an update holds the figures, too."""
    declaration = current_declaration()
    return _saved(declaration, section_parts(section_or_404(declaration, section_ref))[0])


@blueprint.post("/<section_ref>/kennzahlen")
@blueprint.post("/<section_ref>/kennzahlen/<indicator_ref>")
@permit(Permission.SECTION_EDIT)
def save_figures(declaration_id: int, section_ref: str, indicator_ref: str = "") -> ResponseReturnValue:
    """Save the figures of a page and all other fields posted."""
    declaration = current_declaration()
    section = section_or_404(declaration, section_ref)
    return _saved(declaration, _figures_part(section, indicator_ref) or section_parts(section)[0])


@blueprint.post("/<section_ref>/rechenweg")
@permit(Permission.SECTION_EDIT)
def save_method(declaration_id: int, section_ref: str) -> ResponseReturnValue:
    """Save the method and all other fields posted."""
    declaration = current_declaration()
    return _saved(declaration, section_parts(section_or_404(declaration, section_ref))[-1])


def _figures_part(section: Section, indicator_ref: str) -> SectionPart | None:
    """The page of the figures that holds the indicator, by default the first; None without such a page."""
    own = [part for part in section_parts(section) if part.kind is PartKind.FIGURES]
    return next(
        (part for part in own if not indicator_ref or indicator_ref in (part.first, *part.refs)), None
    )


def _shown(declaration: Declaration, part: SectionPart) -> str:
    content = content_with_last_year(declaration, part.section)
    selection = content.sheet.selection
    form = section_form(selection, part.section)(formdata=None, data=form_data(part.section, content))
    return render_part(
        declaration, part, part.section, form, content, extra_row=request.args.get("zeile", "")
    )


def _saved(declaration: Declaration, part: SectionPart) -> ResponseReturnValue:
    """Save all readable answers, with any gaps.

    Returns 409 after edit conflicts, which keep the typed text, and 422 if a field cannot be read. Autosave
    saves what can be read and gets JSON.
    """
    selection = declarations.selection_of(declaration)
    section = selection.section_by_ref[part.section.ref]
    asked = with_posted(section, part.section, request.form)
    pressed = pressed_buttons(declaration, asked)
    form = section_form(selection, asked)(formdata=pressed.sent)
    goals, sentences = posted_goal_forms(asked, pressed.sent), posted_explanations()
    faulty = pressed.draft.errors
    is_readable = form.validate() and not (goal_errors(goals) or sentences.errors or faulty)
    if not is_readable and not pressed.is_autosave:
        content = content_with_last_year(declaration, asked)
        page = render_part(
            declaration, part, asked, form, content, goals=goals, sentences=sentences, drafts=faulty
        )
        return page, 422
    reasons = frozenset(reason.key for reason in selection.catalogue.reasons)
    edit = read_section_edit(asked, form, pressed.language, pressed.sent, reasons=reasons)
    edit = replace(edit, drafts={ref: [draft] for ref, draft in pressed.draft.drafts.items()})
    outcome = save_section(current_work(), declaration, section, edit)
    flash_spread_goals(outcome.goals)
    reviewed = save_goals(declaration, section, goals)
    clashes = sentences.save(declaration)
    odd = odd_after_save(declaration, asked, outcome.versions, is_explained=sentences.is_changed)
    read = number_readings(declaration, asked, form, edit, outcome.versions)
    saved = SavedPage(declaration, part, section, asked, pressed, outcome, sentences, odd)
    if pressed.is_autosave:
        situation = map_review_state(declaration, [one.ref for one in visible_sections(selection)])
        progress = LiveProgress(situation, part, outcome.sheet, outcome.parts)
        return autosave_response(
            outcome,
            reviewed,
            submission=edit,
            errors=named_errors(asked, dict(field_messages(form)), current_language()),
            is_readable=is_readable,
            clashes=clashes,
            readings=reading_sentences(read, current_language()),
            fields={
                **live_fields(declaration, asked, form, odd),
                **formatted_texts(edit.answers, pressed.language),
                **progress.fields(),
            },
            sentences={SHOWN_STATES: progress.digest, **(odd.versions if odd else {})},
        )
    if reviewed.conflicts or outcome.conflicts or clashes:
        db().commit()  # saves the rest; what conflicts is kept in its history
        return conflict_page(saved, goals, reviewed.conflicts, clashes), 409
    if doubtful := ambiguity_notice(
        read, current_language(), declaration_id=declaration.id if may_view_figures() else None
    ):
        flash(doubtful, "info")
    return redirect(url_after_button(saved), 303)


def section_or_404(declaration: Declaration, section_ref: str) -> Section:
    """The section of the declaration with this ref. Aborts with 404 for an unknown one."""
    section: Section | None = declarations.selection_of(declaration).section_by_ref.get(section_ref)
    return section or abort(404)


@blueprint.get("/<section_ref>/vorschau")
@permit(Permission.SECTION_VIEW)
def preview(declaration_id: int, section_ref: str) -> ResponseReturnValue:
    """Show the section in the words of the report. Open to those who may read only this section."""
    declaration = current_declaration()
    section = section_or_404(declaration, section_ref)
    content = declarations.read_content(db(), declaration)
    document, sheet = document_with(db(), declaration, content), content.sheet
    issue = issue_of(document, now=datetime.now(UTC), is_draft=True)
    refs = [one.ref for one in visible_sections(sheet.selection)]
    situation = company_review_state(declaration, sections=refs)
    return render_template(
        "answers/preview.html",
        declaration=declaration,
        section=section,
        view=compose(document, issue, ExportOptions(Variant.SECTION, section.ref), on_paper=False),
        links=part_links(declaration, section, sheet, None),
        map=criteria_map(situation, sheet, current=section),
    )
