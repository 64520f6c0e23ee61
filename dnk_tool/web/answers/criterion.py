"""The page of one criterion: shown, saved with any gaps, autosaved, and conflicts resolved."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from dnk_tool.catalogue import Criterion, Section, Selection
from dnk_tool.catalogue.self_checks import self_checks_of_criterion
from dnk_tool.domain.answers.completeness import CompletionStatus, section_completeness
from dnk_tool.domain.permissions import Permission, can
from dnk_tool.services.answers.save import SectionSaveOutcome, save_section
from dnk_tool.services.editing.settings import settings_of
from dnk_tool.services.figures.calculator_lines import lines_of
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.answers.autosave import autosave_response, progress_fields
from dnk_tool.web.answers.conflicts import render_conflicts
from dnk_tool.web.answers.form_content import FINISH, LATER, form_data, read_section_edit
from dnk_tool.web.answers.goal_fields import GoalForm, goal_errors, posted_goal_forms
from dnk_tool.web.answers.goal_list import flash_spread_goals
from dnk_tool.web.answers.goals import render_goals_page as goals_page
from dnk_tool.web.answers.goals import save_goals
from dnk_tool.web.answers.last_year import content_with_last_year, last_year
from dnk_tool.web.answers.margin_notes import margin_notes
from dnk_tool.web.answers.number_notes import ambiguity_notice, number_readings, reading_sentences
from dnk_tool.web.answers.odd_figures import (
    NOTHING_POSTED,
    PostedExplanations,
    live_fields,
    odd_after_save,
    odd_figures,
    posted_explanations,
    row_warnings,
)
from dnk_tool.web.answers.proposals.lines import (
    flash_filled,
    line_proposals,
    requested_fill,
    with_line_proposals,
)
from dnk_tool.web.answers.proposals.scope3 import flash_proposal, requested_proposal, with_proposal
from dnk_tool.web.answers.proposals.zeros import flash_zero, requested_zero, with_zero
from dnk_tool.web.answers.section_forms import section_form
from dnk_tool.web.answers.section_page import named_errors, section_page
from dnk_tool.web.answers.table_rows import requested_row, without_removed_row
from dnk_tool.web.answers.take_over import is_take_over_action, perform_take_over_action
from dnk_tool.web.declarations.criteria_map import criteria_map
from dnk_tool.web.declarations.gaps import own_gap_lines
from dnk_tool.web.declarations.visible_sections import (
    can_view_all_sections,
    next_visible_section,
    visible_sections,
)
from dnk_tool.web.figures.calculator_hints import calculator_hints, with_shown_digits
from dnk_tool.web.figures.plausibility import explanations_page
from dnk_tool.web.figures.warnings import section_datapoints
from dnk_tool.web.http.access import current_actor, current_declaration, current_subject, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.company_side.review_state import company_review_state, lock_reason
from dnk_tool.web.review.company_side.threads import REMARKS_ACTION, authors_of, remarks_url, threads_by_ref
from dnk_tool.web.text.form_errors import field_messages
from dnk_tool.web.text.form_fields import field_name

blueprint = Blueprint("criterion", __name__, url_prefix="/erklaerungen/<int:declaration_id>/kriterien")


@blueprint.get("/<section_ref>")
@permit(Permission.SECTION_VIEW)
def show(declaration_id: int, section_ref: str) -> ResponseReturnValue:
    declaration = current_declaration()
    selection, section = _section(declaration, section_ref)
    content = content_with_last_year(declaration, section)
    form = section_form(selection, section)(formdata=None, data=form_data(section, content))
    return _page(declaration, section, form, content, extra_row=request.args.get("zeile", ""))


@blueprint.post("/<section_ref>")
@permit(Permission.SECTION_EDIT)
def save(declaration_id: int, section_ref: str) -> ResponseReturnValue:
    """Save all readable answers, with any gaps.

    Returns 409 after edit conflicts, which keep the typed text, and 422 if a field cannot be read. Autosave
    saves what can be read and gets JSON.
    """
    declaration = current_declaration()
    selection, section = _section(declaration, section_ref)
    row = requested_row(request.form)
    zero = requested_zero(request.form, section)
    language = settings_of(declaration).language
    sent, is_zero = with_zero(without_removed_row(request.form, row), zero, language)
    if fill := requested_fill(request.form.get("action", ""), section):
        content = content_with_last_year(declaration, section)
        proposed = line_proposals(declaration, section, content, lines_of(db(), declaration))
        sent = with_line_proposals(sent, fill, proposed.get(fill, ()))
    proposal = requested_proposal(request.form, section)
    sent = with_proposal(sent, proposal, declaration)
    form = section_form(selection, section)(formdata=sent)
    goals = posted_goal_forms(section, sent)
    sentences = posted_explanations()
    is_readable = form.validate() and not goal_errors(goals) and not sentences.errors
    is_autosave = request.form.get("autosave") == "1"
    if not is_readable and not is_autosave:
        content = content_with_last_year(declaration, section)
        return _page(declaration, section, form, content, goals=goals, sentences=sentences), 422
    submission = read_section_edit(
        section,
        form,
        language,
        sent,
        reasons=frozenset(reason.key for reason in selection.catalogue.reasons),
    )
    outcome = save_section(
        db(), declaration, section, submission, actor=current_actor(), now=datetime.now(UTC)
    )
    flash_spread_goals(outcome.goals)
    reviewed = save_goals(declaration, section, goals)
    clashes = sentences.save(declaration)
    odd = odd_after_save(declaration, section, outcome.versions, is_explained=sentences.is_changed)
    read = number_readings(declaration, section, form, submission, outcome.versions)
    if is_autosave:
        return autosave_response(
            outcome,
            reviewed,
            submission=submission,
            errors=named_errors(section, dict(field_messages(form)), current_language()),
            is_readable=is_readable,
            clashes=clashes,
            readings=reading_sentences(read, current_language()),
            fields={
                **live_fields(declaration, section, form, odd),
                **progress_fields(declaration, outcome),
            },
            sentences=odd.versions if odd else {},
        )
    if reviewed.conflicts:
        db().commit()  # saves the rest; a conflicting answer is kept in its history
        return goals_page(declaration, sent=goals, conflicts=reviewed.conflicts, only=section), 409
    if outcome.conflicts:
        db().commit()  # saves the rest; the person's own text is kept in the history
        return render_conflicts(declaration, section, outcome.conflicts, here=_url(declaration, section)), 409
    if clashes:
        db().commit()  # saves the rest; the other sentence is kept
        refs = {clash.ref for clash in clashes}
        again = {key: one for key, one in sentences.typed.items() if one.ref in refs}
        return explanations_page(again, conflicts=clashes), 409
    if doubtful := ambiguity_notice(
        read, current_language(), declaration_id=_declaration_id_if_figures_visible(declaration)
    ):
        flash(doubtful, "info")
    if row:
        anchor = f"ref-{row.ref}-rows"
        extra = row.ref if row.is_added else None
        return redirect(_url(declaration, section, zeile=extra, _anchor=anchor), 303)
    if zero:
        flash_zero(is_filled=is_zero)
        return redirect(_url(declaration, section, _anchor=zero.anchor), 303)
    if fill:
        flash_filled()
        return redirect(_url(declaration, section, _anchor=field_name(fill)), 303)
    if proposal:
        flash_proposal()
        return redirect(_url(declaration, section, _anchor=f"{field_name(proposal.ref)}-rows"), 303)
    if is_take_over_action(action := request.form.get("action", "")):
        return redirect(
            _url(declaration, section, _anchor=perform_take_over_action(declaration, section, action)), 303
        )
    if sentences.pressed:
        flash(_("Gespeichert."), "success")
        return redirect(_url(declaration, section), 303)
    if odd and (warning := odd.newly_open(outcome.versions)):
        flash(
            _("Gespeichert. Eine Zahl fällt auf: Sehen Sie kurz hin, oder gehen Sie einfach weiter."),
            "info",
        )
        return redirect(_url(declaration, section, _anchor=warning), 303)
    return _redirect_after_saving(declaration, selection, section, outcome)


def _declaration_id_if_figures_visible(declaration: Declaration) -> int | None:
    """The declaration's id if the person may open its figures, as not every editor may; else None."""
    is_seen = can(Permission.DECLARATION_VIEW, current_actor(), current_subject())
    return declaration.id if is_seen else None


def _section(declaration: Declaration, section_ref: str) -> tuple[Selection, Section]:
    selection = declarations.selection_of(declaration)
    section = selection.section_by_ref.get(section_ref)
    if section is None:
        abort(404)
    return selection, section


def _url(declaration: Declaration, section: Section, **values: Any) -> str:
    return url_for("criterion.show", declaration_id=declaration.id, section_ref=section.ref, **values)


def _page(
    declaration: Declaration,
    section: Section,
    form: FlaskForm,
    content: DeclarationContent,
    *,
    extra_row: str = "",
    goals: Mapping[str, GoalForm] | None = None,
    sentences: PostedExplanations = NOTHING_POSTED,
) -> str:
    selection = content.sheet.selection
    language = current_language()
    lines = lines_of(db(), declaration) if section_datapoints(section) else ()
    behind = (
        calculator_hints(declaration, content, lines)
        if _declaration_id_if_figures_visible(declaration)
        else None
    )
    digits = behind.digits if behind else {}
    page = section_page(
        section,
        form,
        with_shown_digits(content, declaration.reporting_year, digits),
        section_completeness(content.sheet, section),
        year=declaration.reporting_year,
        language=language,
        extra_row=extra_row,
    )
    after = next_visible_section(selection, section)
    situation = company_review_state(declaration, sections=[one.ref for one in visible_sections(selection)])
    threads = situation.threads_of_section(section.ref)
    is_editable = situation.is_open(section.ref)
    may_ask = is_editable and can(Permission.CONTRIBUTION_ASK, current_actor(), current_subject())
    odd = odd_figures(declaration, section, content, lines, sentences.typed)
    gaps = own_gap_lines(page.completeness, declaration, content.sheet)
    return render_template(
        "answers/criterion.html",
        declaration=declaration,
        selection=selection,
        section=section,
        page=page,
        form=form,
        errors=(*page.errors, *goal_errors(goals or {}), *sentences.errors),
        last_year=last_year(declaration, section, content, goal_forms=goals),
        gaps=gaps,
        is_refused="offen" in request.args and bool(gaps or page.completeness.unconfirmed),
        map=criteria_map(situation, content.sheet, current=section),
        after=after,
        is_editable=is_editable,
        lock_reason=lock_reason(situation, section.ref),
        threads=threads_by_ref(threads),
        behind=behind,
        proposed=line_proposals(declaration, section, content, lines) if is_editable else {},
        odd=odd.by_field,
        explanations=odd.explanations,
        row_warnings=row_warnings,
        self_checks=self_checks_of_criterion(section.number) if isinstance(section, Criterion) else (),
        asides=margin_notes(
            db(),
            declaration,
            page,
            may_ask=may_ask,
            authors=authors_of(threads),
            now=datetime.now(UTC),
        ),
    )


def _redirect_after_saving(
    declaration: Declaration, selection: Selection, section: Section, outcome: SectionSaveOutcome
) -> ResponseReturnValue:
    """Redirect to where the pressed button leads; "finished" with gaps stays, and lists them."""
    action = request.form.get("action", "")
    if action == FINISH and outcome.completeness.status is not CompletionStatus.DONE:
        return redirect(_url(declaration, section, offen=1, _anchor="missing"), 303)
    if action.startswith(REMARKS_ACTION):
        flash(_("Gespeichert."), "success")
        return redirect(remarks_url(declaration, section, action.removeprefix(REMARKS_ACTION)), 303)
    flash(_("Gespeichert. Dieser Teil ist fertig.") if action == FINISH else _("Gespeichert."), "success")
    if action in (FINISH, "next"):
        return redirect(_next_url(declaration, next_visible_section(selection, section)), 303)
    if action == LATER:
        return redirect(
            url_for("overview.show", declaration_id=declaration.id, _anchor=f"section-{section.ref}"), 303
        )
    return redirect(_url(declaration, section), 303)


def _next_url(declaration: Declaration, after: Section | None) -> str:
    """The next section; after the last one the final check or, without it, the overview."""
    if after is not None:
        return _url(declaration, after)
    endpoint = "finish.check" if can_view_all_sections() else "overview.show"
    return url_for(endpoint, declaration_id=declaration.id)
